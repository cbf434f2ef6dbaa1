"""Drives one job from any state to an end. Each step is a module."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.services.making.delivering import Delivering
from bot.services.making.polling import Polling
from bot.services.making.resolving import Resolving
from bot.services.making.submitting import Submitting
from bot.services.provider.any_pacer import AnyPacer
from bot.services.runtime import Runtime
from bot.store.pictures import jobs

Step = Callable[[Job], Awaitable[Job | None]]

_AT_PROVIDER = frozenset({JobState.SUBMITTING, JobState.UNRESOLVED, JobState.RUNNING})


@dataclass(slots=True, kw_only=True)
class Runner:
    runtime: Runtime
    pacer: AnyPacer
    submitting: Submitting
    resolving: Resolving
    polling: Polling
    delivering: Delivering
    _steps: dict[JobState, Step] = field(init=False)

    def __post_init__(self) -> None:
        self._steps = {
            JobState.QUEUED: self.submitting.queued,
            JobState.SUBMITTING: self.submitting.submitting,
            JobState.UNRESOLVED: self.resolving.unresolved,
            JobState.RUNNING: self.polling.running,
            JobState.READY: self.delivering.ready,
        }

    async def run(self, job_id: JobId) -> None:
        """Claim the job and drive it, in a task of its own."""
        await self.drive(job_id, await self.runtime.database.write(jobs.claim, job_id))

    async def drive(self, job_id: JobId, job: Job | None) -> None:
        """Take step after step until the job ends or another process has it.

        It needs a task of its own, whose log lines name the job from here on. Thousands of jobs may wait
        here, so it keeps no reference that is no longer needed.
        """
        structlog.contextvars.bind_contextvars(job=job_id)
        self.runtime.metrics.driven_jobs.inc()
        try:
            while job is not None and job.parked_at is None and job.state in self._steps:
                self._update_pacer(job)
                job = await self._steps[job.state](job)
        finally:
            self.runtime.metrics.driven_jobs.dec()
            self.pacer.release(job_id)

    def _update_pacer(self, job: Job) -> None:
        """Tell the pacer if the job is with the provider: what a member has there decides the turns."""
        if job.state in _AT_PROVIDER:
            self.pacer.occupy(job.id, job.member_id)
        else:
            self.pacer.release(job.id)
