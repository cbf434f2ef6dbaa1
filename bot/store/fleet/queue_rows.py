"""The rows of the queue that one worker drives. As `queue`, it is imported only where there is a queue."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, LiteralString, TypeVar

import structlog
from procrastinate import PsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueueRow
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from psycopg.errors import DeadlockDetected, SerializationFailure

log = structlog.stdlib.get_logger(__name__)
T = TypeVar("T")

RETRY_SECONDS = 2.0
#: The sessions of a worker for its queue, besides the one that listens for new cards.
SESSIONS_LEAST, SESSIONS_MOST = 1, 3
#: How long a session is waited for. The next who needs one tries again at once, and not ever more seldom.
SESSION_SECONDS = 5.0
#: How often a statement is run that the database undoes for another's sake.
TRIES = 5
#: The most cards that are taken with one statement. One with each would take minutes for thousands of them.
MOST_AT_ONCE = 50


class RepeatingConnector(PsycopgConnector):
    """Runs a statement again that the database undid for another's sake.

    That happens where the operator has set `default_transaction_isolation`: each statement is a transaction
    of its own, without a BEGIN that could say otherwise.
    """

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        run = super().execute_query_async
        await _repeated(lambda: run(query, **arguments))

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        run = super().execute_query_one_async
        return await _repeated(lambda: run(query, **arguments))

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        run = super().execute_query_all_async
        return await _repeated(lambda: run(query, **arguments))


async def _repeated(run: Callable[[], Awaitable[T]]) -> T:
    for _ in range(TRIES - 1):
        try:
            return await run()
        except ConnectorException as error:
            if not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
                raise
    return await run()


class OwnRows(JobManager):
    """The rows of one worker, which survives lost connections.

    It gives up rows only as long as they are its own: a worker that was frozen may have lost them. It tries
    until the database takes it. Otherwise the row would seem to be driven for as long as the worker lives,
    and no other worker could drive its card.
    """

    def __init__(self, connector: PsycopgConnector, most: int) -> None:
        """The worker drives at most so many cards."""
        super().__init__(connector)
        self._most = most
        #: Rows that are being driven, and those that will be as soon as the worker asks for them.
        self._at_work: set[int | None] = set()
        self._taken: deque[QueueRow] = deque()
        self._at_once = 1
        #: The last statement may have taken rows without an answer that says so.
        self._is_in_doubt = False
        self._worker_id: int | None = None
        #: They leave a session for the signs of life while thousands of cards end or are given back at once.
        self._finished, self._given_back = Together(self._finish), Together(self._give_back)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> QueueRow | None:
        """If the connection is lost, return None: the worker asks again soon, and its cards are driven on."""
        self._worker_id = worker_id
        if not self._taken:
            try:
                self._taken.extend(await self._take(queues, worker_id))
            except ConnectorException as error:
                self._is_in_doubt = True
                log.warning("no card can be taken from the queue; trying again", error=str(error.__cause__))
        if not self._taken:
            return None
        row = self._taken.popleft()
        self._at_work.add(row.id)
        return row

    async def _take(self, queues: Iterable[str] | None, worker_id: int) -> list[QueueRow]:
        """Take rows, with each statement more for as long as there are as many."""
        if self._is_in_doubt and (rows := await self._unknown(worker_id)):
            return rows
        most = max(1, min(self._at_once, self._most - len(self._at_work)))
        found = await self.connector.execute_query_all_async(
            query=_FETCH, queues=queues, worker=worker_id, most=most
        )
        self._at_once = min(2 * self._at_once, MOST_AT_ONCE) if len(found) == most else 1
        return sorted(map(QueueRow.from_row, found), key=lambda row: row.id or 0)

    async def _unknown(self, worker_id: int) -> list[QueueRow]:
        """Return the rows that were taken for this worker when the connection was lost.

        First it shows that it is alive: otherwise, others would take these rows and the next ones.
        """
        await self.connector.execute_query_async(query=_BEAT, worker=worker_id)
        known = list(self._at_work)
        found = await self.connector.execute_query_all_async(query=_UNKNOWN, worker=worker_id, known=known)
        self._is_in_doubt = False
        return [QueueRow.from_row(row) for row in found]

    async def update_heartbeat(self, worker_id: int) -> None:
        """Show that the worker is alive, also if its row was deleted: by hand, or because it was frozen.

        It survives everything: procrastinate does not notice if its task for this has ended.
        """
        try:
            await self.connector.execute_query_async(query=_BEAT, worker=worker_id)
        except ConnectorException as error:
            log.warning("the worker cannot show that it is alive", error=str(error.__cause__))

    async def listen_for_jobs(self, **how: Any) -> None:
        """Listen for as long as the worker runs. Without it, new cards are seen a second later."""
        while True:
            try:
                await super().listen_for_jobs(**how)
            except ConnectorException as error:
                log.info("new cards are not announced to this worker", error=str(error.__cause__))
            await asyncio.sleep(RETRY_SECONDS)

    async def finish_job(self, job: QueueRow, status: Status, delete_job: bool) -> None:  # noqa: FBT001  procrastinate's
        del status, delete_job  # no row is kept
        await self._insist(self._finished, job, None)

    async def retry_job(
        self, job: QueueRow, retry_at: datetime | None = None, *args: Any, **kwargs: Any
    ) -> None:
        del args, kwargs  # nothing else is changed
        await self._insist(self._given_back, job, retry_at)

    async def _insist(self, together: "Together", job: QueueRow, at: datetime | None) -> None:
        assert job.id is not None, "it is in the database"
        while True:
            try:
                await together.add(job.id, at)
            except ConnectorException as error:
                log.warning("a card is not given up in the queue yet", error=str(error.__cause__))
            else:
                return self._at_work.discard(job.id)
            await asyncio.sleep(RETRY_SECONDS)

    async def _finish(self, rows: Mapping[int, datetime | None]) -> None:
        await self.connector.execute_query_async(query=_FINISH, worker=self._worker_id, ids=list(rows))

    async def _give_back(self, rows: Mapping[int, datetime | None]) -> None:
        given = {"ids": list(rows), "ats": list(rows.values())}
        await self.connector.execute_query_async(query=_GIVE_BACK, worker=self._worker_id, **given)


class Together:
    """Changes rows, with one statement all that have come to wait while the one before was under way."""

    def __init__(self, change: Callable[[Mapping[int, datetime | None]], Awaitable[None]]) -> None:
        self._change = change
        self._waiting: dict[int, datetime | None] = {}
        self._turn = asyncio.Lock()

    async def add(self, row_id: int, at: datetime | None) -> None:
        """Return when the row is changed."""
        self._waiting[row_id] = at
        async with self._turn:
            if row_id in self._waiting:  # the one before has not taken it along
                rows = dict(self._waiting)
                await self._change(rows)
                for changed in rows:
                    del self._waiting[changed]


async def give_to_others(connector: BaseConnector, queue: str, *, stalled_seconds: float) -> int:
    """Give the rows of dead workers to the living; return how many there were."""
    found = await connector.execute_query_all_async(query=_RESCUE, queue=queue, seconds=stalled_seconds)
    return len(found)


#: Without when it may be taken, which psycopg cannot read if the operator has set a DateStyle of his own.
_COLUMNS = """
    card.id, card.status, card.priority, card.lock, card.queueing_lock, card.task_name, card.args,
    NULL::timestamptz AS scheduled_at, card.queue_name, card.attempts
