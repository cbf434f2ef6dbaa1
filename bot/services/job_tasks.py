"""One task for each open job, until the job ends, waits for its member, or belongs to another process."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field

import structlog

from bot.domain.ids import JobId
from bot.services.concurrency.drain import Drain
from bot.services.runtime import Runtime

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class JobTasks:
    runtime: Runtime
    drain: Drain
    #: How often each job's task has failed by a bug since it last went well.
    bugs: Counter[JobId] = field(init=False, default_factory=Counter)
    _tasks: dict[JobId, asyncio.Task[None]] = field(init=False, default_factory=dict)

    def __contains__(self, job_id: JobId) -> bool:
        return job_id in self._tasks

    def start(self, job_id: JobId, drive: Callable[[], Awaitable[None]]) -> None:
        """Run `drive` unless the job has a task already, or the process is stopping."""
        if job_id not in self._tasks and not self.drain.has_begun():
            self._tasks[job_id] = self.runtime.tasks.start(self._drive(job_id, drive), "job")

    def drop(self, job_id: JobId) -> None:
        """Cancel the task of a job that was cancelled: it waits in line, and nothing is left to do."""
        if (task := self._tasks.get(job_id)) is not None:
            task.cancel()

    async def ended(self, job_ids: Iterable[JobId]) -> None:
        """Return when none of the jobs has a task any more."""
        while tasks := [self._tasks[job_id] for job_id in job_ids if job_id in self._tasks]:
            await asyncio.wait(tasks)

    async def stop(self, job_ids: Collection[JobId]) -> None:
        """Cancel the tasks of these jobs, those that are busy at the end of what they are busy with."""
        for task in [self._tasks[job_id] for job_id in job_ids if job_id in self._tasks]:
            if not self.drain.is_busy(task):
                task.cancel()
        await self.ended(job_ids)

    async def _drive(self, job_id: JobId, drive: Callable[[], Awaitable[None]]) -> None:
        driving = drive()
        del drive  # and with it an old copy of the job: thousands may wait here
        try:
            with self.runtime.outages.survived("job"):
                await driving
                self.bugs.pop(job_id, None)
        except Exception:
            # A bug must not leave a card without an end: the sweep tries again, and gives up in the end.
            self.runtime.metrics.loop_errors.labels(loop="job").inc()
            self.bugs[job_id] += 1
            log.exception("a job's task failed", job=job_id, times=self.bugs[job_id])
        finally:
            self._tasks.pop(job_id, None)
