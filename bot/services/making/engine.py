"""A task for each open job, resumed at the start; and a sweep for whatever nobody drives."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.card import Card
from bot.domain.errors import CourierUnavailable
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import CardId, JobId
from bot.domain.job import Job, JobState
from bot.domain.provider_memory import FILE_LIVES
from bot.services.cards.left_messages import LeftMessages
from bot.services.cards.showing import Showing
from bot.services.concurrency.drain import Drain
from bot.services.elapsed import Stopwatch
from bot.services.limits.budgeting import BudgetWarnings
from bot.services.making.admission import withdraw
from bot.services.making.ledger import Ledger
from bot.services.making.runner import Runner
from bot.services.making.sources import Sources
from bot.services.protocols import Courier
from bot.services.provider.breaker import Breaker
from bot.services.provider.pacer import Pacer
from bot.services.runtime import Runtime
from bot.store import cards, jobs, left_messages
from bot.store.database import Connection

log = structlog.stdlib.get_logger(__name__)

SWEEP_SECONDS = 60.0
#: Jobs that a sweep takes over in one transaction: between two of them, others have their turn.
TAKEN_UP_AT_ONCE = 200
PLACES_SECONDS = 15.0
#: The watchdog: whatever is still in such a state so long after it was asked for is ended, and as what.
#: Each step has a shorter deadline of its own; only what waits in line meets its end here as a rule.
DEADLINES = {
    JobState.QUEUED: (timedelta(hours=6), FailureKind.BUSY),
    JobState.UNRESOLVED: (timedelta(days=2), FailureKind.UNKNOWN),
    JobState.RUNNING: (timedelta(days=2), FailureKind.EXPIRED),
    JobState.READY: (timedelta(days=8), FailureKind.DISCORD),
}
#: What may be paid is not ended before this process has had time to ask about it: the bot may have been off.
TIME_TO_ASK_SECONDS = 2 * 3600.0
#: An admission whose answer has not been confirmed for so long was cut off by a crash.
UNANSWERED_AFTER = timedelta(seconds=60)
#: How soon an answer of unknown fate is looked for, and looked for again.
LOOK_AGAIN_SECONDS = (2.0, 5.0, 15.0)
#: A job that fails by a bug so often is ended, if nothing was paid for it.
BUGS_MOST = 3
DRAIN_SECONDS = 8.0


@dataclass(slots=True, kw_only=True)
class Engine:
    runtime: Runtime
    ledger: Ledger
    runner: Runner
    showing: Showing
    left_messages: LeftMessages
    sources: Sources
    courier: Courier
    warnings: BudgetWarnings
    breaker: Breaker
    pacer: Pacer
    drain: Drain
    _driven: dict[JobId, asyncio.Task[None]] = field(init=False, default_factory=dict)
    #: What the sweep is about to drive.
    _taken_up: set[JobId] = field(init=False, default_factory=set)
    _bugs: Counter[JobId] = field(init=False, default_factory=Counter)
    _started_at: datetime = field(init=False)
    _watch: Stopwatch = field(init=False)

    def __post_init__(self) -> None:
        self._started_at = self.runtime.clock.now()
        self._watch = Stopwatch(self.runtime.clock, self._started_at)

    def start(self, job_id: JobId) -> None:
        """Drive the job, unless it is being driven already."""
        if job_id not in self._taken_up:
            self._start(job_id, partial(self.runner.run, job_id))

    def drop(self, job_id: JobId) -> None:
        """Leave the line for a job that was cancelled: there is nothing more to do for it."""
        if (task := self._driven.get(job_id)) is not None:
            task.cancel()

    def look_for(self, card_id: CardId) -> None:
        """Whether the card's first answer reached Discord is not known: find out soon, else by the sweep."""
        if not self.drain.has_begun():
            self.runtime.tasks.start(self._look_for(card_id), "answer")

    async def run(self) -> None:
        """Take up everything that an earlier process left, then look after it once a minute."""
        while True:
            with self.runtime.outages.survived("sweep"):
                await self._sweep()
            await self.runtime.clock.sleep(SWEEP_SECONDS)

    async def follow_the_line(self) -> None:
        """Tell those who wait when they have moved up."""
        while True:
            await self.runtime.clock.sleep(PLACES_SECONDS)
            with self.runtime.outages.survived("line"):
                if places := self.pacer.places():
                    await self.showing.follow_the_line(places)

    async def stop(self) -> None:
        """Let what is dear to repeat finish; everything else is resumed from its row at the next start."""
        await self.drain.begin(DRAIN_SECONDS)

    # --- one job ---

    def _start(self, job_id: JobId, drive: Callable[[], Awaitable[None]]) -> None:
        if job_id not in self._driven and not self.drain.has_begun():
            self._driven[job_id] = self.runtime.tasks.start(self._drive(job_id, drive), "job")

    async def _drive(self, job_id: JobId, drive: Callable[[], Awaitable[None]]) -> None:
        driving = drive()
        del drive  # and with it the job as it was once: thousands may wait in here
        try:
            with self.runtime.outages.survived("job"):
                await driving
        except Exception:
            # A bug must not leave a card without an end: the sweep tries again, and gives up in the end.
            self.runtime.metrics.loop_errors.labels(loop="job").inc()
            self._bugs[job_id] += 1
            log.exception("a job's task failed", job=job_id, times=self._bugs[job_id])
        else:
            self._bugs.pop(job_id, None)
        finally:
            self._driven.pop(job_id, None)

    async def _look_for(self, card_id: CardId) -> None:
        with self.runtime.outages.survived("answer"):
            await self._look_for_soon(card_id)

    async def _look_for_soon(self, card_id: CardId) -> None:
        for seconds in LOOK_AGAIN_SECONDS:
            await self.runtime.clock.sleep(seconds)
            card = await self.runtime.database.read(cards.get, card_id)
            if card is None or card.message_id is not None or card.is_lost:
                return
            await self._settle_unanswered(card)

    # --- all jobs ---

    async def _sweep(self) -> None:
        now = self.runtime.clock.now()
        for card in await self.runtime.database.read(cards.unanswered, before=now - UNANSWERED_AFTER):
            await self._settle_unanswered(card)
        await self._take_up(await self.runtime.database.read(jobs.open_ids))
        await self._end_the_overdue(now)
        await self.runtime.database.write(cards.touch_fading, at=now)
        for card_id in await self.runtime.database.read(cards.due, at=now):
            self.showing.card_changed(card_id)
        await self.left_messages.bring_due()
        await self.runtime.database.write(_forget_tokens, before=now)
        await self._forget_sources()
        await self.warnings.give_due()
        await self._count()

    async def _forget_sources(self) -> None:
        try:
            await self.sources.forget_unused()
        except OSError as error:
            self.runtime.metrics.loop_errors.labels(loop="sources").inc()
            log.error("old sources cannot be deleted; trying again", error=type(error).__name__)

    async def _take_up(self, open_ids: list[JobId]) -> None:
        """Drive those that nobody drives: after a start, all of them, which may be thousands."""
        for job_id in [one for one in open_ids if self._bugs[one] >= BUGS_MOST]:
            await self._end_by_bug(job_id)
        left = [one for one in open_ids if one not in self._driven]
        for at in range(0, len(left), TAKEN_UP_AT_ONCE):
            await self._take_up_at_once(left[at : at + TAKEN_UP_AT_ONCE])

    async def _take_up_at_once(self, job_ids: list[JobId]) -> None:
        self._taken_up = {one for one in job_ids if one not in self._driven}
        try:
            for job in await self.runtime.database.write(jobs.claim_all, list(self._taken_up)):
                self._start(job.id, partial(self.runner.drive, job.id, job))
        finally:
            self._taken_up = set()

    async def _settle_unanswered(self, card: Card) -> None:
        """Something came between the admission and its answer: did the answer leave all the same?"""
        try:
            message_id = await self.courier.find(card)
        except CourierUnavailable:
            return
        if message_id is None:
            await self.runtime.database.write(
                withdraw, card.id, at=self.runtime.clock.now(), why="its answer never reached Discord"
            )
        else:
            await self.runtime.database.write(cards.answered, card.id, message_id=message_id)
            log.info("an answer had left all the same", card=card.id)
            for job in await self.runtime.database.read(jobs.of_card, card.id):
                self.start(job.id)

    async def _end_the_overdue(self, now: datetime) -> None:
        has_asked = self._watch.watched_seconds > TIME_TO_ASK_SECONDS
        asked_before = {
            state: self._surely_past(now) - patience
            for state, (patience, _) in DEADLINES.items()
            if has_asked or state is JobState.QUEUED
        }
        for job in await self.runtime.database.read(jobs.overdue, asked_before):
            _, kind = DEADLINES[job.state]
            if job.state is JobState.QUEUED and self.breaker.reason is not None:
                kind = self.breaker.reason
            await self._end(job, Failure(kind), "past the deadline of its state")
        for job in await self.runtime.database.read(jobs.parked_before, self._surely_past(now) - FILE_LIVES):
            await self._end(job, Failure(FailureKind.DISCORD), "kept until its file was gone")

    def _surely_past(self, now: datetime) -> datetime:
        """Now; but not later than this process knows, if somebody has set the clock forward meanwhile."""
        return min(now, self._started_at + timedelta(seconds=self._watch.watched_seconds))

    async def _end_by_bug(self, job_id: JobId) -> None:
        """Only before anything is paid; a job that is with the provider is tried again until its deadline."""
        job = await self.runtime.database.read(jobs.get, job_id)
        if job is not None and job.state is JobState.QUEUED:
            await self._end(job, Failure(FailureKind.BUG), "its task failed again and again")

    async def _end(self, job: Job, failure: Failure, why: str) -> None:
        """Take the job from whoever drives it, and end it."""
        claimed = await self.runtime.database.write(jobs.claim, job.id)
        if claimed is not None and claimed.state is job.state:
            await self.ledger.fail(claimed, why, failure)

    async def _count(self) -> None:
        for state, count in (await self.runtime.database.read(jobs.counts_by_state)).items():
            self.runtime.metrics.jobs.labels(state=state).set(count)


def _forget_tokens(connection: Connection, *, before: datetime) -> None:
    for shelf in (cards, left_messages):
        shelf.forget_tokens(connection, before=before)
