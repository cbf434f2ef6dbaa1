"""The reply to a card that mentions its member, in a Discord that is strict."""

import pytest

from bot.domain.card import Card
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.notice import Notice
from standins.fake_discord.model import Message
from standins.fake_discord.permissions import Permissions
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
