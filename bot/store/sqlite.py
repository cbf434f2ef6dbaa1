"""The database in an SQLite file: one writer, several readers, one process."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import sqlite_file
from bot.store.transactions import POOL_TIMEOUT_SECONDS, Transactions
from bot.store.versions import require_current
from bot.store.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4


class SqliteDatabase:
    """Opened by `open_sqlite` only."""

    def __init__(self, writer: Writer, reads: Transactions, resources: AsyncExitStack) -> None:
        self._writer, self._reads, self._resources = writer, reads, resources

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._writer.run(lambda connection: fn(connection, *args, **kwargs))

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._reads.run(lambda connection: fn(connection, *args, **kwargs))

    async def close(self) -> None:
        await self._resources.aclose()


async def open_sqlite(path: Path) -> SqliteDatabase:
    """Raises `OperatorError`. Whatever goes wrong, no thread and no lock is left behind."""
    async with AsyncExitStack() as resources:
        opened = ExitStack()
        resources.push_async_callback(asyncio.to_thread, opened.close)
        connection = await asyncio.to_thread(opened.enter_context, writing_connection(path))
        require_current(connection, path)
        writer = Writer(connection, driver_of(connection))
        resources.push_async_callback(writer.close)
        engine = _reading_engine(path)
        resources.push_async_callback(engine.dispose)
        reads = Transactions(engine)
        resources.push_async_callback(reads.drain)
        return SqliteDatabase(writer, reads, resources.pop_all())


@contextmanager
def writing_connection(path: Path) -> Iterator[Connection]:
    """The file, locked and checked, by a connection on which the driver begins and ends transactions."""
    sqlite_file.require_version()
    with sqlite_file.held_lock(path):
        sqlite_file.require_there(path)
        try:
            with closing(sqlite_file.connect(path)) as driver:
                sqlite_file.require_sound(driver, path)
                engine = create_engine(
                    "sqlite://",
                    creator=lambda: driver,
                    poolclass=StaticPool,
                    isolation_level="AUTOCOMMIT",
                    hide_parameters=True,
                )
                with engine.connect() as connection:
                    yield connection
        except sqlite3.Error as error:
            raise sqlite_file.sqlite_problem(path, error) from error
        except DBAPIError as error:
            raise sqlite_file.sqlite_problem(path, error.orig) from error


def driver_of(connection: Connection) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # it is what `connect` made
    return driver


def _reading_engine(path: Path) -> AsyncEngine:
    url = URL.create("sqlite+aiosqlite", database=path.as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_async_engine(
        url,
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        connect_args={"isolation_level": None, "timeout": sqlite_file.BUSY_SECONDS},
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
