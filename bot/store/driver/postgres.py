"""The database in PostgreSQL, through psycopg: one writer, several readers.

No setting, lock or prepared statement lives longer than its transaction. So a pool in between, such as
PgBouncer in transaction mode, may run the next transaction in another session. Nothing is sent in psycopg's
pipeline mode: the server does not count a session as idle between its statements, so a process that is
stopped there would hold its locks without end.

What a transaction relies on, it sets itself: the operator may have set something else for the role or the
database (`ALTER ROLE … SET …`).
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import psycopg
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import OperatorError
from bot.operating_system import can_reach_postgres
from bot.store.driver.compiled import POSTGRES
from bot.store.driver.connection import Connection
from bot.store.driver.database_url import place
from bot.store.driver.errors import DatabaseUnavailable, explained
from bot.store.driver.locks import WRITERS
from bot.store.driver.readers import Readers
from bot.store.driver.schema_version import require_current
from bot.store.driver.sealing import NO_CIPHER, TextCipher
from bot.store.driver.writer import Writer

T = TypeVar("T")

CONNECT_TIMEOUT_SECONDS = 5
TCP_TIMEOUT_MILLISECONDS = 10_000
#: A connection on which nothing is asked notices a server that is out of reach by these; else it never would.
KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
READERS = 4
#: The longest that a transaction waits for a lock, or stays idle while others wait for it; and no limit on
#: what it has to do.
TIMEOUTS = {
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
    "statement_timeout": "0",
}
#: Newer versions of PostgreSQL have it.
_NO_TRANSACTION_TIMEOUT = """
    CASE WHEN current_setting('server_version_num')::int >= 170000
    THEN set_config('transaction_timeout', '0', true) END
"""
#: A crash of the server would forget that a request was about to be paid. All others keep what is committed.
_SAVED = """
    CASE current_setting('synchronous_commit') WHEN 'off'
    THEN set_config('synchronous_commit', 'on', true) END
