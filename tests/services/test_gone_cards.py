"""No place, no payment: requests whose message, channel or server is gone before or after they were sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from bot.domain.actor import Actor
from bot.domain.card import CardView
from bot.domain.errors import CardGone, CardTakenAway, CourierUnavailable, Doubtful, PlaceClosed
from bot.domain.ids import ChannelId, GuildId, JobId, MemberId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.money import Month
from bot.store import accounts, cards, events, jobs
from bot.store.database import open_database
from tests.builders import CHANNEL, a_new_card, a_request
from tests.services.house import House

Goes = Callable[[House, CardView], Awaitable[None]]
_numbers = count(5_100_000_000_000_000_001, 10)


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """On both databases."""
    database = await open_database(database_url)
    house = House(database, tmp_path / "sources")
    await house.open()
    yield house
    await house.close()
    await database.close()


async def ask(house: House, *, pictures: int = 1, is_private: bool = False) -> CardView:
    """In a server and by a member of its own."""
    number = next(_numbers)
    return await house.ask(
        a_request(count=pictures),
        member=MemberId(number),
        guild_id=GuildId(number + 1),
        is_private=is_private,
        interaction_id=number + 2,
        token_expires_at=None,
    )


async def server_left(house: House, view: CardView) -> None:
    await house.services.gone.server_left(view.card.guild_id)


async def channel_deleted(house: House, view: CardView) -> None:
    await house.services.gone.channel_deleted(CHANNEL)


async def message_deleted(house: House, view: CardView) -> None:
    await house.services.gone.messages_deleted(CHANNEL, [MessageId(view.card.id + 500)])


async def many_messages_deleted(house: House, view: CardView) -> None:
    messages = [MessageId(view.card.id + offset) for offset in (499, 500, 501)]
    await house.services.gone.messages_deleted(CHANNEL, messages)


async def found_at_an_edit(house: House, view: CardView) -> None:
    house.courier.on_show.append(CardTakenAway())
    await house.database.write(jobs.touch_cards, [view.jobs[0].id])
    house.services.engine._showing.card_changed(view.card.id)
    await house.advance(10)


WAYS: list[Goes] = [
    server_left,
    channel_deleted,
    message_deleted,
    many_messages_deleted,
    found_at_an_edit,
]
by_each = pytest.mark.parametrize("goes", WAYS, ids=lambda way: str(way.__name__))


async def held_money(house: House, view: CardView) -> int:
    month = Month.of(view.card.created_at)
    spending = await house.raw_database.read(accounts.spending, guild_id=view.card.guild_id, month=month)
    return spending.held_microusd


async def whys(house: House, job: Job) -> list[str]:
    return [event.why for event in await house.raw_database.read(events.of_job, job.id)]


async def waiting(house: House, pictures: int = 1) -> CardView:
    """In line, which does not move."""
    house.services.pacer.pause(600)
    view = await ask(house, pictures=pictures)
    await house.advance(10)
    assert house.services.pacer.places()
    return view


@by_each
async def test_what_was_not_sent_is_cancelled_and_not_counted(house: House, goes: Goes) -> None:
    view = await waiting(house, pictures=2)
    assert await held_money(house, view) > 0
    await goes(house, view)
    await house.advance(1200)
    found = await house.jobs(view)
    assert [job.state for job in found] == [JobState.CANCELLED] * 2
    assert not any(job.state.counts for job in found)
    assert await held_money(house, view) == 0
    assert house.services.pacer.places() == {}
    assert house.provider.submits == 0
    assert (
        "gone" in (await whys(house, found[0]))[-1]
        or "deleted" in (await whys(house, found[0]))[-1]
        or ("removed" in (await whys(house, found[0]))[-1])
    )


@by_each
async def test_what_is_with_the_provider_is_finished_and_kept_quietly(house: House, goes: Goes) -> None:
    view = await ask(house)
    await house.until(lambda: house.provider.polls >= 1)
    await goes(house, view)
    shows = house.courier.shows
    (job,) = await house.until_ended(view)
    assert (job.state, job.parked_at is not None) == (JobState.READY, True)
    assert job.state.counts
    assert job.cost_microusd is not None
    await house.advance(600)
    assert house.courier.pictures == {}
    assert house.courier.shows == shows
    assert len(house.provider.accepted) == 1


@by_each
async def test_a_kept_picture_is_posted_where_its_member_says(house: House, goes: Goes) -> None:
    view = await ask(house)
    await house.until(lambda: house.provider.polls >= 1)
    await goes(house, view)
    (job,) = await house.until_ended(view)
    actor = Actor(
        guild_id=view.card.guild_id,
        channel_id=view.card.channel_id,
        member_id=view.card.member_id,
        is_moderator=False,
    )
    home = a_new_card(guild_id=view.card.guild_id, member_id=view.card.member_id)
    await house.services.gallery.repost(job.id, actor, home, MessageId(4242))
    await house.until(lambda: job.id in house.courier.pictures)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED


@by_each
async def test_some_sent_and_some_not(house: House, goes: Goes) -> None:
    view = await ask(house, pictures=2)
    await house.until(lambda: house.provider.submits == 1)
    house.services.pacer.pause(600)
    await house.advance(10)
    sent = {job.id for job in await house.jobs(view) if job.state is not JobState.QUEUED}
    await goes(house, view)
    by_id: dict[JobId, Job] = {job.id: job for job in await house.until_ended(view)}
    for job in by_id.values():
        assert job.state is (JobState.READY if job.id in sent else JobState.CANCELLED)
    assert house.provider.submits == len(sent)


@by_each
async def test_what_turns_out_not_to_have_been_sent_is_not_sent_again(house: House, goes: Goes) -> None:
    house.provider.on_submit.append(Doubtful("reset"))
    view = await ask(house)
    await house.until(lambda: house.provider.submits == 1)
    await house.advance(1)
    await goes(house, view)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.CANCELLED
    assert house.provider.submits == 1
    assert await held_money(house, view) == 0


@by_each
async def test_what_is_gone_stays_gone_after_a_restart(house: House, goes: Goes) -> None:
    view = await ask(house)
    await house.until(lambda: house.provider.polls >= 1)
    await goes(house, view)
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.parked_at is not None
    assert after.courier.pictures == {}
    await after.close()


async def test_with_a_channel_its_threads_are_gone(house: House) -> None:
    """Discord tells of the channel only."""
    number = next(_numbers)
    house.services.pacer.pause(600)
    view = await house.ask(member=MemberId(number), guild_id=GuildId(number + 1), parent=ChannelId(number))
    await house.services.gone.channel_deleted(ChannelId(number))
    assert [job.state for job in await house.jobs(view)] == [JobState.CANCELLED]


async def test_others_are_left_alone(house: House) -> None:
    view = await waiting(house)
    await house.services.gone.server_left(GuildId(1))
    await house.services.gone.channel_deleted(ChannelId(1))
    await house.services.gone.messages_deleted(ChannelId(1), [MessageId(view.card.id + 500)])
    await house.services.gone.messages_deleted(CHANNEL, [MessageId(1)])
    assert [job.state for job in await house.jobs(view)] == [JobState.QUEUED]


async def test_a_finished_card_that_is_deleted_stays_delivered(house: House) -> None:
    view = await ask(house)
    await house.until_ended(view)
    await message_deleted(house, view)
    assert [job.state for job in await house.jobs(view)] == [JobState.DELIVERED]


async def test_a_card_that_vanished_when_its_picture_came_is_kept_and_not_tried_again(house: House) -> None:
    view = await ask(house)
    house.courier.on_picture.append(CardTakenAway())
    (job,) = await house.until_ended(view)
    assert job.parked_at is not None
    card = await house.raw_database.read(cards.get, view.card.id)
    assert card is not None
    assert card.is_gone


# --- out of reach, but not gone ---


async def test_without_access_what_was_not_sent_is_cancelled(house: House) -> None:
    """And with it whatever else waits in the channel: nothing of it can be shown there."""
    view, other = await waiting(house), await ask(house)
    house.courier.on_show.append(PlaceClosed())
    await house.database.write(jobs.touch_cards, [view.jobs[0].id])
    house.services.engine._showing.card_changed(view.card.id)
    await house.advance(10)
    for one in (view, other):
        assert [job.state for job in await house.jobs(one)] == [JobState.CANCELLED]
        card = await house.raw_database.read(cards.get, one.card.id)
        assert card is not None
        assert not card.is_gone


async def test_a_private_card_that_cannot_be_reached_is_made_and_kept(house: House) -> None:
    """Its token has died while it waited: /jobs shows it."""
    house.services.pacer.pause(600)
    view = await ask(house, is_private=True)
    house.courier.on_show.append(CardGone())
    await house.database.write(jobs.touch_cards, [view.jobs[0].id])
    house.services.engine._showing.card_changed(view.card.id)
    await house.advance(10)
    assert [job.state for job in await house.jobs(view)] == [JobState.QUEUED]
    house.courier.on_picture.append(CardGone())
    (job,) = await house.until_ended(view)
    assert job.parked_at is not None


# --- what was told while nobody listened ---


@pytest.mark.parametrize("error", [CardTakenAway, PlaceClosed])
async def test_after_a_start_a_card_is_looked_at_before_it_is_sent(
    house: House, error: type[CardGone]
) -> None:
    view = await waiting(house, pictures=2)
    house.courier.on_look.append(error())
    after = await house.restarted()
    found = await after.until_ended(view)
    assert [job.state for job in found] == [JobState.CANCELLED] * 2
    assert house.provider.submits == 0
    assert len(house.courier.looked_at) == 1
    await after.close()


async def test_after_a_new_session_too(house: House) -> None:
    view = await waiting(house)
    house.courier.on_look.append(CardTakenAway())
    house.services.gone.missed_news()
    (job,) = await house.until_ended(view)
    assert job.state is JobState.CANCELLED


async def test_a_card_that_stands_is_sent_after_one_look(house: House) -> None:
    view = await waiting(house, pictures=3)
    after = await house.restarted()
    found = await after.until_ended(view)
    assert [job.state for job in found] == [JobState.DELIVERED] * 3
    assert [card.id for card in house.courier.looked_at].count(view.card.id) == 1
    await after.close()


async def test_while_discord_does_not_say_a_card_is_taken_to_stand(house: House) -> None:
    view = await waiting(house)
    house.courier.on_look.append(CourierUnavailable())
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is JobState.DELIVERED
    await after.close()


async def test_who_asks_while_news_is_heard_is_not_looked_at(house: House) -> None:
    view = await ask(house)
    await house.until_ended(view)
    assert view.card.id not in [card.id for card in house.courier.looked_at]
