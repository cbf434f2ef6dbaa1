"""The one way to the database: functions, run in transactions. Knows no table."""

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
    """Runs `fn(connection, …)` in a transaction of its own; an exception in `fn` undoes it and is raised.

    Once called, a transaction runs to its end even if the caller is cancelled. `fn` must not commit, must
    not keep the connection, and may be run again from its start if the database asks for that.
    Raises `DatabaseUnavailable` and `StatementRefused`.
    """

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what `fn` returned, once it is committed and on disk."""

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` on one unchanging view of the database; a change in it is refused."""

    async def close(self) -> None:
        """Finish what was begun and let go of everything."""


async def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…`, whose schema has to be current already.

    Raises `OperatorError` with a line that says what to do.
    """
    where = address(url)
    return await open_sqlite(where) if isinstance(where, Path) else await open_postgres(where)
