"""Checks everything once a minute: jobs without a task, overdue jobs, due updates, and data to forget."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.failure import Failure, FailureKind
from bot.domain.job import JobState
from bot.domain.luma import FILE_LIVES
from bot.services.cards.announcements import Announcements
from bot.services.cards.card_updater import CardUpdater
from bot.services.cards.left_messages import LeftMessages
from bot.services.elapsed import Stopwatch
from bot.services.limits.block_notices import BlockNotices
from bot.services.limits.budgets import BudgetWarnings
from bot.services.making.handover import Handover
from bot.services.making.ledger import Ledger
from bot.services.making.sources import Sources
from bot.services.making.unconfirmed_cards import UnconfirmedCards
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.pictures import cards, jobs, left_messages

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


@dataclass(slots=True, kw_only=True)
class Sweep:
    runtime: Runtime
    handover: Handover
    unanswered: UnconfirmedCards
    ledger: Ledger
    card_updater: CardUpdater
    left_messages: LeftMessages
    announcements: Announcements
    sources: Sources
    warnings: BudgetWarnings
    block_notices: BlockNotices
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

    async def run_for_sources(self) -> None:
        """Delete old sources of this machine, which no other worker's sweep can do."""
        while True:
            await self.runtime.clock.sleep(EVERY_SECONDS)
            with self.runtime.outages.survived("sources"):
                await self._forget_sources()

    async def _sweep(self) -> None:
        now = self.runtime.clock.now()
        await self.unanswered.settle_all()
        await self.handover.take_up()
        await self._end_the_overdue(now)
        await self.runtime.database.write(cards.touch_fading, at=now)
        for card_id in await self.runtime.database.read(cards.due, at=now):
            self.card_updater.card_changed(card_id, is_urgent=False)
        await self.left_messages.update_due()
        await self.announcements.settle_due()
        await self.runtime.database.write(_forget_tokens, before=now)
        await self._forget_sources()
        await self.warnings.post_due()
        await self.block_notices.post_due()
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
            await self.ledger.end(job, "past the deadline of its state", paused or Failure(kind))
        for job in await self.runtime.database.read(jobs.parked_before, self._surely_past(now) - FILE_LIVES):
            await self.ledger.end(job, "kept until its file was gone", Failure(FailureKind.DISCORD))

    def _surely_past(self, now: datetime) -> datetime:
        """Return the time of day, but none that this process cannot be sure of: the clock may be set."""
        return min(now, self._started_at + timedelta(seconds=self._watch.watched_seconds))

    async def _count(self) -> None:
        for state, count in (await self.runtime.database.read(jobs.counts_by_state)).items():
            self.runtime.metrics.jobs.labels(state=state).set(count)


def _forget_tokens(connection: Connection, *, before: datetime) -> None:
    for shelf in (cards, left_messages):
        shelf.forget_tokens(connection, before=before)
