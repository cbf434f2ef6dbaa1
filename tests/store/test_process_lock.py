"""The lock that lets one bot at a time use a PostgreSQL database, held in a real one, also behind a pool."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
import pytest
from psycopg import sql

from bot.store.driver.errors import DatabaseInUse
from bot.store.driver.locks import PROCESS
from bot.store.driver.process_lock import WAIT_SECONDS, Lock, held
from tests.pooler import pgbouncer_path, pooled

SOON = 20.0
#: In tests, nobody waits for a process that is about to end.
NOT_LONG = 0.2
ALONE, IMPATIENT = Lock(PROCESS), Lock(PROCESS, wait_seconds=NOT_LONG)
SHARED = Lock(PROCESS, is_shared=True, wait_seconds=NOT_LONG)
STANDBY = Lock(PROCESS, wait_seconds=None)


@pytest.fixture(params=["directly", "through PgBouncer"])
def url(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[str]:
    if request.param == "directly":
        yield postgres_url
        return
    if pgbouncer_path() is None:
        pytest.skip("no PgBouncer on this machine (install pgbouncer)")
    with pooled(postgres_url) as through_pool:
        yield through_pool


@asynccontextmanager
async def watched(url: str) -> AsyncIterator[asyncio.Task[None]]:
    """Hold the lock and watch it."""
    async with held(url, IMPATIENT) as watch:
        watching = asyncio.create_task(watch())
        try:
            yield watching
        finally:
            watching.cancel()
            await asyncio.wait({watching})


async def refusal(url: str) -> str:
    async with AsyncExitStack() as stack:
        with pytest.raises(DatabaseInUse) as refused:
            await stack.enter_async_context(held(url, IMPATIENT))
    return str(refused.value)


def holders(postgres_url: str) -> list[int]:
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND (classid, objid) = (%s, %s)"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            PROCESS,
        )
        return [pid for (pid,) in found]


def cut(postgres_url: str, pid: int) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


async def until_held_by_another_session(postgres_url: str, before: int) -> None:
    async with asyncio.timeout(SOON):
        while holders(postgres_url) in ([], [before]):  # noqa: ASYNC110  the server tells nobody
            await asyncio.sleep(0.05)


async def test_a_second_one_is_refused_in_one_line_that_names_the_first(url: str) -> None:
    async with held(url, ALONE):
        line = await refusal(url)
    assert f"(process {os.getpid()} on " in line
    assert "Stop it first" in line
    assert "\n" not in line


async def test_it_is_free_at_once_when_the_first_ends(url: str) -> None:
    async with held(url, ALONE):
        pass
    async with held(url, IMPATIENT):
        pass


async def test_a_start_waits_a_moment_for_the_one_before_to_end(url: str) -> None:
    async with AsyncExitStack() as first:
        await first.enter_async_context(held(url, ALONE))
        second = asyncio.create_task(_enter_and_leave(url))
        await asyncio.wait({second}, timeout=0.5)
        assert not second.done()
    await asyncio.wait_for(second, SOON)


async def _enter_and_leave(url: str, lock: Lock = ALONE) -> None:
    async with held(url, lock):
        pass


async def test_a_cut_connection_is_made_again_and_the_lock_is_held_again(url: str, postgres_url: str) -> None:
    async with watched(url) as watching:
        (before,) = holders(postgres_url)
        cut(postgres_url, before)
        await until_held_by_another_session(postgres_url, before)
        await refusal(url)
        assert not watching.done()


async def test_it_ends_if_another_has_the_lock_by_then(postgres_url: str) -> None:
    async with watched(postgres_url) as watching:
        (before,) = holders(postgres_url)
        with psycopg.connect(postgres_url) as another:
            waiting = asyncio.to_thread(another.execute, "SELECT pg_advisory_xact_lock(%s, %s)", PROCESS)
            task = asyncio.create_task(waiting)
            cut(postgres_url, before)
            await task
            with pytest.raises(DatabaseInUse):
                await asyncio.wait_for(watching, SOON)


async def test_it_hinders_no_vacuum_and_no_timeout_ends_it(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        name = sql.Identifier(admin.info.dbname)
        admin.execute(sql.SQL("ALTER DATABASE {} SET idle_in_transaction_session_timeout = 50").format(name))
        try:
            async with held(postgres_url, ALONE):
                (pid,) = holders(postgres_url)
                await asyncio.sleep(0.3)
                assert holders(postgres_url) == [pid]
                found = admin.execute(
                    "SELECT state, backend_xid, backend_xmin FROM pg_stat_activity WHERE pid = %s", [pid]
                )
                assert found.fetchall() == [("idle in transaction", None, None)]
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} RESET idle_in_transaction_session_timeout").format(name))


async def test_those_that_share_the_work_exclude_one_that_does_it_alone(postgres_url: str) -> None:
    async with held(postgres_url, SHARED), held(postgres_url, SHARED):
        await refusal(postgres_url)
    async with held(postgres_url, ALONE), AsyncExitStack() as stack:
        with pytest.raises(DatabaseInUse):
            await stack.enter_async_context(held(postgres_url, SHARED))


async def test_a_standby_waits_for_as_long_as_it_takes_and_takes_over(postgres_url: str) -> None:
    async with AsyncExitStack() as first:
        await first.enter_async_context(held(postgres_url, ALONE))
        second = asyncio.create_task(_enter_and_leave(postgres_url, STANDBY))
        await asyncio.wait({second}, timeout=WAIT_SECONDS + 1)
        assert not second.done()
    await asyncio.wait_for(second, SOON)
