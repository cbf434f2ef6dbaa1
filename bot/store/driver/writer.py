"""The one session that writes. All functions that wait share the next commit. This module knows no dialect.

While one commit is written to the disk, calls gather. Then they run one after the other in one transaction,
and their callers get the results after the commit. If one fails after it has changed something, all of them
are undone and run again, each in its own savepoint: then one that fails undoes only itself.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.fault_points import Point, reach
from bot.store.driver.connection import Connection
from bot.store.driver.errors import DatabaseUnavailable, LockTimeout, StatementRefused, TransactionUndone
from bot.store.driver.session import Session

T = TypeVar("T")
#: The return value of a function, or the exception that it raised.
Outcome = tuple[object, BaseException | None]

#: Limits how long the first caller of a batch waits for the last.
BATCH_MOST = 128
#: How often a transaction is run that the database undoes.
TRIES = 3


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


class _NeedsSavepoints(Exception):
    """A function failed after it had changed something."""


class Writer:
    """Owns the session until `close`. `begin` are the statements that begin a transaction.

    `tidying` is run outside of transactions after something was deleted for good.
    """

    def __init__(self, session: Session, begin: str, tidying: str | None = None) -> None:
        self._session, self._begin, self._tidying = session, begin, tidying
        self._loop = asyncio.get_running_loop()
        self._calls: deque[QueuedCall] = deque()
        self._is_closed = False
        #: Whether the session's thread will look for calls again. Both threads change it, under the lock.
        self._is_working = False
        self._lock = threading.Lock()
        self._turns: set[asyncio.Task[None]] = set()

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if self._is_closed:
            raise DatabaseUnavailable("closed")
        call = QueuedCall(fn, self._loop.create_future())
        with self._lock:
            self._calls.append(call)
            is_idle, self._is_working = not self._is_working, True
        if is_idle:
            turn = self._loop.create_task(self._session.run(self._work))
            self._turns.add(turn)
            turn.add_done_callback(self._turns.discard)
        found: T = await call.future
        return found

    async def tidy(self) -> None:
        """Run the statement that follows deletions between two transactions."""
        if self._tidying is not None and not self._is_closed:
            statement = self._tidying
            await self._session.run(lambda: self._session.connection().exec_driver_sql(statement))

    async def close(self) -> None:
        """Return when all calls made so far have been answered."""
        self._is_closed = True
        if self._turns:
            await asyncio.wait(self._turns)
        await self._session.close()

    # --- in the session's thread ----------------------------------------------------------------------

    def _work(self) -> None:
        """Answer calls until none waits."""
        while calls := self._waiting():
            outcomes = self._run_batch(calls)
            with suppress(RuntimeError):  # the loop is closed: no caller waits any more
                self._loop.call_soon_threadsafe(_resolve, calls, outcomes)

    def _waiting(self) -> list[QueuedCall]:
        with self._lock:
            waiting = [self._calls.popleft() for _ in range(min(len(self._calls), BATCH_MOST))]
            self._is_working = bool(waiting)
        return waiting

    def _run_batch(self, calls: Sequence[QueuedCall]) -> list[Outcome]:
        error: Exception = DatabaseUnavailable("nothing was tried")
        for _ in range(TRIES):
            try:
                return self._once(calls)
            except TransactionUndone as undone:
                error = undone
            except Exception as failed:  # noqa: BLE001  the thread has to go on, and all callers get the error
                error = DatabaseUnavailable(str(failed))
                break
        return [(None, error) for _ in calls]

    def _once(self, calls: Sequence[QueuedCall]) -> list[Outcome]:
        connection = self._session.connection()
        try:
            return self._in_transaction(connection, calls, _directly)
        except _NeedsSavepoints as failed:
            if len(calls) == 1 and failed.__cause__ is not None:
                return [(None, failed.__cause__)]
            return self._in_transaction(connection, calls, _in_savepoint)

    def _in_transaction(
        self,
        connection: Connection,
        calls: Sequence[QueuedCall],
        attempt: Callable[[Connection, Callable[[Connection], object]], Outcome],
    ) -> list[Outcome]:
        try:
            self._begin_on(connection)
            outcomes: list[Outcome] = []
            for call in calls:
                if outcomes:
                    reach(Point.COMMIT_BATCH)
                outcomes.append(attempt(connection, call.fn))
            reach(Point.COMMIT_BEFORE)
            _commit(connection)
            reach(Point.COMMIT_AFTER)
        except BaseException:
            # The database may have rolled back by itself.
            with suppress(DatabaseUnavailable, StatementRefused):
                connection.rollback()
            raise
        return outcomes

    def _begin_on(self, connection: Connection) -> None:
        try:
            connection.begin(self._begin)
        except LockTimeout as error:  # another process writes, and nothing is done yet
            raise TransactionUndone(str(error)) from error


def _directly(connection: Connection, fn: Callable[[Connection], object]) -> Outcome:
    """Run a function that, as nearly all, does not fail, or fails before it changes anything."""
    before = connection.changes
    result, error = _outcome(connection, fn)
    if not connection.can_commit or (error is not None and connection.changes != before):
        raise _NeedsSavepoints from error
    return result, error


def _in_savepoint(connection: Connection, fn: Callable[[Connection], object]) -> Outcome:
    connection.exec_driver_sql("SAVEPOINT call")
    result, error = _outcome(connection, fn)
    if not connection.is_in_transaction:  # SQLite rolls back the whole transaction on a full disk
        raise DatabaseUnavailable(str(error)) from error
    if error is None and not connection.can_commit:
        error = DatabaseUnavailable("a statement failed, and its function went on")
    if error is not None:
        connection.exec_driver_sql("ROLLBACK TO call")
    connection.exec_driver_sql("RELEASE call")
    return result, error


def _outcome(connection: Connection, fn: Callable[[Connection], object]) -> Outcome:
    try:
        return fn(connection), None
    except TransactionUndone:  # with all others: run them again
        raise
    except StopIteration as raised:  # a future cannot hold it
        return None, RuntimeError(f"a transaction function raised {raised!r}")
    except BaseException as raised:  # noqa: BLE001  it is the caller's, and raised there
        return None, raised


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except TransactionUndone as error:  # it may be saved: do not run it again
        raise DatabaseUnavailable(str(error)) from None


def _resolve(calls: Sequence[QueuedCall], outcomes: Sequence[Outcome]) -> None:
    for call, (result, error) in zip(calls, outcomes, strict=True):
        call.resolve(result, error)
