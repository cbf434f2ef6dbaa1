"""The database in PostgreSQL, reached through psycopg.

Nothing outlives its transaction in the server's session, no setting, lock or prepared statement: a pool in
between, such as PgBouncer in transaction mode, gives the next transaction another session.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import OperatorError
from bot.host import can_reach_postgres
from bot.store.database_url import place
from bot.store.schema_version import require_current
from bot.store.transactions import POOL_TIMEOUT_SECONDS, Transactions

P = ParamSpec("P")
T = TypeVar("T")

CONNECT_TIMEOUT_SECONDS = 5
TCP_TIMEOUT_MILLISECONDS = 10_000
POOL_SIZE = 10
#: No transaction of ours waits for a lock, or keeps others waiting while idle, for longer.
TIMEOUTS = ("lock_timeout", "idle_in_transaction_session_timeout")
TIMEOUT = "5s"


class PostgresDatabase:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writes, self._reads = Transactions(engine, are_writes=True), Transactions(snapshots)

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._writes.run(lambda connection: fn(connection, *args, **kwargs))

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._reads.run(lambda connection: fn(connection, *args, **kwargs))

    async def close(self) -> None:
        await self._reads.drain()
        await self._writes.drain()
        await self._engine.dispose()


async def open_postgres(url: URL) -> PostgresDatabase:
    """Raises `OperatorError`."""
    if not can_reach_postgres(asyncio.get_running_loop()):
        raise OperatorError(
            "On Windows itself, the bot can only use SQLite. For PostgreSQL, run it in Docker or in WSL; "
            "for SQLite, leave DATABASE_URL empty."
        )
    engine = create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        connect_args=session(url),
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "do_executemany", _one_by_one)
    keep_timeouts(engine.sync_engine, url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(require_current, place(url))
    except DBAPIError as error:
        await engine.dispose()
        raise postgres_problem(url, error) from error
    except BaseException:
        await engine.dispose()
        raise
    return PostgresDatabase(engine)


def _one_by_one(
    cursor: DBAPICursor, statement: str, rows: Sequence[dict[str, object]], _context: object
) -> bool:
    """Instead of psycopg's pipeline: a process that is stopped in one holds its locks for ever.

    Between the statements of a pipeline, the server does not take a session for idle.
    """
    for row in rows:
        cursor.execute(statement, row)
    return True


def keep_timeouts(engine: Engine, url: URL) -> None:
    """For each transaction of its own; those that the operator's URL sets are left to it."""
    theirs = str(url.query.get("options", ""))
    settings = "; ".join(f"SET LOCAL {name} = '{TIMEOUT}'" for name in TIMEOUTS if name not in theirs)
    if settings:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(settings))


def session(url: URL) -> dict[str, object]:
    """How a connection is set; what the operator's URL says itself is left to it."""
    ours = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "tcp_user_timeout": TCP_TIMEOUT_MILLISECONDS,
        "application_name": "picture-bot",
        "client_encoding": "utf8",
    }
    return {
        "prepare_threshold": None,
        **{name: value for name, value in ours.items() if name not in url.query},
    }


def postgres_problem(url: URL, error: DBAPIError) -> OperatorError:
    """Whatever it is taken for, what the server or libpq said is told as well: in one line, and all of it."""
    reason = " ".join(str(error.orig).split())
    if "password" in reason or f'role "{url.username}"' in reason:
        return OperatorError(
            f"PostgreSQL refuses the user {url.username}, or its password, for {place(url)} ({reason}). "
            "Correct DATABASE_URL."
        )
    if f'database "{url.database}" does not exist' in reason:
        return OperatorError(
            f"PostgreSQL has no database {place(url)} ({reason}). Create it: createdb {url.database}"
        )
    if "permission denied" in reason:
        return OperatorError(
            f"The user {url.username} may not make tables in {place(url)} ({reason}). "
            f"Make it the owner: ALTER DATABASE {url.database} OWNER TO {url.username}"
        )
    return OperatorError(
        f"PostgreSQL does not serve {place(url)} ({reason}). Start it, or correct DATABASE_URL."
    )
