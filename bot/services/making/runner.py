"""Drives one job from any state to an end: each step's work is the module of its name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.services.making.delivering import Delivering
from bot.services.making.polling import Polling
from bot.services.making.resolving import Resolving
from bot.services.making.submitting import Submitting
from bot.services.provider.pacer import Pacer
from bot.services.runtime import Runtime
from bot.store import jobs

Step = Callable[[Job], Awaitable[Job | None]]

_AT_PROVIDER = frozenset({JobState.SUBMITTING, JobState.UNRESOLVED, JobState.RUNNING})


@dataclass(slots=True, kw_only=True)
class Runner:
    runtime: Runtime
    pacer: Pacer
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
        """Take step after step; return at an end, or once another holder has the job.

        In a task of its own, whose log lines from now on name the job. Thousands may wait in here: what is no
        longer needed is not held on to.
        """
        structlog.contextvars.bind_contextvars(job=job_id)
        self.runtime.metrics.driven_jobs.inc()
        try:
            while job is not None and job.parked_at is None and job.state in self._steps:
                self._keep_the_books(job)
                job = await self._steps[job.state](job)
        finally:
            self.runtime.metrics.driven_jobs.dec()
            self.pacer.release(job_id)

    def _keep_the_books(self, job: Job) -> None:
        """Fair turns count what a member has with the provider, however it came there."""
        if job.state in _AT_PROVIDER:
            self.pacer.occupy(job.id, job.member_id)
        else:
            self.pacer.release(job.id)
