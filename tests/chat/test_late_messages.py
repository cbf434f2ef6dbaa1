"""Messages that cannot be reached for a while, and messages that their cards have left, at the counter."""

from dataclasses import replace

import pytest

from bot.domain.card import CardView
from bot.domain.errors import CardBarred, CardGone
from bot.domain.ids import MessageId
from bot.domain.job import JobState
from bot.domain.request import PictureLocation
from standins.fake_discord.permissions import Permissions
from tests.chat.counter import Counter, always
from tests.chat.studio import Studio, text_of

MINUTES_15 = 15 * 60


def left(counter: Counter) -> CardView:
    """The card's message as one that was left for another in its channel."""
    there = PictureLocation(counter.card.channel_id, MessageId(77))
    return replace(counter.view, is_left=True, moved_to=there)


async def test_who_is_not_let_to_a_message_may_be_later(counter: Counter) -> None:
    counter.studio.clock.pass_by(MINUTES_15)
    counter.shut(Permissions.VIEW_CHANNEL)
    with pytest.raises(CardBarred):
        await counter.show()
    with pytest.raises(CardBarred):
        await counter.courier.remove(counter.card)


async def test_a_deleted_message_is_gone_for_good(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)
    with pytest.raises(CardGone) as caught:
        await counter.show()
    assert not isinstance(caught.value, CardBarred)


async def test_a_private_message_is_gone_with_its_token(counter: Counter) -> None:
    counter.view = replace(counter.view, card=replace(counter.card, is_private=True))
    counter.studio.clock.pass_by(MINUTES_15)
    with pytest.raises(CardGone) as caught:
        await counter.show()
    assert not isinstance(caught.value, CardBarred)
    await counter.courier.remove(counter.card)


@pytest.mark.parametrize("expired", [False, True])
async def test_a_left_message_says_where_it_goes_on(counter: Counter, expired: bool) -> None:  # noqa: FBT001  a parameter of pytest's
    if expired:
        counter.studio.clock.pass_by(MINUTES_15)
    await counter.courier.show(left(counter), {}, always)
    assert "Continued in another message" in text_of(counter.message)
    assert "In line" not in text_of(counter.message)
    assert f"/{counter.card.channel_id}/77" in str(counter.message.components)


async def test_pictures_that_came_to_a_left_message_stay_there(counter: Counter) -> None:
    await counter.deliver()
    await counter.courier.show(left(counter), {}, always)
    assert len(counter.message.attachments) == 1


async def test_a_picture_that_was_taken_down_goes_from_a_left_message(counter: Counter) -> None:
    """Also if the card's rows tell of another file in another message."""
    await counter.deliver()
    view = left(counter)
    deleted = replace(view.jobs[0], deleted_at=counter.studio.clock.now(), attachment_id=None)
    await counter.courier.show(replace(view, jobs=[deleted, *view.jobs[1:]]), {}, always)
    assert counter.message.attachments == []


async def test_a_picture_that_comes_anew_leaves_no_message_behind(studio: Studio) -> None:
    """As in an archived thread: there an edit is refused, and a new message wakes it."""
    studio.provider.seconds = 15.0
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    await studio.eventually(lambda: is_running(studio))
    studio.discord.faults.expire_tokens()
    fault = studio.discord.faults.add("PATCH /channels/*", status=400, code=50083)
    await studio.until(lambda: any(one.attachments for one in studio.sent_by_bot()))
    assert "Goes on" not in text_of(message)
    studio.discord.faults.remove(fault)
    studio.clock.pass_by(MINUTES_15)
    await studio.until(lambda: "Continued in another message" in text_of(message))
    assert "Generating" not in text_of(message)
    assert len(studio.sent_by_bot()) == 2


async def is_running(studio: Studio) -> bool:
    return await studio.states() == [JobState.RUNNING]
