"""The queue of cards for several processes, kept by procrastinate in the same PostgreSQL database.

It says which cards have to be driven; the claims of the jobs decide who may. It knows nothing that the jobs
do not, so it may be emptied at any time: `fill` puts back what is missing. Only this module
and `queue_rows` import procrastinate, and they are imported only where the operator has asked for the queue.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, RetryDecision, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueueRow
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager, migrations_path
from procrastinate.worker import Worker
from psycopg import sql
from sqlalchemy import (
    URL,
    Double,
    Interval,
    Select,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from bot.domain.errors import OperatorError
from bot.domain.ids import CardId
from bot.domain.job import JobState
from bot.store.driver.compiled import POSTGRES
from bot.store.driver.connection import Connection
from bot.store.driver.errors import DatabaseUnavailable, explained
from bot.store.driver.postgres import session_options
from bot.store.fleet.queue_rows import (
    RETRY_SECONDS,
    SESSION_SECONDS,
    SESSIONS_LEAST,
    SESSIONS_MOST,
    OwnRows,
    RepeatingConnector,
    give_to_others,
)
from bot.store.schema.conditions import IS_ANSWERED, IS_OPEN
from bot.store.schema.tables import cards, jobs

log = structlog.stdlib.get_logger(__name__)
logging.getLogger("procrastinate").setLevel(logging.WARNING)  # else a line or two for each card
logging.getLogger("psycopg").setLevel(logging.ERROR)  # of lost connections, which `run` tells

QUEUE = "cards"
TASK = "card"
#: How often a worker looks for cards that were not announced: those that another one gave back.
LOOK_SECONDS = 1.0
#: Of the time after which a worker is taken for dead, the part in which it shows once that it is alive.
BEATS = 5
#: How long a worker that stops waits for its cards to be given back.
GIVING_BACK_SECONDS = 9.0
#: The wait before a card is driven again whose driving failed by a bug.
BUG_SECONDS = 60

#: Drives a card; returns False if it is not finished, and another worker shall drive it.
Drive = Callable[[CardId], Awaitable[bool]]


class _NotFinished(Exception):
    """The card is given back."""


class CardQueue:
    """The sessions of its worker are its own; `put` and `fill` run in the transactions of others."""

    def __init__(self, url: URL, *, stalled_seconds: float) -> None:
        """After `stalled_seconds` without a sign of life, a worker's cards are given to others."""
        self._url = url
        self._stalled_seconds = stalled_seconds
        self._is_stopping = False
        self._worker: Worker | None = None

    # --- in the transactions of others ----------------------------------------------------------------

    def put(self, connection: Connection, card_id: CardId) -> None:
        """Have the card driven, unless it waits for that already."""
        if not connection.scalars(_IS_WAITING, {"card": _name_of(card_id)}):
            _put_all(connection, [card_id])

    def fill(self, connection: Connection) -> int:
        """Put in all cards with open jobs that are not in the queue; return how many there were."""
        missing = list(connection.scalars(_MISSING))
        _put_all(connection, missing)
        return len(missing)

    def living_workers(self, connection: Connection) -> int:
        """Count the workers that have shown in time that they are alive."""
        return len(connection.scalars(_LIVING, {"seconds": self._stalled_seconds}))

    @property
    def is_running(self) -> bool:
        """Return whether the worker of this process takes cards."""
        return self._worker is not None and self._worker.worker_id is not None

    def is_alive(self, connection: Connection) -> bool:
        """Return whether the worker of this process is among them."""
        worker_id = None if self._worker is None else self._worker.worker_id
        return worker_id in connection.scalars(_LIVING, {"seconds": self._stalled_seconds})

    # --- the worker -----------------------------------------------------------------------------------

    async def run(self, drive: Drive, *, most: int) -> None:
        """Drive cards, at most so many at the same time, until `stop`. Failures are survived."""
        while not self._is_stopping:
            try:
                await self._run_once(drive, most)
            except Exception as error:  # noqa: BLE001  whatever procrastinate or its pool raises: try again
                log.warning("the queue cannot be read; trying again", error=type(error).__name__)
            if not self._is_stopping:
                await asyncio.sleep(RETRY_SECONDS)

    def stop(self) -> None:
        """Take no more cards; `run` returns when those at work have ended or were given back."""
        self._is_stopping = True
        if self._worker is not None:
            self._worker.stop()  # type: ignore[no-untyped-call]  # procrastinate's

    async def _run_once(self, drive: Drive, most: int) -> None:
        app = self._app(drive, most)
        async with app.open_async():
            self._worker = self._made_worker(app, most)
            rescuing = asyncio.create_task(self._rescue(app))
            try:
                await self._worker.run()  # type: ignore[no-untyped-call]  # procrastinate's
            finally:
                self._worker = None
                rescuing.cancel()
                with suppress(asyncio.CancelledError):
                    await rescuing

    def _made_worker(self, app: App, most: int) -> Worker:

        return Worker(
            app,
            queues=[QUEUE],
            concurrency=most,
            fetch_job_polling_interval=LOOK_SECONDS,
            abort_job_polling_interval=3600.0,  # the jobs say what is cancelled
            shutdown_graceful_timeout=GIVING_BACK_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self._stalled_seconds / BEATS,
            stalled_worker_timeout=self._stalled_seconds,
        )

    def _app(self, drive: Drive, most: int) -> App:

        args, kwargs = POSTGRES.create_connect_args(self._url)
        connector = RepeatingConnector(
            conninfo=args[0] if args else "",
            kwargs={**kwargs, **session_options(self._url)},
            min_size=SESSIONS_LEAST,
            max_size=SESSIONS_MOST,
            configure=_commit_each,
            timeout=SESSION_SECONDS,
            reconnect_timeout=SESSION_SECONDS,
        )
        app = App(connector=connector)
        app.job_manager = OwnRows(connector, most)

        @app.task(name=TASK, queue=QUEUE, retry=_Again())
        async def card(card_id: int) -> None:
            if not await drive(CardId(card_id)):
                raise _NotFinished

        return app

    # --- workers that have died ---

    async def _rescue(self, app: App) -> None:
        """Give the cards of dead workers to the living, again and again."""
        while True:
            await asyncio.sleep(self._stalled_seconds / BEATS)
            try:
                await self._rescue_once(app)
            except Exception as error:  # noqa: BLE001  as in `run`
                log.warning("the cards of dead workers cannot be looked for yet", error=type(error).__name__)

    async def _rescue_once(self, app: App) -> None:
        cards = await give_to_others(app.connector, QUEUE, stalled_seconds=self._stalled_seconds)
        if cards:
            log.warning("cards of a worker that has died are given to others", cards=cards)


