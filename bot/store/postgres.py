"""The database in PostgreSQL, through psycopg.

No setting, lock or prepared statement lives longer than its transaction. So a pool in between, such as
PgBouncer in transaction mode, may run the next transaction in another session.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import OperatorError
from bot.operating_system import can_reach_postgres
from bot.store.database_url import place
from bot.store.schema_version import require_current
from bot.store.transactions import POOL_TIMEOUT_SECONDS, Transactions

P = ParamSpec("P")
T = TypeVar("T")

CONNECT_TIMEOUT_SECONDS = 5
TCP_TIMEOUT_MILLISECONDS = 10_000
POOL_SIZE = 10
#: The longest that a transaction waits for a lock, or stays idle while others wait for it.
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
    """Connect, and check the schema. Raises `OperatorError`."""
    if not can_reach_postgres(asyncio.get_running_loop()):
        raise OperatorError(
            "On Windows, the bot can only use SQLite. For PostgreSQL, run it in Docker or in WSL; "
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
    """Run each row as its own statement, instead of in psycopg's pipeline.

    The server does not count a session as idle between the statements of a pipeline. So a process that is
    stopped in one would hold its locks without end.
    """
    for row in rows:
        cursor.execute(statement, row)
    return True


def keep_timeouts(engine: Engine, url: URL) -> None:
    """Set the timeouts at the start of each transaction, except those that the operator's URL sets."""
    options = str(url.query.get("options", ""))
    settings = "; ".join(f"SET LOCAL {name} = '{TIMEOUT}'" for name in TIMEOUTS if name not in options)
    if settings:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(settings))


def session(url: URL) -> dict[str, object]:
    """Return the parameters of a connection, except those that the operator's URL sets."""
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
    """Say what to do about an error. The full text of the server or of libpq is part of it, on one line."""
    reason = " ".join(str(error.orig).split())
    if "password" in reason or f'role "{url.username}"' in reason:
        return OperatorError(
            f"PostgreSQL refuses the user {url.username} or its password for {place(url)} ({reason}). "
            "Correct DATABASE_URL."
        )
    if f'database "{url.database}" does not exist' in reason:
        return OperatorError(
            f"PostgreSQL has no database {place(url)} ({reason}). Create it: createdb {url.database}"
        )
    if "permission denied" in reason:
        return OperatorError(
            f"The user {url.username} may not create tables in {place(url)} ({reason}). "
            f"Make it the owner: ALTER DATABASE {url.database} OWNER TO {url.username}"
        )
    return OperatorError(
        f"Cannot connect to the PostgreSQL database {place(url)} ({reason}). "
        "Start it, or correct DATABASE_URL."
    )
