"""The locks that are held for as long as a process runs: only one bot at a time uses a database.

For an SQLite file, it is the lock on the file (see `sqlite_file`). On PostgreSQL, it is an advisory lock in a
transaction that stays open, on a connection of its own: a lock of a session would be lost behind PgBouncer in
transaction mode. The transaction has read nothing and writes nothing, so it hinders no vacuum. The server
releases the lock when the process ends, and about 30 seconds after its machine is lost.
"""

import asyncio
import os
import platform
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import structlog
from sqlalchemy import URL

from bot.store.driver.connection import Connection
from bot.store.driver.database_url import address, place
from bot.store.driver.errors import DatabaseInUse, DatabaseUnavailable, LockTimeout, StatementRefused
from bot.store.driver.postgres import PostgresSession, postgres_problem

log = structlog.stdlib.get_logger(__name__)

#: How long a start waits for the process before it to end.
WAIT_SECONDS = 5.0
#: A process that waits to take over asks for the lock again after this time.
LOOK_SECONDS = 1.0
#: Between two tries to connect to a server that has gone away.
RETRY_SECONDS = 2.0
#: The server considers a machine lost that does not answer for this time.
LOST_AFTER_MILLISECONDS = 25_000
#: Names that are longer are cut off by PostgreSQL.
NAME_MOST = 63
NAME = "picture-bot, process "
SETTINGS = {
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": str(LOST_AFTER_MILLISECONDS),
    # Newer versions of PostgreSQL have it. `set_config` is called only for those names that exist.
    "transaction_timeout": "0",
}
_SET = """
    SELECT set_config(name, wanted.chosen, true)
    FROM unnest(%s::text[], %s::text[]) AS wanted (name, chosen) JOIN pg_settings USING (name)
"""
#: Without parameters, with which a statement keeps its snapshot until the next one, and hinders vacuum.
_TAKE = "SELECT pg_backend_pid() AS pid FROM pg_advisory_xact_lock{mode}({numbers})"
_HOLDER = """
    SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

#: Raises `DatabaseInUse` once another process has the lock; else it never returns.
Watch = Callable[[], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class Lock:
    numbers: tuple[int, int]
    #: Shared locks exclude the others, but not each other.
    is_shared: bool = False
    #: None: wait for as long as it takes.
    wait_seconds: float | None = WAIT_SECONDS

    def taking(self) -> str:
        """Return the statement that takes the lock."""
        mode = "_shared" if self.is_shared else ""
        return _TAKE.format(mode=mode, numbers=", ".join(map(str, self.numbers)))


@asynccontextmanager
async def held(url: str, lock: Lock) -> AsyncIterator[Watch]:
    """Hold the lock for as long as the block runs. Raises `OperatorError`.

    If the connection is lost meanwhile, `Watch` takes the lock again.
    """
    where = address(url)
    if isinstance(where, Path):  # opening the file locks it
        yield _never
        return
    server_lock = _ServerLock(where, lock)
    try:
        await server_lock.take()
        yield server_lock.watch
    finally:
        await server_lock.close()


async def _never() -> None:
    await asyncio.Event().wait()


class _NotFreeYet(Exception):
    """The lock is waited for, or the server still serves the connection that this process has lost."""


class _ServerLock:
    def __init__(self, url: URL, lock: Lock) -> None:
        self._url = url
        self._lock = lock
        self._session = PostgresSession(url)
        self._connection: Connection | None = None
        #: The process of the server that holds the lock for this one, also if a pool is in between.
        self._server_pid: int | None = None

    async def take(self) -> None:
        """Take the lock, or raise `DatabaseInUse` or another `OperatorError`."""
        is_waiting = False
        while True:
            try:
                return await self._session.run(self._take)
            except _NotFreeYet:
                if not is_waiting:
                    log.info("another process holds the lock; waiting to take over")
                is_waiting = True
            except (DatabaseUnavailable, StatementRefused) as error:
                raise postgres_problem(self._url, error.__cause__ or error) from error

    async def watch(self) -> None:
        while True:
            await self._lost()
            log.warning("the lock on the database is lost; taking it again")
            await self._take_again()
            log.info("the lock on the database is held again")

    async def close(self) -> None:
        await self._session.close()

    async def _take_again(self) -> None:
        while True:
            try:
                await self._session.run(self._take)
            except (DatabaseUnavailable, StatementRefused, _NotFreeYet) as error:
                log.warning("the lock on the database cannot be taken yet", error=type(error).__name__)
            else:
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def _lost(self) -> None:
        """Return once the connection is broken."""
        assert self._connection is not None, "the lock was taken"
        driver, loop = self._connection.driver, asyncio.get_running_loop()
        assert isinstance(driver, psycopg.Connection), "it is a server's"
        lost, socket = asyncio.Event(), driver.fileno()

        def look() -> None:
            if _is_broken(driver):
                lost.set()

        loop.add_reader(socket, look)
        try:
            await lost.wait()
        finally:
            loop.remove_reader(socket)

    # --- in the session's thread ----------------------------------------------------------------------

    def _take(self) -> None:
        """Take the lock; wait for it for a few seconds."""
        connection = self._session.connection()
        begin_holding(connection, wait_seconds=self._lock.wait_seconds or LOOK_SECONDS)
        try:
            taken = connection.exec_driver_sql(self._lock.taking())
        except LockTimeout:
            connection.exec_driver_sql("ROLLBACK")
            self._require_no_other(connection)
            raise _NotFreeYet from None
        self._connection, self._server_pid = connection, taken.one().pid

    def _require_no_other(self, connection: Connection) -> None:
        """Raise `DatabaseInUse` if another process is the holder."""
        holder = connection.exec_driver_sql(_HOLDER, self._lock.numbers).first()
        is_waited_for = self._lock.wait_seconds is None and self._server_pid is None
        if holder is not None and holder.pid != self._server_pid and not is_waited_for:
            raise DatabaseInUse(place(self._url), holder.application_name.removeprefix(NAME) or "unknown")


def begin_holding(connection: Connection, wait_seconds: float = WAIT_SECONDS) -> None:
    """Begin a transaction that stays open, and may wait for a lock for this time."""
    connection.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED")
    waiting = f"{wait_seconds * 1000:.0f}"
    chosen = {**SETTINGS, "lock_timeout": waiting, "application_name": _name()}
    connection.exec_driver_sql(_SET, [list(chosen), list(chosen.values())])


def _is_broken(driver: psycopg.Connection[Any]) -> bool:
    """Read what the server has sent: a notice, or that the connection has ended."""
    try:
        driver.pgconn.consume_input()
    except psycopg.Error:
        return True
    return driver.closed


def _name() -> str:
    """Return what the next bot says of this one; `pg_stat_activity` shows it, too."""
    name = f"{NAME}{os.getpid()} on {platform.node()}"
    return name.encode("ascii", "replace").decode()[:NAME_MOST]
