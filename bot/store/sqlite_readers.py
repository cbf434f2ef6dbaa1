"""The threads that read an SQLite file while the writer writes. A thread runs a whole function at a time.

So a read costs one change of threads, however many statements it has.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import StatementError

from bot.store.errors import DatabaseUnavailable, explained

T = TypeVar("T")


class Readers:
    """Owns the engine, whose connections cannot write, until `close`. Calls beyond `count` wait in turn."""

    def __init__(self, engine: Engine, count: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="sqlite-reader")
        self._is_closed = False

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if self._is_closed:
            raise DatabaseUnavailable("closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._once, fn)

    async def close(self) -> None:
        """Accept no new reads, and return when all started ones have ended."""
        self._is_closed = True
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _once(self, fn: Callable[[Connection], T]) -> T:
        try:
            with self._engine.begin() as connection:
                return fn(connection)
        except StatementError as error:
            raise explained(error) from None
        except StopIteration as raised:  # a future cannot hold it
            raise RuntimeError(f"a transaction function raised {raised!r}") from raised
