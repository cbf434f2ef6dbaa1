"""The buttons of a card: who may press them, after restarts, and when they are out of date."""

import pytest

from bot.domain.ids import CardId
from bot.domain.job import JobState
from bot.store.privacy.retention import forget
from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests.chat.presses import press_forged
from tests.chat.studio import PICTURES_ELSEWHERE, Studio, job_id_of, labels, number_of, text_of
from tests.services.outsides import png

#: The id of the first picture, and that of its card.
FIRST = PICTURES_ELSEWHERE + 1


async def waiting_card(studio: Studio, who: str = "ada", count: int = 1) -> Message:
    """A card whose pictures wait, because the provider says that it is out of turns."""
    studio.services.account.pacer.pause(10_000)
    ask = studio.person(who).slash("pictures", "imagine", prompt="a fox in the snow", count=count)
    return await ask.message()


async def knows_its_message(studio: Studio, card_id: CardId) -> bool:
    view = await studio.services.gallery.view(card_id, studio.guild_id())
    return view.card.message_id is not None


# --- Cancel ---


async def test_its_owner_cancels_a_waiting_picture(studio: Studio) -> None:
    message = await waiting_card(studio)
    await studio.person("ada").press(message, "Cancel").answer()
    assert "**Cancelled** · doesn't count toward the limit" in text_of(message)
    assert await studio.states() == [JobState.CANCELLED]
    assert studio.asked == []


async def test_nobody_else_cancels_not_even_a_moderator(studio: Studio) -> None:
    message = await waiting_card(studio)
    for who in ("ben", "mia"):
        answer = await studio.person(who).press(message, "Cancel").message()
        assert answer.is_ephemeral
        assert "Only the member who asked for it" in text_of(answer)
    assert await studio.states() == [JobState.QUEUED]


async def test_cancelling_too_late_says_so(studio: Studio) -> None:
    message = await studio.imagine()
    answer = await press_forged(studio, message, f"cancel:{FIRST}").message()
    assert "isn't possible now" in text_of(answer)


async def test_cancel_works_after_a_restart(studio: Studio) -> None:
    message = await waiting_card(studio)
    await studio.restart()
    studio.services.account.pacer.pause(10_000)
    await studio.person("ada").press(message, "Cancel").answer()
    assert await studio.states() == [JobState.CANCELLED]


async def test_a_forged_cancel_leaves_other_cards_as_they_are(studio: Studio) -> None:
    other = await studio.imagine("mia")
    await waiting_card(studio)
    await studio.eventually(lambda: knows_its_message(studio, CardId(PICTURES_ELSEWHERE + 2)))
    answer = await press_forged(studio, other, "cancel:2").message()
    assert answer.is_ephemeral
    assert len(other.attachments) == 1
    assert "Cancelled" not in text_of(other)
    assert await studio.states() == [JobState.QUEUED]


# --- Rerun ---


async def test_again_makes_the_same_request_for_whoever_presses(studio: Studio) -> None:
    first = await studio.imagine(aspect_ratio="1:1", count=2)
    message = await studio.person("ben").press(first, "Rerun").message()
    await studio.picture(message, 2)
    assert len(set(studio.asked)) == 1
    assert len(studio.asked) == 4
    assert await studio.states("ben") == [JobState.DELIVERED] * 2


async def test_again_of_an_edit_edits_the_same_picture(studio: Studio) -> None:
    first = await studio.imagine()
    modal = await studio.person("ada").press(first, "Edit").modal()
    edited = await studio.picture(
        await studio.person("ada").submit(modal, {"What should change?": "a hat"}).message()
    )
    again = await studio.picture(await studio.person("ada").press(edited, "Rerun").message())
    job = await studio.job(job_id_of(again))
    assert job.source is not None
    assert job.source.job_id == job_id_of(first)


async def test_again_of_a_request_that_was_forgotten_says_so(studio: Studio) -> None:
    first = await studio.picture(
        await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    )
    await studio.database.write(forget, [job_id_of(first)])
    answer = await studio.person("ada").press(first, "Rerun").message()
    assert "no longer stored" in text_of(answer)
    details = await studio.person("ada").press(first, "Details").message()
    assert "a fox" not in text_of(details)


async def test_again_of_an_upload_is_not_offered_since_the_file_is_gone(studio: Studio) -> None:
    ask = studio.person("ada").slash("pictures", "edit", prompt="a hat", image=Upload("cat.png", png()))
    edited = await studio.picture(await ask.message())
    await studio.until(lambda: labels(edited) == ["Edit", "Reword", "Vary", "Details", "Delete"])
    answer = await press_forged(studio, edited, f"again:{FIRST}").message()
    assert answer.is_ephemeral
    assert "no longer there" in text_of(answer)
    assert len(studio.asked) == 1


