"""The database in an SQLite file, through aiosqlite: one writer, several readers, one process."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.exc import DBAPIError

from bot.store.driver import sqlite_file
from bot.store.driver.connection import Connection
from bot.store.driver.errors import DatabaseUnavailable, StatementRefused
from bot.store.driver.readers import Readers
from bot.store.driver.schema_version import require_current
from bot.store.driver.sealing import NO_CIPHER, TextCipher
from bot.store.driver.writer import Writer

T = TypeVar("T")

READERS = 4
BEGIN_WRITE = "BEGIN IMMEDIATE"
BEGIN_READ = "BEGIN"
#: Copies the newest changes into the file, and cuts off the log of changes, which has older versions of them.
EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"


class _ScriptDriver(sqlite3.Connection):
    """A connection whose scripts are functions of ours.

    aiosqlite changes threads for each statement, but runs a script as a whole. So a transaction function is a
    script, and takes one change of threads, however many statements it has.
    """

    def executescript(self, script: Callable[[sqlite3.Connection], object]) -> sqlite3.Cursor:  # type: ignore[override]  # see above
        script(self)
        return self.cursor()


class SqliteSession:
    """A connection of aiosqlite, whose thread is the session's."""

    def __init__(self, link: aiosqlite.Connection, connection: Connection) -> None:
        self.link, self._connection = link, connection

    async def run(self, fn: Callable[[], T]) -> T:
        return await _as_script(self.link, lambda _: fn())

    def connection(self) -> Connection:
        return self._connection

    async def close(self) -> None:
        await self.link.close()


async def open_sqlite(path: Path, cipher: TextCipher, resources: AsyncExitStack) -> tuple[Writer, Readers]:
    """Open the file; `resources` close it. Raises `OperatorError`."""
    resources.enter_context(sqlite_file.held_lock(path))
    await asyncio.to_thread(_require_usable, path)
    try:
        writing = await _opened(path, "rw", cipher, resources)
        await _as_script(writing.link, lambda driver: sqlite_file.prepare(driver, path))
        writer = Writer(writing, BEGIN_WRITE, EMPTY_LOG)
        resources.push_async_callback(writer.close)
        readers = Readers([await _opened(path, "ro", cipher, resources) for _ in range(READERS)], BEGIN_READ)
        resources.push_async_callback(readers.close)
    except sqlite3.Error as error:
        raise sqlite_file.sqlite_problem(path, error) from error
    return writer, readers


async def _opened(path: Path, mode: str, cipher: TextCipher, resources: AsyncExitStack) -> SqliteSession:
    link = _made_by_daemon(
        lambda: aiosqlite.connect(**sqlite_file.options(path, mode), factory=_ScriptDriver)
    )
    await resources.enter_async_context(link)
    return SqliteSession(link, await _as_script(link, lambda driver: Connection(driver, cipher)))


def _require_usable(path: Path) -> None:
    with connection_beside(path, checked=True) as connection:
        require_current(connection, path)


async def _as_script(link: aiosqlite.Connection, fn: Callable[[sqlite3.Connection], T]) -> T:
    results: list[T] = []
    script: Any = lambda driver: results.append(fn(driver))  # noqa: E731  not text, see `_ScriptDriver`
    await link.executescript(script)
    return results[0]


def _made_by_daemon(make: Callable[[], T]) -> T:
    """Make something whose threads end with the interpreter.

    aiosqlite's thread is not a daemon, unless the thread is in which it is made. An interpreter that ends
    without closing the database would never end.
    """
    made: list[T] = []
    maker = threading.Thread(target=lambda: made.append(make()), daemon=True)
    maker.start()
    maker.join()
    return made[0]


@contextmanager
def writing_connection(path: Path) -> Iterator[Connection]:
    """Lock and check the file, and yield a connection. The caller begins and ends transactions."""
    with sqlite_file.held_lock(path), connection_beside(path, checked=True) as connection:
        yield connection


@contextmanager
def connection_beside(
    path: Path, *, checked: bool = False, cipher: TextCipher = NO_CIPHER
) -> Iterator[Connection]:
    """Yield such a connection without the lock, for short transactions while the bot may be running."""
    sqlite_file.require_version()
    sqlite_file.require_there(path)
    try:
        with closing(sqlite_file.connect(path)) as driver:
            if checked:
                sqlite_file.require_sound(driver, path)
            yield Connection(driver, cipher)
    except sqlite3.Error as error:
        raise sqlite_file.sqlite_problem(path, error) from error
    except DBAPIError as error:  # of Alembic's statements
        raise sqlite_file.sqlite_problem(path, error.orig) from error
    except (DatabaseUnavailable, StatementRefused) as error:
        raise sqlite_file.sqlite_problem(path, error.__context__) from error