async def _commit_each(connection: psycopg.AsyncConnection[Any]) -> None:
    """Let each statement be a transaction of its own, which takes one question and no BEGIN and COMMIT."""
    await connection.set_autocommit(True)


# --- rows ---------------------------------------------------------------------------------------------


def _put_all(connection: Connection, card_ids: Sequence[CardId]) -> None:
    if not card_ids:
        return
    connection.changes += 1
    try:
        JobManager(SyncPsycopgConnector()).batch_defer_jobs(
            [_row(card_id) for card_id in card_ids], connection=connection.driver
        )
    except ConnectorException as error:
        raise _explained(error, is_lost=connection.is_lost) from None


def _row(card_id: CardId) -> QueueRow:
    return QueueRow(
        queue=QUEUE,
        task_name=TASK,
        lock=_name_of(card_id),
        queueing_lock=_name_of(card_id),
        task_kwargs={"card_id": card_id},
    )


def _name_of(card_id: CardId) -> str:
    """Return the name that only one waiting row may have, and only one that a worker drives."""
    return f"{TASK} {card_id}"


def _explained(error: Exception, *, is_lost: bool) -> Exception:
    cause = error.__cause__
    if isinstance(cause, psycopg.Error):
        return explained(cause, is_lost=is_lost)
    return DatabaseUnavailable(type(error).__name__)


class _Again(BaseRetryStrategy):
    """It is tried again: at once if the worker only had to stop, after a bug later."""

    def get_retry_decision(self, *, exception: BaseException, job: QueueRow) -> RetryDecision:
        del job
        if isinstance(exception, _NotFinished | asyncio.CancelledError):
            return RetryDecision()
        return RetryDecision(retry_in={"seconds": BUG_SECONDS})


# --- the schema ---------------------------------------------------------------------------------------


def bring_up_to_date(connection: psycopg.Connection[Any]) -> None:
    """Create procrastinate's tables, or change those of an older version, in the caller's transaction.

    Procrastinate keeps no version of its schema in the database, so a comment on its table has it.
    """
    changes = sorted(path.name for path in migrations_path.glob("*.sql"))
    found = connection.execute(_FIND_VERSION).fetchone()
    if found is None:
        connection.execute(SchemaManager.get_schema())
    elif found[0] not in changes:
        raise OperatorError(
            "The database has tables of procrastinate that this version of the bot did not create. "
            "Give the bot its own database with DATABASE_URL, or update the bot."
        )
    else:
        for change in changes[changes.index(found[0]) + 1 :]:
            connection.execute((migrations_path / change).read_bytes())
    connection.execute(sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(changes[-1]))


# --- the statements -----------------------------------------------------------------------------------

_rows = table("procrastinate_jobs", column("task_name"), column("queueing_lock"))
_workers = table("procrastinate_workers", column("id"), column("last_heartbeat"))
_SECOND = literal_column("interval '1 second'", Interval())

#: No row without its tables; NULL if something else has made them.
_FIND_VERSION = "SELECT obj_description(oid) FROM pg_class WHERE oid = to_regclass('procrastinate_jobs')"

_IS_WAITING: Select[Any] = (
    select(literal_column("1"))
    .select_from(_rows)
    .where(_rows.c.queueing_lock == bindparam("card"), text("status = 'todo'"))
)
_QUEUED_CARDS = select(_rows.c.queueing_lock).where(
    text("status IN ('todo', 'doing')"), _rows.c.queueing_lock.is_not(None)
)
_MISSING = (
    select(jobs.c.card_id)
    .distinct()
    .join(cards, jobs.c.card_id == cards.c.id)
    .where(IS_OPEN, IS_ANSWERED, jobs.c.state != JobState.HELD)
    .where(func.concat(f"{TASK} ", jobs.c.card_id).not_in(_QUEUED_CARDS))
    .order_by(jobs.c.card_id)
)
_LIVING = select(_workers.c.id).where(
    _workers.c.last_heartbeat > func.now() - bindparam("seconds", type_=Double()) * _SECOND
)