async def test_a_slip_of_the_finger_makes_one_picture(studio: Studio) -> None:
    first = await studio.imagine()
    studio.clock.hold()
    asks = [studio.person("ada").press(first, "Rerun") for _ in range(3)]
    answers = [await ask.message() for ask in asks]
    studio.clock.release()
    assert sum("I already got that" in text_of(answer) for answer in answers) == 2
    await studio.picture(next(one for one in answers if not one.is_ephemeral))
    assert len(studio.asked) == 2


async def test_again_of_a_private_picture_is_private(studio: Studio) -> None:
    first = await studio.imagine(private=True)
    assert (await studio.person("ada").press(first, "Rerun").message()).is_ephemeral


# --- Details and the full prompt ---


async def test_details_tell_all_about_a_picture(studio: Studio) -> None:
    first = await studio.imagine(aspect_ratio="3:1")
    details = await studio.person("ben").press(first, "Details").message()
    assert details.is_ephemeral
    told = text_of(details)
    assert f"Image {number_of(first)}" in told
    assert f"<@{studio.member_id('ada')}>" in told
    assert "3:1 · luma-uni-1" in told
    assert "posted" in told
    assert labels(details) == ["Go to image", "⭐ Add to favourites"]


async def test_details_ask_which_of_several(studio: Studio) -> None:
    first = await studio.imagine(count=2)
    which = await studio.person("ada").press(first, "Details").message()
    details = await studio.person("ada").choose(which, "Which image?", ["Image 2"]).message()
    assert f"Image {number_of(first, 1)}" in text_of(details)
    assert "**Image 2 of 2**" in text_of(details)


async def test_details_come_from_the_message_menu_too(studio: Studio) -> None:
    first = await studio.imagine()
    details = await studio.person("ben").menu(first, "Image details").message()
    assert f"Image {number_of(first)}" in text_of(details)
    other = studio.person("ben").say("pictures", "hello")
    assert "I don't know this image" in text_of(
        await studio.person("ben").menu(other, "Image details").message()
    )


async def test_a_long_prompt_stands_behind_a_button(studio: Studio) -> None:
    prompt = "a *fox* in the snow, " * 30
    first = await studio.imagine(prompt=prompt)
    whole = await studio.person("ben").press(first, "Full prompt").message()
    assert whole.is_ephemeral
    assert text_of(whole).replace("\\", "").count("a *fox* in the snow") == 30


async def test_the_longest_prompt_comes_as_a_file(studio: Studio) -> None:
    prompt = "x" * 6000
    first = await studio.imagine(prompt=prompt)
    whole = await studio.person("ben").press(first, "Full prompt").message()
    assert [one.data.decode() for one in whole.attachments] == [prompt]


# --- Delete ---


async def test_its_owner_deletes_a_picture(studio: Studio) -> None:
    message = await studio.imagine()
    question = await studio.person("ada").press(message, "Delete").message()
    assert question.is_ephemeral
    await studio.person("ada").press(question, "Delete image").answer()
    await studio.until(lambda: message.is_deleted)
    await studio.until(lambda: "Deleted 1 image." in text_of(question))
    assert (await studio.job(FIRST)).deleted_at is not None


async def test_a_moderator_deletes_anybodys_picture(studio: Studio) -> None:
    message = await studio.imagine()
    question = await studio.person("mia").press(message, "Delete").message()
    await studio.person("mia").press(question, "Delete image").answer()
    await studio.until(lambda: message.is_deleted)


async def test_nobody_else_deletes(studio: Studio) -> None:
    message = await studio.imagine()
    answer = await studio.person("ben").press(message, "Delete").message()
    assert "Only the member who asked for it" in text_of(answer)
    forged = await press_forged(studio, message, f"delete-one:{job_id_of(message)}", "ben").answer()
    assert forged is not None
    await studio.until(lambda: "Only the member" in text_of(studio.sent_by_bot()[-1]))
    assert not message.is_deleted


async def test_one_of_several_is_deleted_and_the_others_stay(studio: Studio) -> None:
    message = await studio.imagine(count=3)
    gone = message.attachments[1].filename
    question = await studio.person("ada").press(message, "Delete").message()
    await studio.person("ada").choose(question, "Which images?", ["Image 2"]).answer()
    await studio.until(lambda: len(message.attachments) == 2)
    assert gone not in [one.filename for one in message.attachments]
    await studio.until(lambda: "**Deleted** · 1 of 3" in text_of(message))
    assert labels(message)[:2] == ["Edit", "Rerun"]


