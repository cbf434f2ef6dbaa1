"""The database in an SQLite file: one writer, several readers, one process."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from bot.store import sqlite_file
from bot.store.schema_version import require_current
from bot.store.sqlite_readers import Readers
from bot.store.sqlite_writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4


class SqliteDatabase:
    """The database in an SQLite file. `open_sqlite` builds it."""

    def __init__(self, writer: Writer, readers: Readers, resources: AsyncExitStack) -> None:
        self._writer, self._readers, self._resources = writer, readers, resources

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._writer.run(lambda connection: fn(connection, *args, **kwargs))

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.run(lambda connection: fn(connection, *args, **kwargs))

    async def close(self) -> None:
        await self._resources.aclose()


async def open_sqlite(path: Path) -> SqliteDatabase:
    """Open the file. Raises `OperatorError`; then no thread and no lock is left."""
    async with AsyncExitStack() as resources:
        opened = ExitStack()
        resources.push_async_callback(asyncio.to_thread, opened.close)
        connection = await asyncio.to_thread(opened.enter_context, writing_connection(path))
        require_current(connection, path)
        writer = Writer(connection, driver_of(connection))
        resources.push_async_callback(writer.close)
        readers = Readers(_reading_engine(path), READERS)
        resources.push_async_callback(readers.close)
        return SqliteDatabase(writer, readers, resources.pop_all())


@contextmanager
def writing_connection(path: Path) -> Iterator[Connection]:
    """Lock and check the file, and yield a connection. The caller begins and ends transactions."""
    with sqlite_file.held_lock(path), connection_beside(path, checked=True) as connection:
        yield connection


@contextmanager
def connection_beside(path: Path, *, checked: bool = False) -> Iterator[Connection]:
    """Yield such a connection without the lock, for short transactions while the bot may be running."""
    sqlite_file.require_version()
    sqlite_file.require_there(path)
    try:
        with closing(sqlite_file.connect(path)) as driver:
            if checked:
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


def _reading_engine(path: Path) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite_file.connect_to_read(path),
        poolclass=QueuePool,
        pool_size=READERS,
        max_overflow=0,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
