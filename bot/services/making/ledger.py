"""Writes down what became of a job, before anybody acts on it, and lets its card follow."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Unpack

import structlog

from bot.domain.failure import Failure, FailureKind
from bot.domain.job import Job, JobState, is_quiet
from bot.services.cards.card_updater import CardUpdater
from bot.services.runtime import Runtime
from bot.store import gone, jobs
from bot.store.jobs import Changes

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """All changes of jobs by the worker pass here. Each returns None once another holder has the job."""

    runtime: Runtime
    card_updater: CardUpdater

    async def step(self, job: Job, to: JobState, why: str, **changes: Unpack[Changes]) -> Job | None:
        """Enter the next state, or do nothing if the job is no longer as it was when `job` was read."""
        at = self.runtime.clock.now()
        return await self._entered(
            job, why, lambda: self.runtime.database.write(jobs.step, job, to, at=at, why=why, **changes)
        )

    async def submit(self, job: Job, why: str, **changes: Unpack[Changes]) -> Job | None:
        """The step to `submitting`; or to `cancelled`, if the card's place in Discord is gone."""
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
        return after

    async def fail(self, job: Job, why: str, failure: Failure, polls: int = 0) -> Job | None:
        """`failure` is for the member; `why` for those who read the job's history."""
        after = await self.step(job, JobState.FAILED, why, failure=failure, polls=job.polls + polls)
        if after is not None:
            self.runtime.metrics.failures.labels(kind=failure.kind).inc()
            if failure.kind is FailureKind.BUG:
                log.error("a bug ended a job", job=job.id, why=why)
        return after

    async def note(self, job: Job, *, touches_card: bool = False, **changes: Unpack[Changes]) -> Job | None:
        """Remember something about the job without a change of its state."""
        after = await self.runtime.outages.retried(
            lambda: self.runtime.database.write(jobs.note, job, touches_card=touches_card, **changes)
        )
        if after is not None and touches_card:
            self.card_updater.card_changed(job.card_id)
        return after
