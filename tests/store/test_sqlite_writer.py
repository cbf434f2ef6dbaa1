"""The writing thread: shared commits, and failures that stay with those who caused them."""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.driver.errors import ConstraintViolated, DatabaseUnavailable
from bot.store.upkeep.migrate import migrate
from tests.databases import admit
from tests.store.disk import no_file_may_grow_beyond


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    migrate(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    opened = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    yield opened
    await opened.close()


def count_jobs(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT count(*) FROM jobs")) or 0)


class Gate:
    """A transaction function that keeps the writing thread until it is opened."""

    def __init__(self) -> None:
        self._is_open, self._is_entered = threading.Event(), threading.Event()

    def pass_through(self, _connection: Connection) -> None:
        self._is_entered.set()
        assert self._is_open.wait(20)

    async def entered(self) -> None:
        assert await asyncio.to_thread(self._is_entered.wait, 20)

    def open(self) -> None:
        self._is_open.set()


async def behind_a_gate(database: Database, *fns: Callable[[Connection], object]) -> list[object]:
    """What became of functions that all waited during one commit."""
    gate = Gate()
    first = asyncio.create_task(database.write(gate.pass_through))
    await gate.entered()
    waiting = [asyncio.create_task(database.write(fn)) for fn in fns]
    await asyncio.sleep(0)
    gate.open()
    await first
    return await asyncio.gather(*waiting, return_exceptions=True)


def watch(connection: Connection, into: list[str]) -> None:
    driver_of(connection).set_trace_callback(into.append)


def driver_of(connection: Connection) -> sqlite3.Connection:
    assert isinstance(connection.driver, sqlite3.Connection)
    return connection.driver


class Wrong(Exception):
    pass


class Left(BaseException):
    """Of the kind that ordinary handlers let pass."""


def fail(connection: Connection) -> None:
    admit(connection)
    raise Wrong


async def test_all_that_wait_share_one_commit(database: Database) -> None:
    statements: list[str] = []
    await database.write(watch, statements)
    statements.clear()
    outcomes = await behind_a_gate(database, *[admit] * 50)

    assert all(isinstance(outcome, list) for outcome in outcomes)
    assert statements.count("COMMIT") == 2, "one for the gate, one for all others"
    assert "SAVEPOINT call" not in statements
    assert await database.read(count_jobs) == 50


async def test_nobody_hears_of_a_write_before_its_commit(database: Database) -> None:
    gate = Gate()
    held = asyncio.create_task(database.write(gate.pass_through))
    await gate.entered()
    early = asyncio.create_task(database.write(admit))
    late = asyncio.create_task(database.write(gate.pass_through))
    await asyncio.sleep(0.05)

    assert not early.done()
    assert await database.read(count_jobs) == 0
    gate.open()
    await asyncio.gather(held, early, late)
    assert await database.read(count_jobs) == 1


async def test_one_that_fails_undoes_only_itself(database: Database) -> None:
    def fail_by_statement(connection: Connection) -> None:
        admit(connection)
        connection.execute(text("INSERT INTO jobs (id) VALUES (1)"))

    def leave(_connection: Connection) -> None:
        raise Left

    def stop(_connection: Connection) -> None:
        raise StopIteration

    outcomes = await behind_a_gate(database, admit, fail, admit, fail_by_statement, leave, stop, admit)
    assert [type(outcome) for outcome in outcomes] == [
        list,
        Wrong,
        list,
        ConstraintViolated,
        Left,
        RuntimeError,
        list,
    ]
    assert await database.read(count_jobs) == 3


async def test_a_function_for_which_there_is_no_room_fails_alone(database: Database) -> None:
    def take_too_much(connection: Connection) -> None:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.exec_driver_sql("CREATE TABLE large AS SELECT zeroblob(1000000)")

    outcomes = await behind_a_gate(database, admit, take_too_much, admit)
    assert [type(outcome) for outcome in outcomes] == [list, DatabaseUnavailable, list]
    assert "full" in str(outcomes[1])


async def test_a_commit_that_fails_is_told_to_all_who_shared_it_and_nothing_is_kept_of_it(
    database: Database, tmp_path: Path
) -> None:
    await database.write(admit)
    log = tmp_path / "bot.sqlite3-wal"
    with no_file_may_grow_beyond(log.stat().st_size + 4096):
        outcomes = await behind_a_gate(database, admit, fail, admit)
        assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable] * 3
        assert await database.read(count_jobs) == 1

    await database.write(admit)
    assert await database.read(count_jobs) == 2


async def test_a_commit_that_is_refused_leaves_the_way_free(database: Database) -> None:
    def break_a_promise_later(connection: Connection) -> None:
        admit(connection)
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("UPDATE jobs SET card_id = -1")

    with pytest.raises(DatabaseUnavailable, match="FOREIGN KEY"):
        await database.write(break_a_promise_later)
    await database.write(admit)
    assert await database.read(count_jobs) == 1


async def test_another_program_that_writes_is_waited_for(database: Database, tmp_path: Path) -> None:
    browser = sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)
    browser.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(database.write(admit))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    browser.execute("COMMIT")
    browser.close()
    assert len(await waiting) == 1


async def test_a_function_that_commits_by_itself_is_found_out(database: Database) -> None:
    def commit(connection: Connection) -> None:
        driver_of(connection).execute("COMMIT")

    with pytest.raises(DatabaseUnavailable):
        await database.write(commit)
    await database.write(admit)
    assert await database.read(count_jobs) == 1


async def test_a_failure_that_nobody_waits_for_is_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    held = asyncio.create_task(database.write(gate.pass_through))
    await gate.entered()
    cancelled = asyncio.create_task(database.write(fail))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    with caplog.at_level(logging.ERROR, "asyncio"):
        gate.open()
        await held
        await database.close()

    assert "a transaction failed after its caller was cancelled" in caplog.text


async def test_more_than_fit_in_one_commit_all_arrive(database: Database) -> None:
    outcomes = await behind_a_gate(database, *[admit] * 300)
    assert len(outcomes) == await database.read(count_jobs) == 300


async def test_a_read_that_stops_an_iteration_is_told(database: Database) -> None:
    def stop(_connection: Connection) -> None:
        raise StopIteration

    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError, match="StopIteration"):
            await database.read(stop)


async def test_no_thread_is_left_after_closing(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    before = set(threading.enumerate())
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    await database.write(admit)
    await database.read(count_jobs)
    await database.close()
    left = [
        thread for thread in threading.enumerate() if thread not in before and "asyncio" not in thread.name
    ]
    for thread in left:  # one that has just closed its connection may still be about to end
        await asyncio.to_thread(thread.join, 10)
    assert not any(thread.is_alive() for thread in left)
