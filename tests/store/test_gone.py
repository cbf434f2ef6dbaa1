"""Cards by where they stand in Discord, and what becomes of their jobs once that place is gone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.card import Card
from bot.domain.ids import CardId, ChannelId, GuildId, JobId
from bot.domain.job import Job, JobState
from bot.domain.money import Month
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.moderation import gone
from bot.store.pictures import accounts, cards, events, jobs
from tests.builders import CHANNEL, GUILD, NOON, a_request
from tests.databases import admit, message_of

WHY = "its channel was deleted"
CANCELLED, QUEUED, SUBMITTING = JobState.CANCELLED, JobState.QUEUED, JobState.SUBMITTING


async def admitted(database: Database, *, pictures: int = 1, **card: Any) -> list[Job]:
    return await database.write(admit, request=a_request(count=pictures), **card)


def give_up(connection: Connection, *card_ids: CardId) -> list[JobId]:
    return gone.give_up(connection, card_ids, at=NOON, why=WHY)


def submit(connection: Connection, job: Job) -> Job | None:
    return gone.submit(connection, job, at=NOON, why="about to be sent")


async def card_of(database: Database, job: Job) -> Card:
    card = await database.read(cards.get, job.card_id)
    assert card is not None
    return card


async def state_of(database: Database, job: Job) -> JobState:
    now = await database.read(jobs.get, job.id)
    assert now is not None
    return now.state


# --- which cards stand there ---


async def test_cards_by_server_channel_and_message(database: Database) -> None:
    (here,) = await admitted(database)
    (elsewhere,) = await admitted(database, channel_id=ChannelId(2))
    (other_server,) = await admitted(database, channel_id=ChannelId(3), guild_id=GuildId(3))
    assert await database.read(gone.in_server, GUILD) == [here.card_id, elsewhere.card_id]
    assert await database.read(gone.in_server, GuildId(3)) == [other_server.card_id]
    assert await database.read(gone.in_channel, CHANNEL) == [here.card_id]
    messages = [message_of(one.card_id) for one in (here, elsewhere, other_server)]
    assert await database.read(gone.of_messages, CHANNEL, messages) == [here.card_id]


async def test_a_card_is_found_once_and_only_with_something_to_come(database: Database) -> None:
    several = await admitted(database, pictures=3)
    assert await database.read(gone.in_channel, CHANNEL) == [several[0].card_id]
    for job in several:
        await database.write(jobs.step, job, CANCELLED, at=NOON, why="a test")
    assert await database.read(gone.in_channel, CHANNEL) == []
    assert await database.read(gone.in_server, GUILD) == []


async def test_an_unanswered_card_is_found_by_its_place(database: Database) -> None:
    (job,) = await admitted(database, is_answered=False)
    assert await database.read(gone.in_server, GUILD) == [job.card_id]
    assert await database.read(gone.in_channel, CHANNEL) == [job.card_id]


# --- what becomes of their jobs ---


async def test_what_was_not_sent_is_cancelled_and_what_was_goes_on(database: Database) -> None:
    sent, waiting = await admitted(database, pictures=2)
    assert await database.write(submit, sent)
    assert await database.write(give_up, sent.card_id) == [waiting.id]
    assert [await state_of(database, job) for job in (sent, waiting)] == [SUBMITTING, CANCELLED]
    assert [one.why for one in await database.read(events.of_job, waiting.id)][-1] == WHY
    card = await card_of(database, sent)
    assert (card.is_gone, card.is_lost) == (True, True)


async def test_giving_up_twice_changes_nothing_more(database: Database) -> None:
    (job,) = await admitted(database)
    assert await database.write(give_up, job.card_id) == [job.id]
    before = await database.read(events.of_job, job.id)
    assert await database.write(give_up, job.card_id) == []
    assert await database.read(events.of_job, job.id) == before


async def test_nothing_is_sent_for_a_card_that_is_gone(database: Database) -> None:
    """Such as what was turned away by the provider, and stands in line again."""
    (job,) = await admitted(database)
    sent = await database.write(submit, job)
    assert sent is not None
    await database.write(give_up, job.card_id)
    waiting = await database.write(jobs.step, sent, QUEUED, at=NOON, why="not accepted")
    assert waiting is not None
    after = await database.write(submit, waiting)
    assert after is not None
    assert after.state is CANCELLED


async def test_others_are_sent(database: Database) -> None:
    (job,), (other,) = await admitted(database), await admitted(database)
    await database.write(give_up, other.card_id)
    after = await database.write(submit, job)
    assert after is not None
    assert after.state is SUBMITTING


async def test_a_card_that_moves_to_another_message_is_there_again(database: Database) -> None:
    (job,) = await admitted(database)
    await database.write(give_up, job.card_id)
    card = await card_of(database, job)
    await database.write(cards.move, card, card, message_id=message_of(card.id), at=NOON)
    card = await card_of(database, job)
    assert (card.is_gone, card.is_lost) == (False, False)


async def test_an_edit_that_was_under_way_brings_no_card_back(database: Database) -> None:
    (job,) = await admitted(database)
    card = await card_of(database, job)
    await database.write(give_up, job.card_id)
    assert card.message_id is not None
    await database.write(
        cards.shown,
        card,
        revision=card.revision,
        message_id=card.message_id,
        channel_id=card.channel_id,
        at=NOON,
    )
    card = await card_of(database, job)
    assert (card.is_gone, card.is_lost) == (True, True)


# --- a submit and a departure at the same moment, in two processes, as PostgreSQL allows ---


@pytest.fixture
async def other(postgres: Database, postgres_url: str) -> AsyncIterator[Database]:
    """The same database, as another process opens it."""
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


def _is_waited_for(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


async def one_after_the_other(
    database: Database,
    other: Database,
    first: Callable[[Connection], Any],
    second: Callable[[Connection], Any],
) -> tuple[Any, Any]:
    """Let the second begin while the first has done its work and not committed it."""
    loop, seconds = asyncio.get_running_loop(), asyncio.Queue[asyncio.Task[Any]]()

    def begin() -> None:
        seconds.put_nowait(loop.create_task(other.write(second)))

    def hold(connection: Connection) -> Any:
        done = first(connection)
        loop.call_soon_threadsafe(begin)
        for _ in range(200):
            if _is_waited_for(connection):
                return done
            connection.execute(text("SELECT pg_sleep(0.02)"))
        raise AssertionError("the second did not wait for the first")

    done = await database.write(hold)
    return done, await (await seconds.get())


async def held_money(database: Database) -> int:
    spending = await database.read(accounts.spending, guild_id=GUILD, month=Month.of(NOON))
    return spending.held_microusd


async def test_what_is_being_submitted_is_not_cancelled(postgres: Database, other: Database) -> None:
    (job,) = await admitted(postgres)
    sent, cancelled = await one_after_the_other(
        postgres,
        other,
        lambda connection: submit(connection, job),
        lambda connection: give_up(connection, job.card_id),
    )
    assert (sent.state, cancelled) == (SUBMITTING, [])
    assert await state_of(postgres, job) is SUBMITTING
    assert (await card_of(postgres, job)).is_gone, "its picture is kept quietly"


async def test_what_is_being_cancelled_is_not_submitted(postgres: Database, other: Database) -> None:
    (job,) = await admitted(postgres)
    cancelled, sent = await one_after_the_other(
        postgres,
        other,
        lambda connection: give_up(connection, job.card_id),
        lambda connection: submit(connection, job),
    )
    assert (cancelled, sent) == ([job.id], None)
    assert await state_of(postgres, job) is CANCELLED
    assert await held_money(postgres) == 0


async def test_of_a_crowd_each_is_either_sent_or_cancelled(postgres: Database, other: Database) -> None:
    admissions = await asyncio.gather(*(admitted(postgres, pictures=4) for _ in range(5)))
    crowd = [job for several in admissions for job in several]
    giving_up = asyncio.create_task(other.write(give_up, *sorted({job.card_id for job in crowd})))
    sent = await asyncio.gather(*(postgres.write(submit, job) for job in crowd))
    given_up = await giving_up
    left = {job.id for job in sent if job is not None and job.state is SUBMITTING}
    for job in crowd:
        state = await state_of(postgres, job)
        assert state is (SUBMITTING if job.id in left else CANCELLED)
        steps = [one.to_state for one in await postgres.read(events.of_job, job.id)]
        assert steps == [QUEUED, state]
    assert left.isdisjoint(given_up)
