"""No message says for ever that a picture is being made: it follows later, whatever held it up."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.card import CardView
from bot.domain.errors import CardBarred, CardGone, CourierUnavailable
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, InteractionId, MessageId
from bot.domain.job import JobState
from bot.domain.provider import Failed
from bot.domain.request import PictureLocation
from bot.services.cards.retry_times import PATIENCE
from bot.store.pictures import cards, left_messages
from tests.builders import CHANNEL, a_new_card, a_request
from tests.services.house import House
from tests.services.test_gallery import OWNER

HOUR = 3600.0
NEW_MESSAGE = MessageId(9001)
#: Held up for so long, a message is tried again within as much as the longest pause.
OUTAGE_SECONDS = 10 * HOUR
TROUBLES = {"passing": CourierUnavailable, "barred": CardBarred}


def message_of(view: CardView) -> MessageId:
    return MessageId(view.card.id + 500)


def states(house: House, view: CardView) -> list[JobState]:
    return [job.state for job in house.courier.messages[message_of(view)].jobs]


def hold_up(house: House, view: CardView, error: type[Exception]) -> None:
    house.courier.troubles[message_of(view)] = error()


# --- the last edit ---


async def failed(house: House, error: type[Exception]) -> CardView:
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    hold_up(house, view, error)
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    await house.until_ended(view)
    return view


async def cancelled(house: House, error: type[Exception]) -> CardView:
    house.services.account.pacer.pause(60)
    view = await house.ask()
    await house.advance(20)
    hold_up(house, view, error)
    await house.services.gallery.cancel(view.card.id, OWNER)
    return view


async def kept(house: House, error: type[Exception]) -> CardView:
    view = await house.ask()
    house.courier.on_picture.append(CardGone())
    await house.until(lambda: house.provider.submits == 1)
    hold_up(house, view, error)
    (job,) = await house.until_ended(view)
    assert job.parked_at is not None
    return view


async def half_delivered(house: House, error: type[Exception]) -> CardView:
    """Of two pictures one has come, and the other fails."""
    view = await house.ask(a_request(count=2))
    await house.until(lambda: house.provider.submits == 2)
    next(iter(house.provider.accepted.values())).ends_after = 400.0
    next(iter(house.provider.accepted.values())).end = Failed(Failure(FailureKind.BLOCKED))
    await house.until(lambda: bool(house.courier.pictures))
    await house.advance(30)
    hold_up(house, view, error)
    await house.until_ended(view)
    return view


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("end", [failed, cancelled, kept, half_delivered])
async def test_a_card_whose_last_edit_failed_is_brought_up_to_date_later(
    house: House,
    end: Callable[[House, type[Exception]], Awaitable[CardView]],
    trouble: str,
    is_restarted: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    view = await end(house, TROUBLES[trouble])
    await house.advance(OUTAGE_SECONDS)
    wanted = [job.state for job in await house.jobs(view)]
    before = house.courier.messages.get(message_of(view))
    if is_restarted:
        house = await house.restarted()
    house.courier.troubles.clear()
    await house.advance(7 * HOUR)
    after = house.courier.messages[message_of(view)]
    assert after is not before
    assert [job.state for job in after.jobs] == wanted
    assert after.jobs[0].parked_at == (await house.jobs(view))[0].parked_at
    assert await house.raw_database.read(cards.due) == []
    await house.close()


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_picture_that_is_taken_down_goes_once_it_can(house: House, trouble: str) -> None:
    view = await house.ask()
    (job,) = await house.until_ended(view)
    hold_up(house, view, TROUBLES[trouble])
    await house.services.gallery.delete([job.id], OWNER)
    await house.advance(OUTAGE_SECONDS)
    assert house.courier.removed == []
    house.courier.troubles.clear()
    await house.advance(7 * HOUR)
    assert [card.message_id for card in house.courier.removed] == [message_of(view)]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_short_trouble_is_over_soon(house: House, trouble: str) -> None:
    view = await failed(house, TROUBLES[trouble])
    await house.advance(60)
    house.courier.troubles.clear()
    await house.advance(15 * 60)
    assert states(house, view) == [JobState.FAILED]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_after_a_week_it_is_given_up(house: House, trouble: str) -> None:
    view = await failed(house, TROUBLES[trouble])
    await house.advance(600)
    house.clock.pass_by(PATIENCE.total_seconds() - HOUR)
    await house.advance(600)
    assert await house.raw_database.read(cards.due) == [view.card.id]
    house.clock.pass_by(7.5 * HOUR)
    await house.advance(600)
    assert await house.raw_database.read(cards.due) == []
    tries = house.courier.calls[message_of(view)]
    house.clock.pass_by(24 * HOUR)
    await house.advance(600)
    assert house.courier.calls[message_of(view)] == tries


async def test_a_message_that_is_gone_is_not_tried_again(house: House) -> None:
    view = await failed(house, CardGone)
    await house.advance(60)
    tries = house.courier.calls[message_of(view)]
    await house.advance(2 * HOUR)
    assert house.courier.calls[message_of(view)] == tries
    assert await house.raw_database.read(cards.due) == []


async def test_an_hour_without_discord_delays_a_card_by_minutes(house: House) -> None:
    view = await failed(house, CourierUnavailable)
    await house.advance(HOUR)
    house.courier.troubles.clear()
    await house.advance(15 * 60)
    assert states(house, view) == [JobState.FAILED]


# --- messages that cards have left ---


async def posted_anew(house: House) -> CardView:
    """Its picture comes as a new message, because its own cannot be edited."""
    house.courier.new_messages.append(NEW_MESSAGE)
    view = await house.ask()
    await house.until(lambda: bool(house.courier.pictures))
    return view


async def posted_here(house: House) -> CardView:
    """Its picture was kept, and its member had it posted by a new answer in another channel."""
    view = await house.ask()
    house.courier.on_picture.append(CardGone())
    (job,) = await house.until_ended(view)
    new = a_new_card(interaction_id=InteractionId(77), channel_id=ChannelId(CHANNEL + 1))
    await house.services.gallery.repost(job.id, OWNER, new, NEW_MESSAGE)
    await house.until_ended(view)
    return view


LEAVING = [posted_anew, posted_here]
Leave = Callable[[House], Awaitable[CardView]]


@pytest.mark.parametrize("leave", LEAVING)
async def test_a_message_that_its_card_has_left_says_where_it_goes_on(house: House, leave: Leave) -> None:
    view = await leave(house)
    await house.until_ended(view)
    await house.advance(120)
    left = house.courier.messages[message_of(view)]
    assert left.is_left
    (card,) = [house.courier.shown[view.card.id].card]
    assert left.moved_to == PictureLocation(card.channel_id, NEW_MESSAGE)
    assert not house.courier.messages[NEW_MESSAGE].is_left
    calls = house.courier.calls[message_of(view)]
    await house.advance(2 * HOUR)
    assert house.courier.calls[message_of(view)] == calls


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("leave", LEAVING)
async def test_it_follows_later_if_it_cannot_at_once(
    house: House,
    leave: Leave,
    trouble: str,
    is_restarted: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    view = await leave(house)
    hold_up(house, view, TROUBLES[trouble])
    await house.until_ended(view)
    await house.advance(OUTAGE_SECONDS)
    assert not house.courier.messages[message_of(view)].is_left
    if is_restarted:
        house = await house.restarted()
    house.courier.troubles.clear()
    await house.advance(7 * HOUR)
    assert house.courier.messages[message_of(view)].is_left
    await house.close()


async def test_one_that_is_gone_is_forgotten(house: House) -> None:
    view = await posted_anew(house)
    hold_up(house, view, CardGone)
    await house.advance(120)
    assert await house.raw_database.read(left_messages.of_card, view.card.id) == []


async def test_one_is_given_up_after_a_week(house: House) -> None:
    view = await posted_anew(house)
    hold_up(house, view, CourierUnavailable)
    await house.advance(600)
    house.clock.pass_by(PATIENCE.total_seconds() + 7 * HOUR)
    await house.advance(600)
    assert await house.raw_database.read(left_messages.due, at=house.clock.now()) == []
    tries = house.courier.calls[message_of(view)]
    house.clock.pass_by(24 * HOUR)
    await house.advance(600)
    assert house.courier.calls[message_of(view)] == tries


async def test_it_leads_to_no_private_message(house: House) -> None:
    view = await house.ask(is_private=True)
    house.courier.on_picture.append(CardGone())
    (job,) = await house.until_ended(view)
    new = a_new_card(interaction_id=InteractionId(77), is_private=True)
    await house.services.gallery.repost(job.id, OWNER, new, NEW_MESSAGE)
    await house.advance(120)
    left = house.courier.messages[message_of(view)]
    assert left.is_left
    assert left.moved_to is None


async def test_what_is_taken_down_goes_from_a_left_message_too(house: House) -> None:
    view = await posted_anew(house)
    (job,) = await house.until_ended(view)
    await house.advance(120)
    await house.services.gallery.delete([job.id], OWNER)
    await house.advance(120)
    removed = {card.message_id for card in house.courier.removed}
    assert removed == {message_of(view), NEW_MESSAGE}
    assert await house.raw_database.read(left_messages.of_card, view.card.id) == []
