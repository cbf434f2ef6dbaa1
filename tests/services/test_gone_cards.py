"""No place, no payment: requests whose message, channel or server is gone before or after they were sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from bot.domain.access import Actor
from bot.domain.card import Card, CardView
from bot.domain.errors import CardBarred, CardGone, CardTakenAway, CourierUnavailable, Doubtful, NotSent
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.money import Month
from bot.services.cards.gone_cards import LOOK_AGAIN_SECONDS
from bot.store.driver.database import Database
from bot.store.pictures import accounts, cards, events, jobs
from tests.builders import CHANNEL, GUILD, MEMBER, a_new_card, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House

CANCELLED, READY = JobState.CANCELLED, JobState.READY


async def ask(house: House, *, pictures: int = 1, is_private: bool = False) -> CardView:
    return await house.ask(a_request(count=pictures), is_private=is_private, token_expires_at=None)


async def card_of(house: House, view: CardView) -> Card:
    card: Card | None = await house.raw_database.read(cards.get, view.card.id)
    assert card is not None
    return card


async def held_money(house: House) -> int:
    spending = await house.raw_database.read(
        accounts.spending, guild_id=GUILD, month=Month.of(house.clock.now())
    )
    return spending.held_microusd


async def whys(house: House, job: Job) -> list[str]:
    return [event.why for event in await house.raw_database.read(events.of_job, job.id)]


# --- in which ways a place goes away, and what is written down then ---

Goes = Callable[[House, CardView], Awaitable[None]]


async def server_left(house: House, view: CardView) -> None:
    await house.services.gone.server_left(GUILD)


async def channel_deleted(house: House, view: CardView) -> None:
    await house.services.gone.channel_deleted(CHANNEL)


async def message_deleted(house: House, view: CardView) -> None:
    await house.services.gone.messages_deleted(CHANNEL, [MessageId(view.card.id + 500)])


async def many_messages_deleted(house: House, view: CardView) -> None:
    messages = [MessageId(view.card.id + offset) for offset in (499, 500, 501)]
    await house.services.gone.messages_deleted(CHANNEL, messages)


async def found_at_an_edit(house: House, view: CardView) -> None:
    await edited_with(house, view, CardTakenAway())


async def edited_with(house: House, view: CardView, error: CardGone) -> None:
    house.courier.on_show.append(error)
    await house.database.write(jobs.touch_cards, [view.jobs[0].id])
    house.services.moderation.card_updater.card_changed(view.card.id)
    await house.advance(10)


WAYS: dict[Goes, str] = {
    server_left: "the bot was removed from the server",
    channel_deleted: "its channel was deleted",
    message_deleted: "its message was deleted",
    many_messages_deleted: "its message was deleted",
    found_at_an_edit: "its place in Discord is gone",
}
by_each = pytest.mark.parametrize("goes", WAYS, ids=lambda way: str(way.__name__))


# --- how far a picture is by then, and what becomes of it ---


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A picture that is just so far: it goes on with `goes_on`, and ends as it should."""

    view: CardView
    goes_on: Callable[[], None] = lambda: None
    ends: JobState
    submits: int
    #: What the provider has been paid for.
    bills: int


async def waiting(house: House, *, pictures: int = 1) -> CardView:
    """In line, which does not move."""
    house.services.account.pacer.pause(600)
    view = await ask(house, pictures=pictures)
    await house.advance(10)
    assert len(house.services.account.pacer.places()) == pictures
    return view


async def in_line(house: House) -> Stage:
    return Stage(view=await waiting(house), ends=CANCELLED, submits=0, bills=0)


async def leaving(house: House) -> tuple[CardView, asyncio.Event]:
    """It is written down that the request is about to be sent; it leaves with the event."""
    connecting, connected = asyncio.Event(), asyncio.Event()

    async def connect() -> None:
        connecting.set()
        await connected.wait()

    house.provider.while_connecting = connect
    view = await ask(house)
    await house.until(connecting.is_set)
    return view, connected


async def about_to_be_sent(house: House) -> Stage:
    view, connected = await leaving(house)
    return Stage(view=view, goes_on=connected.set, ends=READY, submits=1, bills=1)


