"""What a blocked member may still do with pictures: all that makes or posts none. Reports count, too."""

import pytest

from bot.chat.presenter.elements.custom_ids import Action
from tests.chat.onlookers import BLOCKED, OWNER, block, heard
from tests.chat.press_scene import BARRED, Scene, Subject
from tests.chat.studio import Studio, text_of
from tests.chat.test_complaints import report
from tests.chat.test_review import review
from tests.chat.test_who_may_press import ABOUT_PICTURES

#: What waits is cancelled by the block itself.
STAYING = [action for action, row in ABOUT_PICTURES.items() if row.subject is not Subject.WAITING]


@pytest.mark.parametrize("action", STAYING)
async def test_what_a_blocked_member_may_press_below_an_own_picture(studio: Studio, action: Action) -> None:
    """All that others may, but nothing that makes or posts a picture."""
    row = ABOUT_PICTURES[action]
    scene = Scene(studio, row)
    message = await scene.set_up()
    await block(studio, OWNER)
    is_barred = row.makes_a_picture or action is Action.POST_PUBLICLY
    await scene.check(action, OWNER, message, BARRED if is_barred else row.owner)


async def test_a_blocked_member_reports_and_exports(studio: Studio) -> None:
    await block(studio)
    card = await studio.imagine()
    assert "will look at **Image 1**" in text_of(await report(studio, card, BLOCKED))
    assert "1 reported image is open" in text_of(await review(studio, "reports"))
    own = studio.person(BLOCKED).slash("pictures", "privacy export")
    assert "everything that I keep about you" in await heard(studio, own)
