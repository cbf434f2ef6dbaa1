"""Drives one job from any state to an end: each step's work is the module of its name."""

from collections.abc import Awaitable, Callable

import structlog

from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.ops.metrics import Metrics
from bot.services.making.delivering import Delivering
from bot.services.making.polling import Polling
from bot.services.making.resolving import Resolving
from bot.services.making.submitting import Submitting
from bot.services.provider.pacer import Pacer
from bot.store import jobs
from bot.store.database import Database

Step = Callable[[Job], Awaitable[Job | None]]

_AT_PROVIDER = frozenset({JobState.SUBMITTING, JobState.UNRESOLVED, JobState.RUNNING})


class Runner:
    def __init__(
        self,
        *,
        database: Database,
        pacer: Pacer,
        submitting: Submitting,
        resolving: Resolving,
        polling: Polling,
        delivering: Delivering,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._pacer = pacer
        self._metrics = metrics
        self._steps: dict[JobState, Step] = {
            JobState.QUEUED: submitting.queued,
            JobState.SUBMITTING: submitting.submitting,
            JobState.UNRESOLVED: resolving.unresolved,
            JobState.RUNNING: polling.running,
            JobState.READY: delivering.ready,
        }

    async def run(self, job_id: JobId) -> None:
        """Claim the job and drive it, in a task of its own."""
        await self.drive(job_id, await self._database.write(jobs.claim, job_id))

    async def drive(self, job_id: JobId, job: Job | None) -> None:
        """Take step after step; return at an end, or once another holder has the job.

        In a task of its own, whose log lines from now on name the job. Thousands may wait in here: what is no
        longer needed is not held on to.
        """
        structlog.contextvars.bind_contextvars(job=job_id)
        self._metrics.driven_jobs.inc()
        try:
            while job is not None and job.parked_at is None and job.state in self._steps:
                self._keep_the_books(job)
                job = await self._steps[job.state](job)
        finally:
            self._metrics.driven_jobs.dec()
            self._pacer.release(job_id)

    def _keep_the_books(self, job: Job) -> None:
        """Fair turns count what a member has with the provider, however it came there."""
        if job.state in _AT_PROVIDER:
            self._pacer.occupy(job.id, job.member_id)
        else:
            self._pacer.release(job.id)
