"""The sessions that read while the writer writes. Each runs a whole function at a time.

So a read costs one change of threads, however many statements it has.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from bot.store.driver.connection import Connection
from bot.store.driver.errors import DatabaseUnavailable, StatementRefused, TransactionUndone
from bot.store.driver.session import Session
from bot.store.driver.writer import TRIES

T = TypeVar("T")


class Readers:
    """Owns the sessions until `close`. Calls beyond their number wait in turn."""

    def __init__(self, sessions: Sequence[Session], begin: str) -> None:
        self._begin = begin
        self._count = len(sessions)
        #: The one that was used last is the next: its pages are in memory.
        self._free: asyncio.LifoQueue[Session] = asyncio.LifoQueue()
        for session in sessions:
            self._free.put_nowait(session)
        self._is_closed = False

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if self._is_closed:
            raise DatabaseUnavailable("closed")
        session = await self._free.get()
        return await asyncio.shield(asyncio.create_task(self._run_in(session, fn)))

    async def close(self) -> None:
        """Accept no new reads, and return when all started ones have ended."""
        if not self._is_closed:
            self._is_closed = True
            for _ in range(self._count):
                await (await self._free.get()).close()

    async def _run_in(self, session: Session, fn: Callable[[Connection], T]) -> T:
        try:
            return await session.run(lambda: self._read(session, fn))
        finally:
            self._free.put_nowait(session)

    # --- in the session's thread ----------------------------------------------------------------------

    def _read(self, session: Session, fn: Callable[[Connection], T]) -> T:
        for _ in range(TRIES - 1):
            with suppress(TransactionUndone):
                return self._once(session.connection(), fn)
        return self._once(session.connection(), fn)

    def _once(self, connection: Connection, fn: Callable[[Connection], T]) -> T:
        connection.exec_driver_sql(self._begin)
        try:
            return fn(connection)
        except StopIteration as raised:  # a future cannot hold it
            raise RuntimeError(f"a transaction function raised {raised!r}") from raised
        finally:
            with suppress(DatabaseUnavailable, StatementRefused):  # it may have ended by itself
                connection.exec_driver_sql("ROLLBACK")
