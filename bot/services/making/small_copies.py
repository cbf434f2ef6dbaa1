"""Small copies of pictures that only their members can open, made from the provider's files for lists.

They are kept in memory only, and made again after a restart, as long as the provider has the files.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.errors import FileRefused, ProviderError
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.provider import Picture
from bot.services.making.delivering import Delivering
from bot.services.runtime import Runtime

log = structlog.stdlib.get_logger(__name__)

#: Twice the size at which Discord shows a thumbnail, in pixels.
MOST_SIDE = 160
#: Each is a few kilobytes.
MOST_KEPT = 500
#: For all members together: paid pictures that are delivered use the same network and the same child process.
AT_ONCE = 2
#: More are not begun: a tampered client can turn pages faster than files arrive.
MOST_BEGUN = 40


@dataclass(slots=True, kw_only=True)
class SmallCopies:
    runtime: Runtime
    delivering: Delivering
    _slots: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _making: dict[JobId, asyncio.Task[None]] = field(init=False, default_factory=dict)
    _made: OrderedDict[JobId, Picture] = field(init=False, default_factory=OrderedDict)

    async def of(self, jobs: Sequence[Job], patience_seconds: float) -> dict[JobId, Picture]:
        """Return the copies that are there in time. The others are there when they are wanted again."""
        tasks = [task for job in jobs if (task := self._begun(job)) is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=patience_seconds)
        return {job.id: self._made[job.id] for job in jobs if job.id in self._made}

    def _begun(self, job: Job) -> asyncio.Task[None] | None:
        if job.id in self._made or job.output_url is None:
            return None
        if job.id not in self._making and len(self._making) < MOST_BEGUN:
            work = self._make(job.id, job.output_url)
            self._making[job.id] = self.runtime.tasks.start(work, "small_copy")
        return self._making.get(job.id)

    async def _make(self, job_id: JobId, output_url: str) -> None:
        try:
            async with self._slots:
                self._keep(job_id, await self.delivering.thumbnail_at(job_id, output_url, MOST_SIDE))
        except (FileRefused, ProviderError) as error:
            log.info("small copy not made", job=job_id, why=type(error).__name__)
        finally:
            del self._making[job_id]

    def _keep(self, job_id: JobId, picture: Picture) -> None:
        self._made[job_id] = picture
        if len(self._made) > MOST_KEPT:
            self._made.popitem(last=False)