"""
#: Procrastinate's own statement takes one row, and looks at all that wait for each that waits: two seconds
#: with 5,000, as long as the server has no statistics of them. A card waits in one row only; all are equal.
_FETCH = """
    WITH chosen AS (
        SELECT id FROM procrastinate_jobs AS waiting
        WHERE status = 'todo' AND queue_name = ANY (%(queues)s::varchar[])
        AND (scheduled_at IS NULL OR scheduled_at <= now())
        AND NOT EXISTS (
            SELECT FROM procrastinate_jobs AS driven
            WHERE driven.status = 'doing' AND driven.lock = waiting.lock
        )
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    )
    UPDATE procrastinate_jobs AS card SET status = 'doing', worker_id = %(worker)s FROM chosen
    WHERE card.id = chosen.id
    RETURNING columns_
""".replace("columns_", _COLUMNS)
_UNKNOWN = """
    SELECT columns_ FROM procrastinate_jobs AS card
    WHERE worker_id = %(worker)s AND status = 'doing' AND id <> ALL (%(known)s::bigint[])
""".replace("columns_", _COLUMNS)
_BEAT = """
    INSERT INTO procrastinate_workers (id) OVERRIDING SYSTEM VALUE VALUES (%(worker)s)
    ON CONFLICT (id) DO UPDATE SET last_heartbeat = now()
"""
_FINISH = """
    DELETE FROM procrastinate_jobs
    WHERE id = ANY (%(ids)s::bigint[]) AND worker_id = %(worker)s AND status = 'doing'
"""
#: A card that waits in another row already is not put in twice.
_PUT_BACK = """
    , twice AS (
        DELETE FROM procrastinate_jobs AS card USING given
        WHERE card.id = given.id AND EXISTS (
            SELECT FROM procrastinate_jobs AS waiting
            WHERE waiting.status = 'todo' AND waiting.queueing_lock = card.queueing_lock
        )
    )
    UPDATE procrastinate_jobs AS card
    SET status = 'todo', attempts = attempts + 1, scheduled_at = given.at FROM given
    WHERE card.id = given.id AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS waiting
        WHERE waiting.status = 'todo' AND waiting.queueing_lock = card.queueing_lock
    )
    RETURNING card.id
"""
_GIVE_BACK = """
    WITH given AS (
        SELECT id, at FROM procrastinate_jobs
        JOIN unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS wanted (id, at) USING (id)
        WHERE worker_id = %(worker)s AND status = 'doing'
        FOR UPDATE OF procrastinate_jobs
    ) put_back_
""".replace("put_back_", _PUT_BACK)
_RESCUE = """
    WITH given AS (
        SELECT id, NULL::timestamptz AS at FROM procrastinate_jobs
        WHERE status = 'doing' AND queue_name = %(queue)s AND (
            worker_id IS NULL OR worker_id IN (
                SELECT id FROM procrastinate_workers
                WHERE last_heartbeat < now() - make_interval(secs => %(seconds)s)
            )
        )
        FOR UPDATE SKIP LOCKED
    ) put_back_
""".replace("put_back_", _PUT_BACK)
