"""The interface of the database: it runs functions in transactions. This module knows no table."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bot.store.driver.connection import Connection
from bot.store.driver.database_url import address
from bot.store.driver.postgres import open_postgres
from bot.store.driver.readers import Readers
from bot.store.driver.sealing import NO_CIPHER, TextCipher
from bot.store.driver.sqlite import open_sqlite
from bot.store.driver.writer import Writer

__all__ = ["Connection", "Database", "open_database"]

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """Runs `fn(connection, …)` in its own transaction. An exception in `fn` rolls it back, and is raised.

    A started transaction runs to its end even if the caller is cancelled. `fn` must not commit and must not
    keep the connection. It may run again from its start: after a conflict or a broken connection, or when
    another function failed that shared its commit. Raises `DatabaseUnavailable` and `StatementRefused`.
    """

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what `fn` returned, once it is committed and on disk."""

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` on one snapshot of the database. A statement that writes is refused."""

    async def overwrite_deleted(self) -> None:
        """Leave nothing of what was deleted in the files, as far as the database allows it."""

    async def close(self) -> None:
        """Finish all transactions and close all connections."""


class OpenDatabase:
    """The database of a writer and its readers, which `resources` close."""

    def __init__(self, writer: Writer, readers: Readers, resources: AsyncExitStack) -> None:
        self._writer, self._readers, self._resources = writer, readers, resources

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._writer.run(lambda connection: fn(connection, *args, **kwargs))

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.run(lambda connection: fn(connection, *args, **kwargs))

    async def overwrite_deleted(self) -> None:
        await self._writer.tidy()

    async def close(self) -> None:
        await self._resources.aclose()


async def open_database(url: str, cipher: TextCipher = NO_CIPHER) -> Database:
    """Open `sqlite:///path` or `postgresql://…`. Its schema must be current.

    Raises `OperatorError` with a line that says what to do; then no thread and no lock is left.
    """
    where = address(url)
    async with AsyncExitStack() as resources:
        if isinstance(where, Path):
            writer, readers = await open_sqlite(where, cipher, resources)
        else:
            writer, readers = await open_postgres(where, cipher, resources)
        return OpenDatabase(writer, readers, resources.pop_all())
