"""The queue of cards, kept by procrastinate in a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import psycopg
import pytest
from sqlalchemy import URL
from structlog.testing import capture_logs

from bot.domain.ids import CardId
from bot.domain.job import JobState
from bot.store.driver.database import Connection, Database, open_database
from bot.store.driver.database_url import address
from bot.store.fleet.queue import CardQueue, Drive, bring_up_to_date
from bot.store.pictures import jobs
from bot.store.upkeep.migrate import migrate
from tests import machine
from tests.builders import NOON
from tests.databases import admit, empty

SOON = 20.0
STALLED_SECONDS = 1.0


@pytest.fixture(scope="module")
def migrated_url() -> Iterator[str]:
    """URL of a database of this file's own, with both schemas."""
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database() as url:
        migrate(url, bring_up_to_date)
        yield url


@pytest.fixture
def url(migrated_url: str) -> str:
    """The same without rows."""
    empty(migrated_url)
    execute(migrated_url, "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    return migrated_url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def queue(url: str) -> CardQueue:
    return a_queue(url)


def a_queue(url: str) -> CardQueue:
    where = address(url)
    assert isinstance(where, URL)
    return CardQueue(where, stalled_seconds=STALLED_SECONDS)


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def rows(url: str) -> list[tuple[int, str]]:
    """The card and the status of each row."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT args->'card_id', status FROM procrastinate_jobs ORDER BY id")
        return list(found)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON):
        while not is_so():  # noqa: ASYNC110  another process's
            await asyncio.sleep(0.02)


async def card_of(database: Database) -> CardId:
    admitted = await database.write(admit)
    return admitted[0].card_id


# --- in the transactions of others ---


async def test_a_card_that_waits_already_is_not_put_in_again(
    url: str, database: Database, queue: CardQueue
) -> None:
    for _ in range(2):
        await database.write(queue.put, CardId(7))
    assert rows(url) == [(7, "todo")]


async def test_what_is_rolled_back_leaves_no_row(url: str, database: Database, queue: CardQueue) -> None:
    def put_and_fail(connection: Connection) -> None:
        queue.put(connection, CardId(7))
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(put_and_fail)
    assert rows(url) == []


async def test_what_is_missing_is_put_back(url: str, database: Database, queue: CardQueue) -> None:
    """Cards that are over, or whose first answer is not known to be in Discord, do not belong there."""
    kept, lost = await card_of(database), await card_of(database)
    (over,) = await database.write(admit)
    await database.write(jobs.step, over, JobState.CANCELLED, at=NOON, why="as members do")
    await database.write(lambda connection: admit(connection, is_answered=False))
    await database.write(queue.put, kept)
    assert await database.write(queue.fill) == 1
    assert rows(url) == [(kept, "todo"), (lost, "todo")]
    assert await database.write(queue.fill) == 0


# --- the worker ---


async def test_a_card_is_driven_and_leaves_no_row(url: str, database: Database, queue: CardQueue) -> None:
    driven: list[CardId] = []

    async def drive(card_id: CardId) -> bool:
        driven.append(card_id)
        return True

    await database.write(queue.put, CardId(7))
    working = asyncio.create_task(queue.run(drive, most=5))
    await until(lambda: driven)
    await database.write(queue.put, CardId(8))
    await until(lambda: rows(url) == [])
    assert driven == [7, 8]
    assert await database.read(queue.is_alive)
    queue.stop()
    await asyncio.wait_for(working, SOON)
    assert not await database.read(queue.is_alive)


async def test_a_card_that_is_put_in_again_is_not_driven_by_two(url: str, database: Database) -> None:
    """A kept picture is posted again while another one of its card is being made."""
    first, second = a_queue(url), a_queue(url)
    at_work, most_at_work, ends = 0, 0, asyncio.Event()

    async def drive(_: CardId) -> bool:
        nonlocal at_work, most_at_work
        at_work += 1
        most_at_work = max(at_work, most_at_work)
        await ends.wait()
        at_work -= 1
        return True

    await database.write(queue_put, first, CardId(7))
    working = [asyncio.create_task(queue.run(drive, most=5)) for queue in (first, second)]
    await until(lambda: at_work)
    await database.write(queue_put, first, CardId(7))
    await until(lambda: first.is_running and second.is_running)
    await database.write(queue_put, first, CardId(8))
    await until(lambda: at_work == 2)  # the other card, which came later
    assert [status for card, status in rows(url) if card == 7] == ["doing", "todo"]
    ends.set()
    await until(lambda: rows(url) == [])
    for queue in (first, second):
        queue.stop()
    await asyncio.wait_for(asyncio.gather(*working), SOON)
    assert most_at_work == 2


def queue_put(connection: Connection, queue: CardQueue, card_id: CardId) -> None:
    queue.put(connection, card_id)


async def test_what_is_given_back_is_driven_by_another(url: str, database: Database) -> None:
    first, second = a_queue(url), a_queue(url)
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def until_stopped(_: CardId) -> bool:
        begun.set()
        await stopped.wait()
        return False

    async def drive(_: CardId) -> bool:
        return True

    await database.write(first.put, CardId(7))
    working = asyncio.create_task(first.run(until_stopped, most=5))
    await asyncio.wait_for(begun.wait(), SOON)
    assert rows(url) == [(7, "doing")]
    first.stop()
    stopped.set()
    await asyncio.wait_for(working, SOON)
    assert rows(url) == [(7, "todo")]
    taking_over = asyncio.create_task(second.run(drive, most=5))
    await until(lambda: rows(url) == [])
    second.stop()
    await asyncio.wait_for(taking_over, SOON)


async def test_the_cards_of_a_dead_worker_are_given_to_the_living(url: str, database: Database) -> None:
    """As a kill leaves it: rows that are taken, by a worker that shows no sign of life."""
    first, second = a_queue(url), a_queue(url)
    driven: list[CardId] = []

    async def drive(card_id: CardId) -> bool:
        driven.append(card_id)
        return True

    for number in (7, 8):
        await database.write(first.put, CardId(number))
    execute(
        url,
        "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - interval '1 hour') RETURNING id)"
        " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)",
    )
    await database.write(first.put, CardId(8))  # its row is taken, so that it waits in a second one
    working = asyncio.create_task(second.run(drive, most=5))
    await until(lambda: rows(url) == [])
    assert set(driven) == {7, 8}
    second.stop()
    await asyncio.wait_for(working, SOON)


async def test_cut_sessions_are_begun_anew(url: str, database: Database, queue: CardQueue) -> None:
    driven: list[CardId] = []

    async def drive(card_id: CardId) -> bool:
        driven.append(card_id)
        return True

    working = asyncio.create_task(queue.run(drive, most=5))
    await until(lambda: queue.is_running)
    execute(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    await database.write(queue.put, CardId(7))
    await until(lambda: driven == [7])
    queue.stop()
    await asyncio.wait_for(working, SOON)


async def test_a_worker_that_was_frozen_takes_no_row_from_the_one_that_has_its_card(
    url: str, database: Database
) -> None:
    frozen, other = a_queue(url), a_queue(url)
    goes_on, ends = asyncio.Event(), asyncio.Event()
    driven: list[str] = []

    async def drive_late(_: CardId) -> bool:
        driven.append("frozen")
        await goes_on.wait()
        return True

    async def drive(_: CardId) -> bool:
        driven.append("other")
        await ends.wait()
        return True

    await database.write(frozen.put, CardId(7))
    working = asyncio.create_task(frozen.run(drive_late, most=1))  # it asks for no more
    await until(lambda: driven)
    execute(url, "UPDATE procrastinate_jobs SET status = 'todo'")  # as a rescue does
    beside = asyncio.create_task(other.run(drive, most=5))
    await until(lambda: len(driven) == 2)
    assert driven == ["frozen", "other"]
    frozen.stop()
    goes_on.set()
    await asyncio.wait_for(working, SOON)
    assert rows(url) == [(7, "doing")]
    ends.set()
    await until(lambda: rows(url) == [])
    other.stop()
    await asyncio.wait_for(beside, SOON)


async def test_a_card_that_is_given_back_while_it_waits_in_another_row_is_driven_once(
    url: str, database: Database
) -> None:
    queue, again = a_queue(url), a_queue(url)
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def until_stopped(_: CardId) -> bool:
        begun.set()
        await stopped.wait()
        return False

    await database.write(queue.put, CardId(7))
    working = asyncio.create_task(queue.run(until_stopped, most=5))
    await begun.wait()
    await database.write(queue.put, CardId(7))
    queue.stop()
    stopped.set()
    await asyncio.wait_for(working, SOON)
    assert rows(url) == [(7, "todo")]
    driven: list[CardId] = []

    async def drive(card_id: CardId) -> bool:
        driven.append(card_id)
        return True

    working = asyncio.create_task(again.run(drive, most=5))
    await until(lambda: rows(url) == [])
    again.stop()
    await asyncio.wait_for(working, SOON)
    assert driven == [7]


async def test_a_worker_whose_row_is_deleted_shows_again_that_it_is_alive(
    url: str, database: Database, queue: CardQueue
) -> None:
    """As after it was frozen, or after the tables were emptied by hand. What it drives is driven on."""
    driven: list[CardId] = []
    ends = asyncio.Event()

    async def drive(card_id: CardId) -> bool:
        driven.append(card_id)
        await ends.wait()
        return True

    await database.write(queue.put, CardId(7))
    working = asyncio.create_task(queue.run(drive, most=5))
    await until(lambda: driven)
    execute(url, "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    await database.write(queue.put, CardId(8))
    await until(lambda: driven == [7, 8])
    assert await database.read(queue.is_alive)
    ends.set()
    await until(lambda: rows(url) == [])
    queue.stop()
    await asyncio.wait_for(working, SOON)


async def test_a_card_that_was_taken_as_the_connection_was_lost_is_driven(
    url: str, database: Database, queue: CardQueue
) -> None:
    """The database has given it to the worker, which has had no answer."""
    driven: list[CardId] = []

    async def drive(card_id: CardId) -> bool:
        driven.append(card_id)
        return True

    working = asyncio.create_task(queue.run(drive, most=5))
    await until(lambda: queue.is_running)
    with capture_logs() as logs:
        execute(url, "ALTER TABLE procrastinate_jobs RENAME scheduled_at TO away")
        await until(lambda: any("no card can be taken" in line["event"] for line in logs))
    execute(
        url,
        "INSERT INTO procrastinate_jobs (status, worker_id, queue_name, task_name, lock, args)"
        " SELECT 'doing', id, 'cards', 'card', 'card 7', '{\"card_id\": 7}' FROM procrastinate_workers",
    )
    execute(url, "ALTER TABLE procrastinate_jobs RENAME away TO scheduled_at")
    await until(lambda: driven == [7] and rows(url) == [])
    queue.stop()
    await asyncio.wait_for(working, SOON)


async def test_many_cards_are_taken_together_and_each_is_driven_once(url: str, database: Database) -> None:
    """No worker has more at the same time than it may."""
    cards, most = set(map(CardId, range(1, 301))), 40
    driven: list[CardId] = []
    at_work, most_at_work = [0, 0], 0

    def driving(queue: int) -> Drive:
        async def drive(card_id: CardId) -> bool:
            nonlocal most_at_work
            at_work[queue] += 1
            most_at_work = max(most_at_work, at_work[queue])
            await asyncio.sleep(0)
            driven.append(card_id)
            at_work[queue] -= 1
            return True

        return drive

    queues = [a_queue(url), a_queue(url)]
    for card_id in cards:
        await database.write(queues[0].put, card_id)
    working = [asyncio.create_task(queue.run(driving(at), most=most)) for at, queue in enumerate(queues)]
    await until(lambda: rows(url) == [])
    for queue in queues:
        queue.stop()
    await asyncio.wait_for(asyncio.gather(*working), SOON)
    assert sorted(driven) == sorted(cards)
    assert most_at_work <= most
