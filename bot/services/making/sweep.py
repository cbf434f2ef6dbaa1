"""Checks everything once a minute: jobs without a task, overdue jobs, due updates, and data to forget."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.domain.luma import FILE_LIVES
from bot.services.cards.announcements import Announcements
from bot.services.cards.card_updater import CardUpdater
from bot.services.cards.left_messages import LeftMessages
from bot.services.elapsed import Stopwatch
from bot.services.job_tasks import JobTasks
from bot.services.limits.budgets import BudgetWarnings
from bot.services.making.engine import Engine
from bot.services.making.ledger import Ledger
from bot.services.making.sources import Sources
from bot.services.making.unconfirmed_cards import UnconfirmedCards
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.runtime import Runtime
from bot.store import cards, jobs, left_messages
from bot.store.database import Connection

log = structlog.stdlib.get_logger(__name__)

EVERY_SECONDS = 60.0
#: A job that is still in such a state after this time fails in this way. Each step has a shorter deadline of
#: its own, so that mostly jobs in line end here.
DEADLINES = {
    JobState.QUEUED: (timedelta(hours=6), FailureKind.BUSY),
    JobState.UNRESOLVED: (timedelta(days=2), FailureKind.UNKNOWN),
    JobState.RUNNING: (timedelta(days=2), FailureKind.EXPIRED),
    JobState.READY: (timedelta(days=8), FailureKind.DISCORD),
}
#: A job that may be paid does not end before this process has had time to ask: the bot may have been off.
TIME_TO_ASK_SECONDS = 2 * 3600.0
#: A job that fails by a bug so often ends, if nothing was paid for it.
BUGS_MOST = 3


@dataclass(slots=True, kw_only=True)
class Sweep:
    runtime: Runtime
    engine: Engine
    job_tasks: JobTasks
    unanswered: UnconfirmedCards
    ledger: Ledger
    card_updater: CardUpdater
    left_messages: LeftMessages
    announcements: Announcements
    sources: Sources
    warnings: BudgetWarnings
    breaker: CircuitBreaker
    _started_at: datetime = field(init=False)
    _watch: Stopwatch = field(init=False)

    def __post_init__(self) -> None:
        self._started_at = self.runtime.clock.now()
        self._watch = Stopwatch(self.runtime.clock, self._started_at)

    async def run(self) -> None:
        """Take up everything that an earlier process left, then check it once a minute."""
        while True:
            with self.runtime.outages.survived("sweep"):
                await self._sweep()
            await self.runtime.clock.sleep(EVERY_SECONDS)

    async def _sweep(self) -> None:
        now = self.runtime.clock.now()
        await self.unanswered.settle_all()
        await self._take_up(await self.runtime.database.read(jobs.open_ids))
        await self._end_the_overdue(now)
        await self.runtime.database.write(cards.touch_fading, at=now)
        for card_id in await self.runtime.database.read(cards.due, at=now):
            self.card_updater.card_changed(card_id)
        await self.left_messages.update_due()
        await self.announcements.settle_due()
        await self.runtime.database.write(_forget_tokens, before=now)
        await self._forget_sources()
        await self.warnings.post_due()
        await self._count()

    async def _forget_sources(self) -> None:
        try:
            await self.sources.forget_unused()
        except OSError as error:
            self.runtime.metrics.loop_errors.labels(loop="sources").inc()
            log.error("old sources cannot be deleted; retrying", error=type(error).__name__)

    async def _end_the_overdue(self, now: datetime) -> None:
        has_asked = self._watch.watched_seconds > TIME_TO_ASK_SECONDS
        asked_before = {
            state: self._surely_past(now) - patience
            for state, (patience, _) in DEADLINES.items()
            if has_asked or state is JobState.QUEUED
        }
        for job in await self.runtime.database.read(jobs.overdue, asked_before):
            _, kind = DEADLINES[job.state]
            paused = self.breaker.failure if job.state is JobState.QUEUED else None
            await self._end(job, paused or Failure(kind), "past the deadline of its state")
        for job in await self.runtime.database.read(jobs.parked_before, self._surely_past(now) - FILE_LIVES):
            await self._end(job, Failure(FailureKind.DISCORD), "kept until its file was gone")

    def _surely_past(self, now: datetime) -> datetime:
        """Return the time of day, but none that this process cannot be sure of: the clock may be set."""
        return min(now, self._started_at + timedelta(seconds=self._watch.watched_seconds))

    async def _take_up(self, open_ids: list[JobId]) -> None:
        for job_id in open_ids:
            if self.job_tasks.bugs[job_id] >= BUGS_MOST:
                await self._end_by_bug(job_id)
        await self.engine.take_up(open_ids)

    async def _end_by_bug(self, job_id: JobId) -> None:
        """End the job if nothing is paid. A job with the provider is tried until its deadline."""
        job = await self.runtime.database.read(jobs.get, job_id)
        if job is not None and job.state is JobState.QUEUED:
            await self._end(job, Failure(FailureKind.BUG), "its task failed again and again")

    async def _end(self, job: Job, failure: Failure, why: str) -> None:
        """Take the job from the task that drives it, and end it."""
        claimed = await self.runtime.database.write(jobs.claim, job.id)
        if claimed is not None and claimed.state is job.state:
            await self.ledger.fail(claimed, why, failure)

    async def _count(self) -> None:
        for state, count in (await self.runtime.database.read(jobs.counts_by_state)).items():
            self.runtime.metrics.jobs.labels(state=state).set(count)


def _forget_tokens(connection: Connection, *, before: datetime) -> None:
    for shelf in (cards, left_messages):
        shelf.forget_tokens(connection, before=before)
