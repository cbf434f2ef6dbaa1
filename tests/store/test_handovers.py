"""Who is asked to take shards over, and who handles what two gateways receive, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

import pytest

from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.fleet import fleet, handovers, turns
from tests.store.test_fleet import ALIVE_SECONDS, _age, beat

OLD, FIRST, SECOND, THIRD = 1, 2, 3, 4
EVENT = 7


@pytest.fixture
async def elsewhere(postgres: Database, postgres_url: str) -> AsyncIterator[Database]:
    """The database as another process sees it, with connections of its own."""
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


async def waits(database: Database, process: int, *shards: int, ready: Collection[int] = ()) -> None:
    """The process is alive, and waits for these shards."""
    await beat(database, process)
    await database.write(handovers.wait_for, process, shards, ready=ready)


async def ask(database: Database, *shards: int, by: int = OLD) -> Mapping[int, bool]:
    return await database.write(handovers.ask, by, shards, alive_seconds=ALIVE_SECONDS)


async def asked(database: Database, process: int = OLD) -> Mapping[int, int]:
    return await database.read(handovers.asked_for, process, alive_seconds=ALIVE_SECONDS)


async def take(database: Database, process: int, event: int = EVENT) -> bool:
    return await database.write(handovers.take, process, event)


async def dies(database: Database, process: int) -> None:
    await database.write(_age, process, 2 * ALIVE_SECONDS)


def _asked_before(connection: Connection, seconds: float) -> None:
    connection.exec_driver_sql(
        "UPDATE standbys SET asked_at = asked_at - %(past)s WHERE asked_at > 0",
        {"past": int(seconds * turns.MICROSECONDS)},
    )


def _taken_before(connection: Connection, event: int, seconds: float) -> None:
    connection.exec_driver_sql(
        "UPDATE taken_events SET taken_at = taken_at - %(past)s WHERE event_id = %(event)s",
        {"event": event, "past": int(seconds * turns.MICROSECONDS)},
    )


def _waiting(connection: Connection) -> set[tuple[int, int]]:
    rows = connection.exec_driver_sql("SELECT process_id, shard_id FROM standbys")
    return {(row.process_id, row.shard_id) for row in rows}


def _asked_rows(connection: Connection) -> set[tuple[int, int]]:
    rows = connection.exec_driver_sql("SELECT process_id, shard_id FROM standbys WHERE asked_at > 0")
    return {(row.process_id, row.shard_id) for row in rows}


def _events(connection: Connection) -> set[int]:
    return {row.event_id for row in connection.exec_driver_sql("SELECT event_id FROM taken_events")}


# --- who is asked ---


async def test_who_waits_is_not_asked_by_that_alone(postgres: Database) -> None:
    await waits(postgres, FIRST, 0, 1)
    assert await asked(postgres) == {}


async def test_of_several_that_wait_only_one_is_asked(postgres: Database) -> None:
    for process in (SECOND, FIRST, THIRD):
        await waits(postgres, process, 0)
    assert await ask(postgres, 0) == {0: False}
    assert await postgres.read(_asked_rows) == {(FIRST, 0)}
    assert await asked(postgres) == {0: FIRST}


async def test_each_shard_is_asked_for_where_it_is_waited_for(postgres: Database) -> None:
    await waits(postgres, FIRST, 0)
    await waits(postgres, SECOND, 1, 2)
    assert await ask(postgres, 0, 1, 3) == {0: False, 1: False}
    assert await asked(postgres) == {0: FIRST, 1: SECOND}


async def test_a_process_does_not_ask_itself(postgres: Database) -> None:
    await waits(postgres, OLD, 0)
    assert await ask(postgres, 0) == {}
    assert await asked(postgres) == {}


async def test_a_dead_standby_is_not_asked(postgres: Database) -> None:
    await waits(postgres, FIRST, 0, 1)
    await waits(postgres, SECOND, 0)
    await dies(postgres, FIRST)
    assert await ask(postgres, 0, 1) == {0: False}
    assert await postgres.read(_asked_rows) == {(SECOND, 0)}


async def test_a_standby_that_no_sign_of_life_came_from_is_not_asked(postgres: Database) -> None:
    await postgres.write(handovers.wait_for, FIRST, [0], ready=[])
    assert await ask(postgres, 0) == {}


async def test_one_asked_before_stays_asked(postgres: Database) -> None:
    """Whoever asks, and whoever comes to wait."""
    await waits(postgres, SECOND, 0)
    await ask(postgres, 0)
    await waits(postgres, FIRST, 0)
    for by in (OLD, OLD, THIRD):
        assert await ask(postgres, 0, by=by) == {0: False}
    assert await postgres.read(_asked_rows) == {(SECOND, 0)}


async def test_to_show_again_what_one_waits_for_keeps_that_one_is_asked(postgres: Database) -> None:
    await waits(postgres, FIRST, 0, 1)
    await ask(postgres, 0)
    await waits(postgres, FIRST, 0, 1, ready=[0])
    assert await asked(postgres) == {0: FIRST}
    assert await ask(postgres, 0, 1) == {0: True, 1: False}
    await waits(postgres, FIRST, 0, 1)
    assert await ask(postgres, 0) == {0: False}


async def test_once_the_one_asked_has_died_another_is_asked(postgres: Database) -> None:
    await waits(postgres, FIRST, 0, ready=[0])
    await waits(postgres, SECOND, 0)
    assert await ask(postgres, 0) == {0: True}
    await dies(postgres, FIRST)
    assert await asked(postgres, SECOND) == {}
    assert await ask(postgres, 0) == {0: False}
    assert await asked(postgres, SECOND) == {0: SECOND}


async def test_once_the_one_asked_waits_no_more_another_is_asked(postgres: Database) -> None:
    await waits(postgres, FIRST, 0, 1)
    await waits(postgres, SECOND, 0)
    await ask(postgres, 0)
    await waits(postgres, FIRST, 1)
    assert await postgres.read(_waiting) == {(FIRST, 1), (SECOND, 0)}
    await ask(postgres, 0)
    assert await asked(postgres) == {0: SECOND}


async def test_a_handover_is_over_after_its_time(postgres: Database) -> None:
    await waits(postgres, FIRST, 0)
    await ask(postgres, 0)
    await postgres.write(_asked_before, handovers.ASKED_SECONDS / 2)
    assert await asked(postgres) == {0: FIRST}
    await postgres.write(_asked_before, handovers.ASKED_SECONDS / 2)
    assert await asked(postgres) == {}
    assert await ask(postgres, 0) == {0: False}
    assert await asked(postgres) == {0: FIRST}


# --- who handles an event ---


@pytest.mark.parametrize(("first", "other"), [(OLD, FIRST), (FIRST, OLD)])
async def test_an_event_is_with_the_first_that_asks_however_often(
    postgres: Database, elsewhere: Database, first: int, other: int
) -> None:
    answers = [
        await take(database, process)
        for process in (first, other, other, first, other, first)
        for database in (postgres, elsewhere)
    ]
    assert answers == [True, True, False, False, False, False, True, True, False, False, True, True]


async def test_each_event_is_taken_for_itself(postgres: Database) -> None:
    assert [await take(postgres, OLD, 1), await take(postgres, FIRST, 2)] == [True, True]
    assert [await take(postgres, FIRST, 1), await take(postgres, OLD, 2)] == [False, False]


async def test_of_two_that_ask_at_once_each_event_is_with_one(
    postgres: Database, elsewhere: Database
) -> None:
    async def taken(event: int) -> list[bool]:
        here, there = (postgres, OLD), (elsewhere, FIRST)
        order = [here, there] if event % 2 else [there, here]
        return await asyncio.gather(*(take(database, process, event) for database, process in order * 2))

    answers = await asyncio.gather(*(taken(event) for event in range(50)))
    assert {tuple(each) for each in answers} <= {(True, False) * 2, (False, True) * 2}
    assert len(answers) == len(await postgres.read(_events)) == 50


async def test_who_asks_while_another_has_not_committed_waits_for_its_answer(
    postgres: Database, elsewhere: Database
) -> None:
    loop = asyncio.get_running_loop()
    asks_too: asyncio.Future[asyncio.Task[bool]] = loop.create_future()

    def ask_meanwhile() -> None:
        asks_too.set_result(asyncio.create_task(take(elsewhere, FIRST)))

    def take_while_other_asks(connection: Connection) -> bool:
        is_taken = handovers.take(connection, OLD, EVENT)
        loop.call_soon_threadsafe(ask_meanwhile)
        while not _is_waited_for(connection):
            assert not asks_too.done() or not asks_too.result().done(), "it did not wait"
        return is_taken

    assert await postgres.write(take_while_other_asks)
    assert not await (await asks_too)
    assert await take(postgres, OLD)


def _is_waited_for(connection: Connection) -> bool:
    """Return whether another transaction waits for this one."""
    waiting = connection.exec_driver_sql(
        "SELECT count(*) AS number, pg_sleep(0.01) FROM pg_locks"
        " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    ).one()
    return bool(waiting.number)


# --- what is kept ---


async def test_who_leaves_waits_no_more(postgres: Database) -> None:
    for process in (FIRST, SECOND):
        await waits(postgres, process, 0, 1)
    await ask(postgres, 0)
    await postgres.write(fleet.leave, FIRST)
    assert await postgres.read(_waiting) == {(SECOND, 0), (SECOND, 1)}
    assert await asked(postgres) == {}


async def test_what_one_has_taken_stays_taken_after_it_leaves(postgres: Database) -> None:
    """The other one may read it only then."""
    await beat(postgres, OLD)
    await take(postgres, OLD)
    await postgres.write(fleet.leave, OLD)
    assert not await take(postgres, FIRST)


async def test_nothing_is_kept_of_standbys_that_were_not_seen_for_long(postgres: Database) -> None:
    for process in (FIRST, SECOND):
        await waits(postgres, process, 0)
    await postgres.write(_age, FIRST, fleet.FORGOTTEN_AFTER_SECONDS + 1)
    await beat(postgres, SECOND)
    assert await postgres.read(_waiting) == {(SECOND, 0)}


async def test_taken_events_are_forgotten_after_their_time(postgres: Database) -> None:
    for event in range(3):
        await take(postgres, OLD, event)
    await postgres.write(_taken_before, 0, fleet.FORGOTTEN_AFTER_SECONDS + 1)
    await postgres.write(_taken_before, 1, fleet.FORGOTTEN_AFTER_SECONDS - 60)
    await postgres.write(_taken_before, 2, -fleet.FORGOTTEN_AFTER_SECONDS - 60)
    await beat(postgres, FIRST)
    assert await postgres.read(_events) == {1}