async def about_to_be_turned_away(house: House) -> Stage:
    house.provider.on_submit.append(NotSent("the provider is too busy"))
    view, connected = await leaving(house)
    return Stage(view=view, goes_on=connected.set, ends=CANCELLED, submits=1, bills=0)


async def in_doubt_and_taken(house: House) -> Stage:
    house.provider.lost_answers.append(Doubtful("reset"))
    return await in_doubt(house, ends=READY, bills=1)


async def in_doubt_and_not_taken(house: House) -> Stage:
    house.provider.on_submit.append(Doubtful("reset"))
    return await in_doubt(house, ends=CANCELLED, bills=0)


async def in_doubt(house: House, *, ends: JobState, bills: int) -> Stage:
    view = await ask(house)
    await house.until(lambda: house.provider.submits == 1)
    assert [job.state for job in await house.jobs(view)] == [JobState.UNRESOLVED]
    return Stage(view=view, ends=ends, submits=1, bills=bills)


async def being_made(house: House) -> Stage:
    view = await ask(house)
    await house.until(lambda: house.provider.polls >= 1)
    return Stage(view=view, ends=READY, submits=1, bills=1)


async def made_and_not_in_discord_yet(house: House) -> Stage:
    house.courier.on_picture.append(CourierUnavailable())
    view = await ask(house)
    await house.until(lambda: not house.courier.on_picture)
    assert [job.state for job in await house.jobs(view)] == [JobState.READY]
    return Stage(view=view, ends=READY, submits=1, bills=1)


STAGES = [
    in_line,
    about_to_be_sent,
    about_to_be_turned_away,
    in_doubt_and_taken,
    in_doubt_and_not_taken,
    being_made,
    made_and_not_in_discord_yet,
]


@pytest.mark.parametrize(("stage", "goes"), list(product(STAGES, WAYS)), ids=lambda one: str(one.__name__))
async def test_what_was_not_sent_is_never_paid_and_what_was_is_kept(
    house: House, stage: Callable[[House], Awaitable[Stage]], goes: Goes
) -> None:
    so_far = await stage(house)
    await goes(house, so_far.view)
    shows = house.courier.shows
    so_far.goes_on()
    (job,) = await house.until_ended(so_far.view)
    await house.advance(1200)
    is_kept = so_far.ends is READY
    assert (job.state, job.parked_at is not None, job.state.counts) == (so_far.ends, is_kept, is_kept)
    assert (house.provider.submits, len(house.provider.accepted)) == (so_far.submits, so_far.bills)
    assert job.cost_microusd == (house.provider.cost_microusd if is_kept else None)
    assert await held_money(house) == 0
    assert (house.courier.pictures, house.courier.shows) == ({}, shows)
    assert house.services.account.pacer.places() == {}


@pytest.fixture
async def postgres_house(postgres: Database, tmp_path: Path) -> AsyncIterator[House]:
    """Where transactions run side by side."""
    house = House(postgres, tmp_path / "sources", requests_per_minute=1000)
    await house.open()
    yield house
    await house.close()


async def test_a_crowd_that_is_just_being_sent_is_paid_for_what_is_kept(postgres_house: House) -> None:
    house = postgres_house
    house.services.account.pacer.pause(600)
    views = [await ask(house, pictures=4) for _ in range(5)]
    house.provider.while_connecting = lambda: house.services.gone.server_left(GUILD)
    ended = [job for view in views for job in await house.until_ended(view)]
    kept = [job for job in ended if job.state is READY and job.parked_at is not None]
    assert kept, "the first was about to be sent"
    assert {job.state for job in ended} <= {READY, CANCELLED}
    assert {job.request_id for job in kept} == set(house.provider.accepted)
    assert len(kept) == house.provider.submits
    assert await held_money(house) == 0
    assert house.courier.pictures == {}


@by_each
async def test_it_is_written_down_why_it_was_cancelled(house: House, goes: Goes) -> None:
    view = await waiting(house)
    await goes(house, view)
    (job,) = await house.jobs(view)
    assert (await whys(house, job))[-1] == WAYS[goes]


