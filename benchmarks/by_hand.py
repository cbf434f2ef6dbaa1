"""The statements of one admission, written by hand for the bare drivers: the floor under ours.

The same ones in the same order, with the same checks; no values, no names for columns, no second try.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg_pool

from bot.store import sqlite_file
from bot.store.connection import Connection
from bot.store.database_url import address
from bot.store.postgres import TIMEOUT, TIMEOUTS
from bot.store.sqlite import BEGIN_WRITE
from bot.store.writer import Writer

T = TypeVar("T")
Row = tuple[Any, ...]
#: Connections of the pool.
POOL_SIZE = 10
#: Yields a statement, and is sent its first row, if it has one.
Statements = Generator[str, Row | None, None]
#: Has the values of one admission, by the names that the statements have for them, admitted.
Admit = Callable[[dict[str, Any]], Awaitable[None]]


def admission(values: dict[str, Any], *, locks: bool) -> Statements:
    if locks:
        yield "SELECT pg_advisory_xact_lock(:member)"
    values["card"] = _there((yield _INSERT_CARD))[0]
    yield "SELECT * FROM guilds WHERE guild_id = :guild"
    yield _RULES
    used = _there((yield _USED))
    assert max(used) < values["limit"]
    if locks:
        yield "SELECT pg_advisory_xact_lock(:guild)"
    values["number"] = _there((yield _LAST_NUMBER))[0] + 1
    values["job"] = _there((yield _INSERT_JOB))[0]
    yield _INSERT_EVENT
    if locks:
        yield "SELECT pg_advisory_xact_lock(2, 1)"
    assert _there((yield "SELECT sum(held + spent) FROM money WHERE month = :month"))[0] < values["cap"]
    _there((yield _HOLD))


def _there(row: Row | None) -> Row:
    assert row is not None
    return row


# --- on SQLite ------------------------------------------------------------------------------------------


@asynccontextmanager
async def sharing_commits(url: str) -> AsyncIterator[Admit]:
    """One connection in one thread, which commits as ours does."""
    with closing(_connect(url)) as driver:
        writer = Writer(_Session(driver), BEGIN_WRITE)

        async def admit(values: dict[str, Any]) -> None:
            await writer.run(lambda _: _run(driver, values))

        yield admit
        await writer.close()


class _Session:
    """A thread for the driver, which the writer runs its batches in."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._thread, self._connection = ThreadPoolExecutor(1), Connection(driver)

    async def run(self, fn: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, fn)

    def connection(self) -> Connection:
        return self._connection

    async def close(self) -> None:
        self._thread.shutdown()


@asynccontextmanager
async def committing_each(url: str) -> AsyncIterator[Admit]:
    """One connection in one thread, and a commit for each admission."""
    with closing(_connect(url)) as driver, ThreadPoolExecutor(1) as thread:
        loop = asyncio.get_running_loop()

        def work(values: dict[str, Any]) -> None:
            driver.execute("BEGIN IMMEDIATE")
            _run(driver, values)
            driver.execute("COMMIT")

        async def admit(values: dict[str, Any]) -> None:
            await loop.run_in_executor(thread, work, values)

        yield admit


def _connect(url: str) -> sqlite3.Connection:
    where = address(url)
    assert isinstance(where, Path)
    return sqlite_file.connect(where)


def _run(driver: sqlite3.Connection, values: dict[str, Any]) -> None:
    statements = admission(values, locks=False)
    statement = next(statements)
    with suppress(StopIteration):
        while True:
            statement = statements.send(driver.execute(statement, values).fetchone())


# --- on PostgreSQL --------------------------------------------------------------------------------------


@asynccontextmanager
async def pooled(url: str) -> AsyncIterator[Admit]:
    """A pool of as many connections as ours."""
    kwargs = {"options": " ".join(f"-c {name}={TIMEOUT}" for name in TIMEOUTS)}
    async with psycopg_pool.AsyncConnectionPool(
        url, min_size=POOL_SIZE, max_size=POOL_SIZE, kwargs=kwargs
    ) as pool:

        async def admit(values: dict[str, Any]) -> None:
            async with pool.connection() as connection:
                statements = admission(values, locks=True)
                statement = next(statements)
                with suppress(StopIteration):
                    while True:
                        cursor = await connection.execute(_for_psycopg(statement), values)
                        statement = statements.send(await cursor.fetchone() if cursor.description else None)

        yield admit


@cache
def _for_psycopg(statement: str) -> bytes:
    return re.sub(r":(\w+)", r"%(\1)s", statement).encode()


# --- statements -----------------------------------------------------------------------------------------

_INSERT_CARD = """
INSERT INTO cards (interaction_id, application_id, guild_id, channel_id, member_id, sealed_token,
    token_expires_at, is_private, upload_limit, created_at, revision, shown_revision, is_lost, prompt)
VALUES (:interaction, 1, :guild, :channel, :member, :token, :at, false, 10485760, :at, 0, -1, false,
    :prompt)
ON CONFLICT (interaction_id) DO NOTHING RETURNING *
"""
_RULES = """
SELECT * FROM rules WHERE guild_id = :guild AND subject_id IN (:guild, :member, :role, :other_role, :channel)
"""
_USED = """
SELECT
    (SELECT coalesce(sum(weight), 0) FROM jobs WHERE member_id = :member AND guild_id = :guild
        AND state IN ('queued', 'submitting', 'unresolved', 'running')),
    coalesce(sum(weight) FILTER (WHERE guild_id = :guild AND counts = 1 AND created_at > :hour_ago), 0),
    coalesce(sum(weight) FILTER (WHERE guild_id = :guild AND counts = 1 AND created_at > :day_ago), 0),
    coalesce(sum(weight) FILTER (WHERE guild_id = :guild AND channel_id = :channel AND counts = 1
        AND created_at > :day_ago), 0),
    coalesce(sum(weight) FILTER (WHERE counts = 1 AND created_at > :day_ago), 0),
    coalesce(sum(weight) FILTER (WHERE guild_id = :guild AND counts = 1 AND created_at > :week_ago), 0),
    coalesce(sum(weight) FILTER (WHERE guild_id = :guild AND counts = 1 AND created_at > :month_ago), 0)
FROM jobs WHERE member_id = :member AND created_at > :month_ago
"""
_HOLD = """
INSERT INTO money (month, guild_id, held, spent) VALUES (:month, :guild, :price, 0)
ON CONFLICT (month, guild_id) DO UPDATE SET held = money.held + excluded.held
WHERE money.held + money.spent <= :cap RETURNING held
"""
_LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM jobs WHERE guild_id = :guild"
_INSERT_JOB = """
INSERT INTO jobs (card_id, position, state, fence, counts, guild_id, member_id, door, model, style,
    is_edit, created_at, state_at, polls, channel_id, held_microusd, rules, number)
VALUES (:card, 0, 'queued', 0, 1, :guild, :member, 'imagine', 'luma-uni-1', 'auto',
    false, :at, :at, 0, :channel, :price, :rules, :number)
RETURNING *
"""
_INSERT_EVENT = """
INSERT INTO events (job_id, to_state, at, why) VALUES (:job, 'queued', :at, 'admitted by imagine')
"""
