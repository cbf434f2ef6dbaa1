"""Gives each open job a task: once its card is answered, or when the sweep finds that it has none."""

from dataclasses import dataclass, field
from functools import partial

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.services.job_tasks import JobTasks
from bot.services.making.runner import Runner
from bot.services.runtime import Runtime
from bot.store.pictures import jobs

#: Jobs that are claimed in one transaction. Other writes come between two of them.
TAKEN_UP_AT_ONCE = 200


@dataclass(slots=True, kw_only=True)
class Engine:
    runtime: Runtime
    runner: Runner
    job_tasks: JobTasks
    #: Jobs that are being claimed by `take_up`, and will get their tasks from it.
    _taken_up: set[JobId] = field(init=False, default_factory=set)

    def start(self, job_id: JobId) -> None:
        """Drive the job, unless it is being driven already."""
        if job_id not in self._taken_up:
            self.job_tasks.start(job_id, partial(self.runner.run, job_id))

    def drive(self, job: Job) -> None:
        """Drive a job that was just claimed, unless it is being driven already."""
        if job.id not in self._taken_up:
            self.job_tasks.start(job.id, partial(self.runner.drive, job.id, job))

    async def take_up(self, open_ids: list[JobId]) -> list[Job]:
        """Drive the jobs that have no task, and return them as they were claimed.

        After a start these are all open jobs, maybe thousands.
        """
        idle = [job_id for job_id in open_ids if job_id not in self.job_tasks]
        claimed: list[Job] = []
        for first in range(0, len(idle), TAKEN_UP_AT_ONCE):
            claimed += await self._take_up_at_once(idle[first : first + TAKEN_UP_AT_ONCE])
        return claimed

    async def _take_up_at_once(self, job_ids: list[JobId]) -> list[Job]:
        taken_up = {job_id for job_id in job_ids if job_id not in self.job_tasks} - self._taken_up
        self._taken_up |= taken_up
        try:
            claimed = await self.runtime.database.write(jobs.claim_all, list(taken_up))
            for job in claimed:
                self.job_tasks.start(job.id, partial(self.runner.drive, job.id, job))
        finally:
            self._taken_up -= taken_up
        return claimed
