"""The scene of the presses itself: what it promises to the tables of who may do what."""

from bot.chat.presenter.elements.custom_ids import Action
from tests.chat.onlookers import MEMBER, Word
from tests.chat.press_scene import Row, Scene
from tests.chat.studio import Studio


async def test_no_time_passes_while_people_press(studio: Studio) -> None:
    """Discord's tokens expire after fifteen minutes, which are one by the machine's clock."""
    scene = Scene(studio, Row(args=":{card}", proof="**Requested by:**"))
    message = await scene.set_up()
    at = studio.clock.now()
    await scene.check(Action.DETAILS, MEMBER, message, Word.YES)
    assert studio.clock.now() == at
