"""Transactions on a pool of asynchronous connections. This module knows no table and no dialect."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.fault_points import Point, reach
from bot.store.errors import DatabaseUnavailable, explained

T = TypeVar("T")

TRIES = 3
#: How long to wait for a free connection: long enough for all jobs after a restart to be served in turn.
POOL_TIMEOUT_SECONDS = 60
SERIALIZATION_FAILURE, DEADLOCK_DETECTED = "40001", "40P01"


class Transactions:
    """Runs functions in transactions that go on when the caller is cancelled."""

    def __init__(self, engine: AsyncEngine, *, are_writes: bool = False) -> None:
        self._engine = engine
        self._are_writes = are_writes
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if self._is_closed:
            raise DatabaseUnavailable("closed")
        task = asyncio.create_task(self._run(fn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def drain(self) -> None:
        """Accept no new transactions, and return when all started ones have ended."""
        self._is_closed = True
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, fn: Callable[[Connection], T]) -> T:
        tries_left = TRIES
        while True:
            tries_left -= 1
            try:
                return await self._once(fn)
            except (StatementError, PoolExhausted) as error:
                if not (tries_left and _left_nothing(error)):
                    raise explained(error) from None

    async def _once(self, fn: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            await connection.begin()
            result = await connection.run_sync(fn)
            self._reach(Point.COMMIT_BEFORE)
            try:
                await connection.commit()
            except DBAPIError as error:  # it may be saved: do not run it again
                raise explained(error) from None
            self._reach(Point.COMMIT_AFTER)
            return result

    def _reach(self, point: Point) -> None:
        if self._are_writes:
            reach(point)


def _left_nothing(error: StatementError | PoolExhausted) -> bool:
    """Return whether the function can run again: it lost a conflict and was rolled back, or was cut off."""
    if not isinstance(error, DBAPIError):
        return False
    sqlstate = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or sqlstate in (SERIALIZATION_FAILURE, DEADLOCK_DETECTED)
