"""Jobs whose tasks fail again and again by a bug. They end, unless something may have been paid for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import JobId
from bot.domain.job import JobState
from bot.services.job_tasks import JobTasks
from bot.services.making.ledger import Ledger
from bot.services.runtime import Runtime
from bot.store.pictures import jobs

#: A job that fails by a bug so often ends.
BUGS_MOST = 3


@dataclass(slots=True, kw_only=True)
class FailingJobs:
    runtime: Runtime
    job_tasks: JobTasks
    ledger: Ledger

    async def end(self, job_ids: Iterable[JobId]) -> None:
        """End those of the jobs that have failed too often. A job with the provider has its deadline."""
        for job_id in job_ids:
            if self.job_tasks.bugs[job_id] >= BUGS_MOST:
                job = await self.runtime.database.read(jobs.get, job_id)
                if job is not None and job.state is JobState.QUEUED:
                    await self.ledger.end(job, "its task failed again and again", Failure(FailureKind.BUG))
