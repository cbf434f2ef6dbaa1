"""The statements of one admission, written by hand for the bare drivers: the floor under ours.

They do what a careful person would: check all that ours checks, in one transaction that no other can come
between, and read nothing back that is known. No values, no names for columns, no second try.
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
from sqlalchemy import URL

from bot.store.driver import sqlite_file
from bot.store.driver.connection import Connection
from bot.store.driver.database_url import address
from bot.store.driver.postgres import begin_write, connect
from bot.store.driver.sqlite import BEGIN_WRITE
from bot.store.driver.writer import Writer

T = TypeVar("T")
Row = tuple[Any, ...]
#: Connections of the pool.
POOL_SIZE = 10
#: Yields a statement, and is sent its first row, if it has one.
Statements = Generator[str, Row | None, None]
#: Has the values of one admission, by the names that the statements have for them, admitted.
Admit = Callable[[dict[str, Any]], Awaitable[None]]


def admission(values: dict[str, Any]) -> Statements:
    _, is_blocked, is_blocked_here, used, used_everywhere, last_number = _there((yield _FACTS))[:6]
    assert not is_blocked
    assert not is_blocked_here
    assert max(used, used_everywhere) + values["price"] <= values["cap"]
    values["number"] = last_number + 1
    yield _RULES
    assert max(_there((yield _USED))) < values["limit"]
    values["card"] = _there((yield _INSERT_CARD))[0]
    values["job"] = _there((yield _INSERT_JOB))[0]
    yield _INSERT_EVENT
    yield _HOLD


def _there(row: Row | None) -> Row:
    assert row is not None
    return row


# --- on SQLite ------------------------------------------------------------------------------------------


@asynccontextmanager
async def sharing_commits(url: str) -> AsyncIterator[Admit]:
    """One connection in one thread, which commits as ours does."""
    with closing(_connect(url)) as driver:
        async with _sharing(Connection(driver), BEGIN_WRITE, lambda values: _run(driver, values)) as admit:
            yield admit


@asynccontextmanager
async def _sharing(
    connection: Connection, begin: str, run: Callable[[dict[str, Any]], None]
) -> AsyncIterator[Admit]:
    writer = Writer(_Session(connection), begin)

    async def admit(values: dict[str, Any]) -> None:
        await writer.run(lambda _: run(values))

    yield admit
    await writer.close()


class _Session:
    """A thread for the driver, which the writer runs its batches in."""

    def __init__(self, connection: Connection) -> None:
        self._thread, self._connection = ThreadPoolExecutor(1), connection

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
    statements = admission(values)
    statement = next(statements)
    with suppress(StopIteration):
        while True:
            statement = statements.send(driver.execute(statement, values).fetchone())


# --- on PostgreSQL --------------------------------------------------------------------------------------


@asynccontextmanager
async def sharing_commits_with_a_server(url: str) -> AsyncIterator[Admit]:
    """One connection in one thread, which commits as ours does."""
    where = address(url)
    assert isinstance(where, URL)
    with closing(connect(where)) as driver:

        def run(values: dict[str, Any]) -> None:
            statements = admission(values)
            statement = next(statements)
            with suppress(StopIteration):
                while True:
                    cursor = driver.execute(_for_psycopg(statement), values)
                    statement = statements.send(cursor.fetchone() if cursor.description else None)

        async with _sharing(Connection(driver), begin_write(where), run) as admit:
            yield admit


@asynccontextmanager
async def pooled(url: str) -> AsyncIterator[Admit]:
    """Ten connections, and a commit for each admission. All take one lock, or limits would not hold."""
    where = address(url)
    assert isinstance(where, URL)
    begin = begin_write(where)
    async with psycopg_pool.AsyncConnectionPool(
        url, min_size=POOL_SIZE, max_size=POOL_SIZE, kwargs={"autocommit": True, "prepare_threshold": None}
    ) as pool:

        async def admit(values: dict[str, Any]) -> None:
            async with pool.connection() as connection:
                await connection.execute(begin.encode())
                statements = admission(values)
                statement = next(statements)
                with suppress(StopIteration):
                    while True:
                        cursor = await connection.execute(_for_psycopg(statement), values)
                        statement = statements.send(await cursor.fetchone() if cursor.description else None)
                await connection.execute("COMMIT")

        yield admit


@cache
def _for_psycopg(statement: str) -> bytes:
    return re.sub(r":(\w+)", r"%(\1)s", statement).encode()


# --- statements -----------------------------------------------------------------------------------------

_FACTS = """
SELECT
    (SELECT id FROM cards WHERE interaction_id = :interaction),
    EXISTS (SELECT 1 FROM blocks WHERE id IN (:guild, :member)),
    EXISTS (SELECT 1 FROM member_blocks WHERE guild_id = :guild AND member_id = :member
        AND (until IS NULL OR until > :at)),
    coalesce((SELECT held + spent FROM money WHERE month = :month AND guild_id = :guild), 0),
    (SELECT coalesce(sum(held + spent), 0) FROM money WHERE month = :month),
    (SELECT coalesce(max(number), 0) FROM jobs WHERE guild_id = :guild),
    guilds.*
FROM (SELECT 1 AS one) one LEFT JOIN guilds ON guild_id = :guild
"""
_INSERT_CARD = """
INSERT INTO cards (interaction_id, application_id, guild_id, channel_id, member_id, sealed_token,
    token_expires_at, is_private, upload_limit, created_at, revision, shown_revision, is_lost, is_gone,
    prompt, language, owes_notice)
VALUES (:interaction, 1, :guild, :channel, :member, :token, :at, false, 10485760, :at, 0, -1, false, false,
    :prompt, 'en', true)
RETURNING id
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
"""
_INSERT_JOB = """
INSERT INTO jobs (card_id, position, state, fence, counts, guild_id, member_id, door, model, style,
    is_edit, created_at, state_at, polls, channel_id, held_microusd, rules, number, weight, is_spoiler,
    needs_approval)
VALUES (:card, 0, 'queued', 0, 1, :guild, :member, 'imagine', 'luma-uni-1', 'auto',
    false, :at, :at, 0, :channel, :price, :rules, :number, 1, false, false)
RETURNING id
"""
_INSERT_EVENT = """
INSERT INTO events (job_id, to_state, at, why) VALUES (:job, 'queued', :at, 'admitted by imagine')
"""
