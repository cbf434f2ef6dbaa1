"""A session: a connection with a thread of its own. This module knows no dialect."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.store.driver.connection import Connection

T = TypeVar("T")


class Session(Protocol):
    async def run(self, fn: Callable[[], T]) -> T:
        """Run a function in the session's thread, to its end even if the caller is cancelled."""

    def connection(self) -> Connection:
        """Return the connection, or a new one if it was lost. Only for the session's thread.

        Raises `DatabaseUnavailable`.
        """

    async def close(self) -> None:
        """Close the connection, and end the thread."""
