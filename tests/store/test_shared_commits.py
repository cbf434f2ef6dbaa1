"""Calls that share a commit, on both databases: none is lost, and none undoes or holds up another."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.driver.errors import ConstraintViolated
from bot.store.pictures import accounts
from bot.store.schema.tables import durations, jobs, money, totals
from tests.databases import admit

ROOT = Path(__file__).parents[2]


class Wrong(Exception):
    pass


def count_jobs(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT count(*) FROM jobs")))


async def sharing_a_commit(database: Database, *fns: Callable[[Connection], object]) -> list[object]:
    """What became of functions that all waited during one transaction."""
    is_entered, is_open = threading.Event(), threading.Event()

    def gate(_connection: Connection) -> None:
        is_entered.set()
        assert is_open.wait(20)

    first = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(is_entered.wait, 20)
    waiting = [asyncio.create_task(database.write(fn)) for fn in fns]
    await asyncio.sleep(0)
    is_open.set()
    await first
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_one_that_raises_after_writing_is_undone_alone(database: Database) -> None:
    tries: list[str] = []

    def write_and_raise(connection: Connection) -> None:
        tries.append("wrong")
        admit(connection)
        raise Wrong

    def break_a_promise(connection: Connection) -> None:
        (job,) = admit(connection)
        connection.execute(jobs.update().where(jobs.c.id == job.id).values(number=1))

    outcomes = await sharing_a_commit(database, admit, write_and_raise, admit, break_a_promise, admit)
    assert [type(outcome) for outcome in outcomes] == [list, Wrong, list, ConstraintViolated, list]
    assert tries == ["wrong"] * 2, "once with the others, and once by itself"
    assert await database.read(count_jobs) == 3


async def test_one_that_raises_before_it_writes_is_not_run_again(database: Database) -> None:
    tries: list[str] = []

    def look_and_refuse(connection: Connection) -> None:
        tries.append("refused")
        connection.execute(select(jobs.c.id).limit(1))
        raise Wrong

    outcomes = await sharing_a_commit(database, admit, look_and_refuse, admit)
    assert [type(outcome) for outcome in outcomes] == [list, Wrong, list]
    assert tries == ["refused"]


async def test_one_that_swallows_an_error_of_the_database_holds_up_no_other(database: Database) -> None:
    def go_on(connection: Connection) -> None:
        with suppress(Exception):  # as careless as can be
            connection.execute(text("SELECT nothing FROM nowhere"))

    outcomes = await sharing_a_commit(database, admit, go_on, admit)
    assert [type(outcome) for outcome in outcomes][::2] == [list, list]
    assert await database.read(count_jobs) == 2


@pytest.mark.parametrize("kind", ["write", "read"])
async def test_a_caller_may_be_cancelled_at_any_moment(database: Database, kind: str) -> None:
    def ask() -> Coroutine[Any, Any, object]:
        return database.write(admit) if kind == "write" else database.read(count_jobs)

    for turns in range(30):
        callers = [asyncio.create_task(ask()) for _ in range(8)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for caller in callers[::2]:
            caller.cancel()
        for caller in callers[1::2]:
            await caller
        await asyncio.wait(callers)
    async with asyncio.timeout(20):  # every reader is free again, and the writer goes on
        await asyncio.gather(*(database.read(count_jobs) for _ in range(8)))
        await database.write(admit)


async def test_an_opening_may_be_cancelled_at_any_moment(database_url: str) -> None:
    for turns in range(0, 200, 5):
        opening = asyncio.create_task(open_database(database_url))
        for _ in range(turns):
            await asyncio.sleep(0)
        opening.cancel()
        (opened,) = await asyncio.gather(opening, return_exceptions=True)
        if not isinstance(opened, BaseException):
            await opened.close()
    database = await open_database(database_url)
    await database.write(admit)
    await database.close()


LEFT_OPEN = """
import asyncio, sys
from bot.store.driver.database import open_database
from tests.databases import admit

async def main(url):
    database = await open_database(url)
    await database.write(admit)
    await database.read(lambda connection: None)
    kept.append(database)
    raise SystemExit(7)

kept = []
asyncio.run(main(sys.argv[1]))
"""


def test_an_interpreter_ends_although_connections_are_open(database_url: str) -> None:
    ended = subprocess.run([sys.executable, "-c", LEFT_OPEN, database_url], cwd=ROOT, timeout=30, check=False)
    assert ended.returncode == 7


@pytest.mark.timeout(300)
async def test_two_processes_write_at_random(
    postgres: Database, postgres_url: str, pytestconfig: pytest.Config
) -> None:
    seconds: float = pytestconfig.getoption("--writing-seconds")
    command = [sys.executable, "-m", "tests.store.random_child", postgres_url, str(seconds)]
    children = [
        await asyncio.create_subprocess_exec(*command, str(1000 * n), stdout=subprocess.PIPE, cwd=ROOT)
        for n in range(2)
    ]
    saved: set[int] = set()
    async with asyncio.timeout(seconds + 60):
        for child in children:
            out, _ = await child.communicate()
            assert child.returncode == 0, "the other one cost it a call"
            saved |= set(map(int, out.split()))

    assert len(saved) > 50
    assert set(await postgres.read(ids)) == saved
    before = await postgres.read(sums)
    await postgres.write(accounts.rebuild)
    assert await postgres.read(sums) == before


def ids(connection: Connection) -> list[int]:
    return list(connection.scalars(select(jobs.c.id)))


def sums(connection: Connection) -> list[set[tuple[object, ...]]]:
    """Money and totals, without rows in which nothing is left."""
    return [
        {tuple(row) for row in connection.execute(table.select()) if any(row[-2:])}
        for table in (money, totals, durations)
    ]
