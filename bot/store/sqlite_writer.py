"""The one thread that writes to an SQLite file. All functions that wait share the next commit.

While one commit is written to the disk, calls gather. Then they run one after the other in one transaction,
each in its own savepoint, and their callers get the results after the commit. So a function that fails rolls
back only itself, and a full disk fails a batch, not the bot.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.fault_points import Point, reach
from bot.store.errors import DatabaseUnavailable, explained

T = TypeVar("T")
#: The return value of a function, or the exception that it raised.
Outcome = tuple[object, BaseException | None]

#: Limits how long the first caller of a batch waits for the last.
BATCH_MOST = 128


@dataclass(frozen=True, slots=True)
class QueuedCall:
    fn: Callable[[Connection], Any]
    future: asyncio.Future[Any]

    def resolve(self, result: object, error: BaseException | None) -> None:
        if self.future.cancelled():
            if error is not None:
                self._report_to_loop(error)
        elif error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)

    def _report_to_loop(self, error: BaseException) -> None:
        message = "a transaction failed after its caller was cancelled"
        self.future.get_loop().call_exception_handler({"message": message, "exception": error})


class TransactionLost(Exception):
    """SQLite has rolled back the whole transaction, as it does on a full disk. The text is its reason."""


class Writer:
    """Owns the writing connection from the moment it is made until `close`."""

    def __init__(self, connection: Connection, driver: sqlite3.Connection) -> None:
        self._connection, self._driver = connection, driver
        self._loop = asyncio.get_running_loop()
        self._calls: SimpleQueue[QueuedCall | None] = SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if self._is_closed:
            raise DatabaseUnavailable("closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._calls.put(QueuedCall(fn, future))
        return await future

    async def close(self) -> None:
        """Return when all calls made so far have been answered."""
        self._is_closed = True
        self._calls.put(None)
        await asyncio.to_thread(self._thread.join)

    # --- in the thread --------------------------------------------------------------------------------

    def _work(self) -> None:
        is_open = True
        while is_open:
            waiting = self._waiting()
            is_open = None not in waiting
            self._answer([call for call in waiting if call is not None])

    def _waiting(self) -> list[QueuedCall | None]:
        """Wait for a call; return it with all others that wait by then."""
        waiting = [self._calls.get()]
        with suppress(Empty):
            while len(waiting) < BATCH_MOST:
                waiting.append(self._calls.get_nowait())
        return waiting

    def _answer(self, calls: list[QueuedCall]) -> None:
        outcomes = self._run_batch(calls)
        with suppress(RuntimeError):  # the loop is closed: no caller waits any more
            self._loop.call_soon_threadsafe(_resolve, calls, outcomes)

    def _run_batch(self, calls: list[QueuedCall]) -> list[Outcome]:
        try:
            self._driver.execute("BEGIN IMMEDIATE")
            outcomes = self._attempts(calls)
            reach(Point.COMMIT_BEFORE)
            self._driver.execute("COMMIT")
            reach(Point.COMMIT_AFTER)
        except Exception as error:  # noqa: BLE001  the thread has to go on, and all callers get the error
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                self._driver.execute("ROLLBACK")
            return [(None, DatabaseUnavailable(str(error))) for _ in calls]
        return outcomes

    def _attempts(self, calls: list[QueuedCall]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for call in calls:
            if outcomes:
                reach(Point.COMMIT_BATCH)
            outcomes.append(self._attempt(call.fn))
        return outcomes

    def _attempt(self, fn: Callable[[Connection], object]) -> Outcome:
        self._driver.execute("SAVEPOINT call")
        result: object = None
        error: BaseException | None = None
        try:
            result = fn(self._connection)
        except StopIteration as raised:  # a future cannot hold it
            error = RuntimeError(f"a transaction function raised {raised!r}")
        except BaseException as raised:  # noqa: BLE001  it is the caller's, and raised there
            error = explained(raised)
        if not self._driver.in_transaction:
            raise TransactionLost(str(error)) from error
        if error is not None:
            self._driver.execute("ROLLBACK TO call")
        self._driver.execute("RELEASE call")
        return result, error


def _resolve(calls: list[QueuedCall], outcomes: list[Outcome]) -> None:
    for call, (result, error) in zip(calls, outcomes, strict=True):
        call.resolve(result, error)