"""
_FOR_READS, _FOR_WRITES = f"SELECT {_NO_TRANSACTION_TIMEOUT}", f"SELECT {_NO_TRANSACTION_TIMEOUT}, {_SAVED}"
#: For what takes as long as it takes, such as a migration.
WITHOUT_LIMITS = "; ".join([*(f"SET LOCAL {name} = 0" for name in TIMEOUTS), _FOR_WRITES])


class PostgresSession:
    """A connection and its thread. Both begin with the first use.

    Sessions that only read connect again after the session that writes, which they follow: after a failover,
    an old server may go on answering them.
    """

    def __init__(
        self, url: URL, cipher: TextCipher = NO_CIPHER, follows: "PostgresSession | None" = None
    ) -> None:
        self._url, self._cipher = url, cipher
        self._leader = follows or self
        #: How often this session has connected, and how often its leader had done so before.
        self.connects, self._leader_connects = 0, 0
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="postgres")
        self._connection: Connection | None = None

    async def run(self, fn: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, fn)

    def connection(self) -> Connection:
        is_behind = self._leader is not self and self._leader_connects != self._leader.connects
        if self._connection is None or self._connection.is_lost or is_behind:
            self._disconnect()
            self.connects, self._leader_connects = self.connects + 1, self._leader.connects
            try:
                self._connection = Connection(
                    connect(self._url), self._cipher, only_reads=self._leader is not self
                )
            except psycopg.Error as error:
                raise DatabaseUnavailable(str(explained(error, is_lost=False))) from error
        return self._connection

    async def close(self) -> None:
        await self.run(self._disconnect)
        await asyncio.to_thread(self._threads.shutdown)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.driver.close()


async def open_postgres(url: URL, cipher: TextCipher, resources: AsyncExitStack) -> tuple[Writer, Readers]:
    """Connect, and check the schema; `resources` disconnect. Raises `OperatorError`."""
    if not can_reach_postgres(asyncio.get_running_loop()):
        raise OperatorError(
            "On Windows, the bot can only use SQLite. For PostgreSQL, run it in Docker or in WSL; "
            "for SQLite, leave DATABASE_URL empty."
        )
    session = PostgresSession(url, cipher)
    writer = Writer(session, begin_write(url))
    resources.push_async_callback(writer.close)
    await session.run(lambda: _require_current(session, url))
    readers = Readers([PostgresSession(url, cipher, session) for _ in range(READERS)], begin_read(url))
    resources.push_async_callback(readers.close)
    return writer, readers


def _require_current(session: PostgresSession, url: URL) -> None:
    try:
        require_current(session.connection(), place(url))
        _require_writes(session.connection(), url)
    except DatabaseUnavailable as error:
        raise postgres_problem(url, error.__cause__) from error
    except DBAPIError as error:
        raise postgres_problem(url, error.orig) from error


def _require_writes(connection: Connection, url: URL) -> None:
    """Raise `OperatorError` on a standby, and where the operator or the host lets nothing be written."""
    if connection.exec_driver_sql("SHOW transaction_read_only").one()[0] == "on":
        raise postgres_problem(url, ReadOnlySqlTransaction("transaction_read_only is on"))


def connect(url: URL) -> psycopg.Connection[Any]:
    """Connect in autocommit mode: the callers begin and end transactions."""
    args, kwargs = POSTGRES.create_connect_args(url)
    return psycopg.connect(*args, **{**kwargs, **session_options(url)}, autocommit=True)


def begin_write(url: URL) -> str:
    """Return the statements that begin a transaction which writes.

    It waits for those of other processes, which are there for a moment when one bot takes over from another.
    Row by row, two of them could wait for each other.
    """
    waiting = f"SELECT pg_advisory_xact_lock({WRITERS[0]}, {WRITERS[1]})"
    return _begin("BEGIN ISOLATION LEVEL READ COMMITTED", url, _FOR_WRITES, waiting)


def begin_read(url: URL) -> str:
    return _begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", url, _FOR_READS)


def _begin(begin: str, url: URL, *others: str) -> str:
    """Add the timeouts, except those that the operator's URL sets."""
    options = str(url.query.get("options", ""))
    timeouts = (f"SET LOCAL {name} = '{limit}'" for name, limit in TIMEOUTS.items() if name not in options)
    return "; ".join([begin, *timeouts, *others])


def session_options(url: URL) -> dict[str, Any]:
    """Return the parameters of a connection, except for most of those that the operator's URL sets."""
    # psycopg prepares by itself only what ran so often in the session.
    fixed = {"prepare_threshold": sys.maxsize, "client_encoding": "utf8"}
    ours = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "tcp_user_timeout": TCP_TIMEOUT_MILLISECONDS,
        "application_name": "picture-bot",
        **KEEPALIVES,
    }
    return {**fixed, **{name: value for name, value in ours.items() if name not in url.query}}


def postgres_problem(url: URL, error: BaseException | None) -> OperatorError:
    """Say what to do about an error. The full text of the server or of libpq is part of it, on one line."""
    reason = " ".join(str(error).split())
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
        return _denied(url, reason)
    if isinstance(error, ReadOnlySqlTransaction) or "read-only" in reason:
        return OperatorError(
            f"The PostgreSQL database {place(url)} takes no writes ({reason}). If it is a standby, correct "
            "DATABASE_URL; otherwise free its disk, or set default_transaction_read_only to off."
        )
    if "no schema has been selected" in reason:
        return OperatorError(
            f"No schema of search_path is in the PostgreSQL database {place(url)} ({reason}). "
            f"Create it, or reset the setting: ALTER ROLE {url.username} RESET search_path"
        )
    return OperatorError(
        f"Cannot connect to the PostgreSQL database {place(url)} ({reason}). "
        "Start it, or correct DATABASE_URL."
    )


def _denied(url: URL, reason: str) -> OperatorError:
    if "for table" in reason:
        what, advice = "use the bot's tables", "Connect as their owner, or give them: REASSIGN OWNED BY … TO"
    else:
        what, advice = "create tables", f"Make it the owner: ALTER DATABASE {url.database} OWNER TO"
    return OperatorError(
        f"The user {url.username} may not {what} in {place(url)} ({reason}). {advice} {url.username}"
    )