@by_each
async def test_a_kept_picture_is_posted_where_its_member_says(house: House, goes: Goes) -> None:
    view = await ask(house)
    await house.until(lambda: house.provider.polls >= 1)
    await goes(house, view)
    (job,) = await house.until_ended(view)
    actor = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER, is_moderator=False)
    await house.services.gallery.repost(job.id, actor, a_new_card(), MessageId(4242))
    await house.until(lambda: job.id in house.courier.pictures)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED


@by_each
async def test_some_sent_and_some_not(build_house: BuildHouse, goes: Goes) -> None:
    house = await build_house(requests_per_minute=1)
    view = await ask(house, pictures=2)
    await house.until(lambda: house.provider.submits == 1)
    sent, waiting = sorted(await house.jobs(view), key=lambda job: job.state is JobState.QUEUED)
    await goes(house, view)
    ended = {job.id: job.state for job in await house.until_ended(view)}
    assert ended == {sent.id: READY, waiting.id: CANCELLED}
    assert house.provider.submits == 1


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
    house.services.account.pacer.pause(600)
    view = await house.ask(parent=ChannelId(7))
    await house.services.gone.channel_deleted(ChannelId(7))
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
    assert (await card_of(house, view)).is_gone


# --- out of reach, but not gone ---


async def test_where_the_bot_may_do_nothing_pictures_are_made_and_kept(house: House) -> None:
    """It may be allowed to again, and until then /jobs shows them."""
    view = await waiting(house)
    await edited_with(house, view, CardBarred())
    assert [job.state for job in await house.jobs(view)] == [JobState.QUEUED]
    house.courier.on_picture.append(CardBarred())
    (job,) = await house.until_ended(view)
    assert (job.state, job.parked_at is not None) == (READY, True)
    assert not (await card_of(house, view)).is_gone


# --- what was told while nobody listened ---


async def test_after_a_start_a_card_is_looked_at_before_it_is_sent(house: House) -> None:
    view = await waiting(house)
    house.courier.on_look.append(CardTakenAway())
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is CANCELLED
    assert house.provider.submits == 0
    await after.close()


async def test_no_picture_of_a_card_is_sent_while_it_is_looked_at(house: House) -> None:
    view = await waiting(house, pictures=4)
    house.courier.on_look += [CourierUnavailable(), CourierUnavailable(), CardTakenAway()]
    after = await house.restarted()
    found = await after.until_ended(view)
    assert [job.state for job in found] == [CANCELLED] * 4
    assert house.provider.submits == 0
    assert len(house.courier.looked_at) == 3
    await after.close()


async def test_after_a_new_session_too(house: House) -> None:
    view = await waiting(house)
    house.courier.on_look.append(CardTakenAway())
    house.services.gone.missed_news()
    (job,) = await house.until_ended(view)
    assert job.state is CANCELLED


async def test_a_look_that_was_under_way_when_news_was_missed_does_not_count(house: House) -> None:
    view = await waiting(house)
    job, gone = view.jobs[0], house.services.gone
    gone.missed_news()
    house.courier.on_look.append(CourierUnavailable())  # so that the look takes a second
    early = asyncio.create_task(gone.look(job))
    await house.settle()
    gone.missed_news()
    late = asyncio.create_task(gone.look(job))
    await house.advance(LOOK_AGAIN_SECONDS[0])
    await asyncio.gather(early, late)
    assert len(house.courier.looked_at) == 3, "refused, answered, and asked anew"


async def test_a_card_that_stands_is_sent_after_one_look(house: House) -> None:
    view = await waiting(house, pictures=3)
    after = await house.restarted()
    found = await after.until_ended(view)
    assert [job.state for job in found] == [JobState.DELIVERED] * 3
    assert [card.id for card in house.courier.looked_at] == [view.card.id]
    await after.close()


async def test_while_discord_does_not_say_a_card_is_taken_to_stand(house: House) -> None:
    view = await waiting(house)
    house.courier.on_look.extend(CourierUnavailable() for _ in LOOK_AGAIN_SECONDS)
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.courier.looked_at) == len(LOOK_AGAIN_SECONDS)
    await after.close()


async def test_who_asks_while_news_is_heard_is_not_looked_at(house: House) -> None:
    view = await ask(house)
    await house.until_ended(view)
    assert house.courier.looked_at == []
