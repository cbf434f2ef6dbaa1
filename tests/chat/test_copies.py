"""Pictures that were posted again: reports of them, and the decisions of moderators, reach each copy."""

import pytest

from standins.fake_discord.model import Message
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_complaints import post_of, report, set_channel
from tests.chat.test_jobs import listed, panel, post
from tests.chat.test_privacy import deleted_by
from tests.chat.test_review import review
from tests.chat.test_review_actions import decide, picked


async def copied(studio: Studio, channel: str = "pictures") -> Message:
    message = await panel(studio, await listed(studio, channel=channel), "a fox in the snow")
    copy = await post(studio, message)
    await studio.until(lambda: len(copy.attachments) == 1)
    studio.clock.pass_by(10)
    return copy


@pytest.mark.parametrize("private", [False, True])
async def test_a_copy_is_reported_and_removed_with_its_picture(
    studio: Studio,
    private: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    await set_channel(studio)
    card = await studio.imagine(private=private)
    copies = [await copied(studio), await copied(studio)]
    assert "will look at **Image 1**" in text_of(await report(studio, copies[0]))
    moderators = await post_of(studio)
    assert labels(moderators) == ["Remove", "Block", "Give back", "Dismiss", "Go to image"]
    shown = copies[-1] if private else card
    assert any(str(part.get("url", "")).endswith(f"/{shown.id}") for part in moderators.parts())
    modal = await studio.person("mia").press(moderators, "Remove").modal()
    await studio.person("mia").submit(modal, {"reason": "rule 3"}).answer()
    await studio.until(lambda: all(copy.is_deleted for copy in copies))
    await studio.until(lambda: not card.attachments)
    assert "No reports are open" in text_of(await review(studio, "reports"))


async def test_the_author_cannot_report_a_copy_and_others_do_so_once(studio: Studio) -> None:
    card = await studio.imagine()
    copy = await copied(studio)
    assert "your own image" in text_of(await studio.person("ada").menu(copy, "Report image").message())
    await report(studio, card)
    told = await studio.person("ben").menu(copy, "Report image").message()
    assert "already reported this image" in text_of(told)


async def test_a_copy_says_whose_it_is(studio: Studio) -> None:
    await studio.imagine()
    assert f"by <@{studio.member_id('ada')}>" in text_of(await copied(studio))


async def test_reports_hide_the_copies_too(studio: Studio) -> None:
    await studio.services.administration.set_hiding(studio.guild_id(), studio.member_id("otto"), 1)
    card = await studio.imagine()
    copy = await copied(studio)
    await report(studio, copy)
    await studio.until(lambda: copy.is_deleted and not card.attachments)


async def test_deleted_on_its_card_a_picture_has_no_copies_left(studio: Studio) -> None:
    card = await studio.imagine()
    copy = await copied(studio)
    question = await studio.person("ada").press(card, "Delete").message()
    await studio.person("ada").press(question, "Delete image").answer()
    await studio.until(lambda: copy.is_deleted and card.is_deleted)


async def test_a_moderator_removes_a_private_picture_that_was_posted_for_everyone(studio: Studio) -> None:
    await studio.imagine(private=True)
    copy = await copied(studio)
    await decide(studio, await picked(studio, "ada"), "Delete for everyone", "deleted · still counts")
    await studio.until(lambda: copy.is_deleted)


async def test_reports_are_over_with_the_last_public_message(studio: Studio) -> None:
    await set_channel(studio)
    card = await studio.imagine()
    copy, other = await copied(studio), await copied(studio)
    await report(studio, copy)
    moderators = await post_of(studio)
    for message in (card, other):
        studio.person("mia").delete(message)
    await studio.until(lambda: "Dismiss" in labels(moderators))
    assert "1 reported image is open" in text_of(await review(studio, "reports"))
    await studio.person("mia").press(copy, "Delete").answer()
    await studio.until(lambda: "Dismiss" not in labels(moderators))
    assert "No reports are open" in text_of(await review(studio, "reports"))


async def test_who_deletes_their_data_takes_reported_copies_along(studio: Studio) -> None:
    await studio.imagine(private=True)
    copy = await copied(studio)
    await report(studio, copy)
    await deleted_by(studio)
    await studio.until(lambda: copy.is_deleted)
