"""Custom ids and choices that nobody was ever given: each gets a polite line, and nothing happens."""

import pytest

from bot.chat.events.components import COMPONENTS
from bot.chat.presenter.elements.custom_ids import Action
from standins.fake_discord.model import Message
from tests.chat.onlookers import ADMIN, MEMBER, MODERATOR, OWNER, SECRET, Word, heard, remembered, word_of
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, job_id_of, number_of, text_of

MANY = "9" * 19
ARGS = [
    "",
    ":",
    ":abc",
    ":-1",
    ":0",
    f":{2**63 - 1}",
    f":{2**63}",
    f":{MANY}",
    ":٣",
    ":1.0",
    ":987654:0:0:0:0",
]
CHOICES = ["", "abc", "-1", "0", str(2**63 - 1), str(2**63), MANY, "٣", "member.", "role.abc", "9" * 5000]
#: Not of this version: of one that came before or will come after, or of another application.
STRANGE = [
    "",
    ":",
    "edit",
    "Edit:1",
    "v2:edit:1",
    "edit-2:1",
    "edit 1",
    "☃:1",
    "edit:1\n",
    "a" * 100,
    ":" * 100,
]
#: They need no id that exists: what they say to any of these is right.
WITHOUT_IDS = {
    Action.JOBS,
    Action.SETTINGS_BUDGET,
    Action.SETTINGS_NO_BUDGET,
    Action.SETTINGS_AGE,
    Action.SETTINGS_SUMMARY,
    Action.UPLOAD_FORM,
    Action.WORDS_NAMED,
    Action.STRIKES_ON,
    Action.APPROVAL_ALL,
    Action.STRIKES_CAUSES,
    Action.PRIVACY_DELETE,
}


async def said(studio: Studio, message: Message, custom_id: str, who: str, values: list[str]) -> str:
    if custom_id.partition(":")[0].endswith("-form"):
        return await heard(studio, submit_forged(studio, message, custom_id, who))
    return await heard(studio, press_forged(studio, message, custom_id, who, values))


def unforeseen(studio: Studio) -> float:
    """Exceptions for which no words were found."""
    return studio.metrics.registry.get_sample_value("bot_loop_errors_total", {"loop": "chat"}) or 0.0


@pytest.mark.parametrize("action", COMPONENTS)
async def test_ids_of_no_picture_change_nothing(studio: Studio, action: Action) -> None:
    """As the one who may do the most, to whom no duty is refused."""
    here = studio.person(ADMIN).say("pictures", "hello")
    before = await remembered(studio)
    for args in ARGS:
        told = await said(studio, here, f"{action}{args}", ADMIN, [])
        assert told.strip(), args
    for choice in CHOICES:
        told = await said(studio, here, f"{action}:1:1:1", ADMIN, [choice])
        assert told.strip(), choice
    assert unforeseen(studio) == 0
    if action not in WITHOUT_IDS:
        assert await remembered(studio) == before


@pytest.mark.parametrize("custom_id", STRANGE)
async def test_ids_of_no_action_are_unknown(studio: Studio, custom_id: str) -> None:
    here = studio.person(OWNER).say("pictures", "hello")
    before = await remembered(studio)
    assert word_of(await said(studio, here, custom_id, OWNER, [])) is Word.UNKNOWN
    assert await remembered(studio) == before
    assert unforeseen(studio) == 0


async def test_the_buttons_of_a_picture_that_was_taken_down_are_out_of_date(studio: Studio) -> None:
    message = await studio.imagine(OWNER)
    job_id = job_id_of(message)
    await heard(
        studio, press_forged(studio, studio.person(OWNER).say("pictures", "x"), f"delete-one:{job_id}")
    )
    await studio.until(lambda: message.is_deleted)
    here = studio.person(OWNER).say("pictures", "hello")
    told = {
        action: word_of(await said(studio, here, f"{action}:{job_id}:0", OWNER, [str(job_id)]))
        for action in (Action.EDIT, Action.EDIT_FORM, Action.DELETE, Action.REMOVE_COPY)
    }
    assert set(told.values()) == {Word.UNKNOWN}, told
    assert len(studio.asked) == 1


async def test_again_of_an_edit_gives_nobody_else_the_private_picture_that_it_was_made_of(
    studio: Studio,
) -> None:
    number = number_of(await studio.imagine(OWNER, SECRET, private=True))
    edited = studio.person(OWNER).slash("pictures", "edit", prompt="a hat", source=str(number), private=False)
    message = await studio.picture(await edited.message())
    for who in (MEMBER, MODERATOR):
        told = await heard(studio, studio.person(who).press(message, "Rerun"))
        assert word_of(told) is Word.NOT_YOURS, who
    assert len(studio.asked) == 2
    await studio.picture(await studio.person(OWNER).press(message, "Rerun").message())
    assert len(studio.asked) == 3


async def test_a_picture_that_was_taken_down_is_not_edited_again(studio: Studio) -> None:
    """Its file still is at the provider for days: that is no way around its owner's wish."""
    source = await studio.imagine(OWNER)
    modal = await studio.person(OWNER).press(source, "Edit").modal()
    edited = await studio.person(OWNER).submit(modal, {"What should change?": "a hat"}).message()
    await studio.picture(edited)
    question = await studio.person(OWNER).press(source, "Delete").message()
    await studio.person(OWNER).press(question, "Delete image").answer()
    await studio.until(lambda: source.is_deleted)
    again = await studio.person(MEMBER).press(edited, "Rerun").message()
    await studio.until(lambda: "The image to edit is no longer there" in text_of(again))
    assert len(studio.asked) == 2


async def test_a_dialogue_of_another_member_gives_nothing_of_its_pictures(studio: Studio) -> None:
    """What a message menu was opened on is kept for the dialogue; its number is no key to it."""
    studio.admission.error = None
    picture = await studio.imagine(OWNER)
    opened = studio.person(OWNER).menu(picture, "Edit image")
    await opened.modal()
    here = studio.person(MEMBER).say("pictures", "hello")
    told = await heard(
        studio, submit_forged(studio, here, f"menu-form:{here.id}::{opened.interaction.id}", MEMBER)
    )
    assert word_of(told) is Word.NO_PICTURE
    assert len(studio.asked) == 1
