"""The reply to a card that mentions its member, in a Discord that is strict."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.card import Card
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.job import Job, JobState
from bot.domain.notice import Notice, Notify
from standins.fake_discord.model import Message
from standins.fake_discord.permissions import Permissions
from tests.builders import a_job
from tests.chat.counter import POST, Counter
from tests.chat.studio import Studio

ONE = Notice(ready=1, failed=0)


def replies(counter: Counter) -> list[Message]:
    world = counter.studio.world
    return [message for message in world.messages.values() if message.reply_to_id == counter.message.id]


async def announce(counter: Counter, notice: Notice = ONE, *, is_again: bool = False) -> Card:
    card = counter.view.card
    await counter.courier.announce(card, notice, is_again=is_again)
    return card


async def test_the_reply_mentions_who_asked_and_nobody_else(counter: Counter) -> None:
    card = await announce(counter)
    (message,) = replies(counter)
    assert message.content == f"<@{card.member_id}>, your image is ready."
    assert [user.id for user in message.mentions] == [card.member_id]


async def test_a_failure_is_told_in_other_words(counter: Counter) -> None:
    await announce(counter, Notice(ready=0, failed=2))
    (message,) = replies(counter)
    assert "your 2 images could not be created" in message.content


def rejected(reason: str | None = None, **fields: Any) -> Job:
    return a_job(state=JobState.REJECTED, moderation_reason=reason, **fields)


@pytest.mark.parametrize(
    ("notice", "lines"),
    [
        (
            Notice(ready=0, failed=0, rejected=[rejected("no *foxes*")]),
            [", your image was not approved.", r"> no \*foxes\*"],
        ),
        (
            Notice(ready=0, failed=0, rejected=[rejected("no foxes", is_given_back=True)]),
            [", your image was not approved.", "> no foxes", "It doesn't count toward your limit."],
        ),
        (
            Notice(ready=2, failed=0, rejected=[rejected("no foxes", is_given_back=True), rejected("")]),
            [
                ", your 2 images are ready.",
                "2 images were not approved.",
                "> no foxes",
                "1 of them doesn't count toward your limit.",
            ],
        ),
        (
            Notice(ready=0, failed=1, rejected=[rejected()]),
            [", your image was not approved.", "No moderator looked at 1 image in time."],
        ),
    ],
)
async def test_a_rejection_is_told_with_its_reason(
    counter: Counter, notice: Notice, lines: list[str]
) -> None:
    card = await announce(counter, notice)
    (message,) = replies(counter)
    assert message.content.splitlines() == [f"<@{card.member_id}>{lines[0]}", *lines[1:]]
    assert [user.id for user in message.mentions] == [card.member_id]


async def test_a_reason_that_automod_blocks_is_left_to_the_card(counter: Counter) -> None:
    counter.studio.discord.faults.forbid_word("foxes")
    await announce(counter, Notice(ready=0, failed=0, rejected=[rejected("no foxes")]))
    (message,) = replies(counter)
    assert message.content.endswith(", your image was not approved.")


async def test_a_notice_whose_answer_was_lost_is_posted_once(counter: Counter) -> None:
    counter.studio.discord.faults.add(POST, status=500, times=1, after_doing=True)
    await announce(counter)
    await announce(counter, is_again=True)
    assert len(replies(counter)) == 1


async def test_a_card_that_was_deleted_gets_no_reply(counter: Counter) -> None:
    counter.studio.person("mia").delete(counter.message)
    with pytest.raises(CardGone):
        await announce(counter)
    assert replies(counter) == []


async def test_where_the_bot_may_not_write_there_is_no_reply(counter: Counter) -> None:
    counter.shut(Permissions.SEND_MESSAGES)
    with pytest.raises(CardGone):
        await announce(counter)


async def test_an_outage_is_for_later(studio: Studio, counter: Counter) -> None:
    studio.discord.faults.add(POST, status=503)
    with pytest.raises(CourierUnavailable):
        await announce(counter)


FOLLOW_UP = "POST /webhooks/*"


async def private_card(studio: Studio) -> Counter:
    """A private card that waits, with an interaction token that lives."""
    studio.services.account.pacer.pause(10_000)
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox", private=True).message()
    await studio.eventually(lambda: _is_answered(studio))
    (job,) = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1)
    return Counter(studio, message, await studio.services.gallery.view(job.card_id, studio.guild_id()))


async def _is_answered(studio: Studio) -> bool:
    recent = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1)
    return bool(recent) and (await studio.services.gallery.card_of(recent[0])).message_id is not None


def told_alone(studio: Studio) -> list[Message]:
    return [one for one in studio.sent_by_bot() if "your image is ready" in one.content]


async def test_who_asked_in_private_is_told_alone(studio: Studio) -> None:
    card = await announce(await private_card(studio))
    (message,) = told_alone(studio)
    assert message.is_ephemeral
    assert message.viewer is studio.world.user("ada")
    assert message.content == f"<@{card.member_id}>, your image is ready."


async def test_a_private_notice_whose_answer_was_lost_is_not_sent_again(studio: Studio) -> None:
    counter = await private_card(studio)
    studio.discord.faults.add(FOLLOW_UP, status=500, after_doing=True, times=1)
    with suppress(CourierUnavailable):
        await announce(counter)
    with pytest.raises(CardGone):
        await announce(counter, is_again=True)
    assert len(told_alone(studio)) == 1


async def test_once_the_token_is_over_nobody_is_told(studio: Studio) -> None:
    counter = await private_card(studio)
    studio.clock.jump(timedelta(minutes=15))
    with pytest.raises(CardGone):
        await announce(counter)
    assert told_alone(studio) == []


async def test_a_private_picture_is_announced_once_also_across_a_restart(studio: Studio) -> None:
    await studio.services.gallery.set_notify(studio.member_id("ada"), Notify.ALWAYS)
    await studio.imagine(private=True)
    await studio.until(lambda: told_alone(studio))
    await studio.restart()
    await studio.services.sweep.announcements.settle_due()
    await studio.imagine("ben")
    assert len(told_alone(studio)) == 1