async def test_deleting_twice_is_no_error(studio: Studio) -> None:
    message = await studio.imagine()
    questions = [await studio.person("ada").press(message, "Delete").message() for _ in range(2)]
    await studio.person("ada").press(questions[0], "Delete image").answer()
    await studio.until(lambda: message.is_deleted)
    again = studio.person("ada").press(questions[1], "Delete image")
    await studio.until(lambda: "Deleted 1 image." in text_of(questions[1]) or again.followups())


# --- what is not, or no longer, ours ---


async def test_an_unknown_button_gets_a_polite_line(studio: Studio) -> None:
    message = await studio.imagine()
    for custom_id in (
        "edit:987654",
        "edit:",
        "edit:abc",
        "nonsense",
        "again:9223372036854775808",
        "details:٣",
    ):
        answer = await press_forged(studio, message, custom_id).message()
        assert answer.is_ephemeral
        assert "I don't know this image" in text_of(answer), custom_id


async def test_another_servers_picture_is_as_unknown_as_none(studio: Studio) -> None:
    await studio.imagine()
    ask = studio.person("zoe").slash("lounge", "imagine", prompt="a harbour")
    here = await studio.picture(await ask.message())
    for custom_id in (
        f"edit:{FIRST}",
        f"again:{FIRST}",
        f"details:{FIRST}",
        f"prompt:{FIRST}",
        f"delete:{FIRST}",
        f"post:{FIRST}",
    ):
        answer = await press_forged(studio, here, custom_id, "zoe").message()
        assert "I don't know this image" in text_of(answer), custom_id


async def test_a_private_picture_is_unknown_to_everybody_else(studio: Studio) -> None:
    await studio.imagine(private=True)
    here = await studio.imagine("ben")
    for custom_id in (
        f"edit:{FIRST}",
        f"again:{FIRST}",
        f"details:{FIRST}",
        f"prompt:{FIRST}",
        f"delete:{FIRST}",
    ):
        answer = await press_forged(studio, here, custom_id, "ben").message()
        assert "I don't know this image" in text_of(answer), custom_id


async def test_a_button_that_needs_a_choice_without_one_is_unknown(studio: Studio) -> None:
    message = await studio.imagine()
    answer = await press_forged(studio, message, "details-of").message()
    assert "I don't know this image" in text_of(answer)


async def test_discord_py_remembers_no_buttons(studio: Studio) -> None:
    await studio.imagine()
    assert list(studio.client.persistent_views) == []
    views = studio.client._connection._view_store
    assert (views._views, views._modals, views._dynamic_items) == ({}, {}, {})


async def test_a_dialogue_that_discord_gives_no_answer_about_is_no_fault_of_the_bot(studio: Studio) -> None:
    message = await studio.imagine()
    lost = studio.discord.faults.lose_request("POST /interactions/*", times=2)
    studio.person("ada").press(message, "Edit")
    await studio.until(lambda: lost.hits == 2)
    assert studio.metrics.loop_errors.labels(loop="chat")._value.get() == 0


# --- forged ---


@pytest.mark.parametrize(
    ("custom_id", "says"),
    [
        ("jobs:0", "a fox"),
        ("jobs-pick:0", "don't know"),
        ("settings:all", "limits"),
        ("settings-clear:guild:1", "limits"),
        ("settings-no-budget", "budget"),
        ("review-audit:0", "changes by admins"),
    ],
)
async def test_what_replaces_ones_own_message_replaces_nobody_elses(
    studio: Studio, custom_id: str, says: str
) -> None:
    """On a card, which everybody sees, a tampered client could wipe out others' pictures."""
    message = await studio.imagine("mia")
    await studio.imagine("otto")
    before = text_of(message), list(message.attachments)
    ask = press_forged(studio, message, custom_id, "otto")
    await ask.answer()
    answer = await ask.message()
    await studio.until(lambda: not answer.is_thinking)
    assert answer.is_ephemeral
    assert says in text_of(answer).lower()
    assert (text_of(message), message.attachments) == before


async def test_a_forged_deletion_is_told_beside_the_card(studio: Studio) -> None:
    own = await studio.imagine("ada")
    other = await studio.imagine("mia")
    before = text_of(other), list(other.attachments)
    answer = await press_forged(studio, other, f"delete-one:{job_id_of(own)}").message()
    await studio.until(lambda: own.is_deleted)
    assert answer.is_ephemeral
    assert (text_of(other), other.attachments) == before


async def test_a_forged_removal_takes_no_other_members_picture_away(studio: Studio) -> None:
    await studio.imagine("ada")
    other = await studio.imagine("mia")
    answer = await press_forged(studio, other, f"remove-copy:{FIRST}").message()
    assert answer.is_ephemeral
    assert not other.is_deleted
