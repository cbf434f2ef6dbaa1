"""Records each change of a job before anything acts on it, and then has its card updated."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Unpack

import structlog

from bot.domain.failure import Failure, FailureKind
from bot.domain.job import Job, JobState, is_quiet
from bot.services.cards.announcements import Announcements
from bot.services.cards.card_updater import CardUpdater
from bot.services.runtime import Runtime
from bot.store import gone, jobs
from bot.store.jobs import Changes

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Makes all changes of driven jobs. Each method returns None if another process has the job."""

    runtime: Runtime
    card_updater: CardUpdater
    announcements: Announcements

    async def step(self, job: Job, to: JobState, why: str, **changes: Unpack[Changes]) -> Job | None:
        """Enter the next state, unless the job has changed since `job` was read."""
        at = self.runtime.clock.now()
        return await self._entered(
            job, why, lambda: self.runtime.database.write(jobs.step, job, to, at=at, why=why, **changes)
        )

    async def submit(self, job: Job, why: str, **changes: Unpack[Changes]) -> Job | None:
        """Enter `submitting`, or `cancelled` if the card's place in Discord is gone."""
        at = self.runtime.clock.now()
        return await self._entered(
            job, why, lambda: self.runtime.database.write(gone.submit, job, at=at, why=why, **changes)
        )

    async def _entered(self, job: Job, why: str, write: Callable[[], Awaitable[Job | None]]) -> Job | None:
        after = await self.runtime.outages.retried(write)
        if after is None:
            log.info("left to another holder", job=job.id, state=job.state)
            return None
        log.info("step", job=job.id, before=job.state, after=after.state, why=why)
        if not is_quiet(job.state, after.state):
            self.card_updater.card_changed(job.card_id)
        if after.state.is_end:
            self.announcements.job_over(job.card_id)
        return after

    async def fail(self, job: Job, why: str, failure: Failure, polls: int = 0) -> Job | None:
        """End the job. `failure` is for the member; `why` is for the job's history."""
        after = await self.step(job, JobState.FAILED, why, failure=failure, polls=job.polls + polls)
        if after is not None:
            self.runtime.metrics.failures.labels(kind=failure.kind).inc()
            if failure.kind is FailureKind.BUG:
                log.error("a bug ended a job", job=job.id, why=why)
        return after

    async def note(self, job: Job, *, touches_card: bool = False, **changes: Unpack[Changes]) -> Job | None:
        """Record something about the job without changing its state."""
        after = await self.runtime.outages.retried(
            lambda: self.runtime.database.write(jobs.note, job, touches_card=touches_card, **changes)
        )
        if after is not None and touches_card:
            self.card_updater.card_changed(job.card_id)
        return after
