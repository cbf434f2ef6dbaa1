"""The interface of the database: it runs functions in transactions. This module knows no table."""

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from bot.store.database_url import address
from bot.store.postgres import open_postgres
from bot.store.sqlite import open_sqlite

__all__ = ["Connection", "Database", "open_database"]

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """Runs `fn(connection, …)` in its own transaction. An exception in `fn` rolls it back, and is raised.

    A started transaction runs to its end even if the caller is cancelled. `fn` must not commit and must not
    keep the connection. It may run again from its start after a conflict or a broken connection.
    Raises `DatabaseUnavailable` and `StatementRefused`.
    """

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what `fn` returned, once it is committed and on disk."""

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` on one snapshot of the database. A statement that writes is refused."""

    async def close(self) -> None:
        """Finish all transactions and close all connections."""


async def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…`. Its schema must be current.

    Raises `OperatorError` with a line that says what to do.
    """
    where = address(url)
    return await open_sqlite(where) if isinstance(where, Path) else await open_postgres(where)
