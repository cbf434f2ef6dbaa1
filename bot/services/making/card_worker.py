"""Drives the cards that a worker takes from the queue."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from bot.domain.ids import CardId, JobId
from bot.domain.job import Job
from bot.services.concurrency.drain import Drain
from bot.services.job_tasks import JobTasks
from bot.services.making.engine import Engine
from bot.services.making.failing_jobs import FailingJobs
from bot.services.making.handover import CardQueue
from bot.services.runtime import Runtime
from bot.store.pictures import jobs

log = structlog.stdlib.get_logger(__name__)

#: The wait before a card is driven again of which a job has no task any more: after an outage, or because a
#: moderator has approved it meanwhile; and after a bug.
AGAIN_SECONDS = 1.0
AFTER_BUG_SECONDS = 60.0
#: At a stop: how long it may take to write down that the cards are given back.
GIVING_BACK_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class CardWorker:
    runtime: Runtime
    queue: CardQueue
    engine: Engine
    job_tasks: JobTasks
    failing_jobs: FailingJobs
    drain: Drain
    #: Cards that are driven at the same time.
    most: int
    _ended: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    async def run(self) -> None:
        """Take cards from the queue until `stop`, and drive them."""
        try:
            await self.queue.run(self.drive, most=self.most)
        finally:
            self._ended.set()

    async def stop(self, drain_seconds: float) -> None:
        """Take no more cards, let work that is costly to repeat finish, and give back the others."""
        self.queue.stop()
        await self.drain.begin(drain_seconds)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), GIVING_BACK_SECONDS)

    async def takes_cards(self) -> bool:
        """Return whether the queue knows that this worker is alive."""
        return await self.runtime.database.read(self.queue.is_alive)

    async def drive(self, card_id: CardId) -> bool:
        """Drive the card until it is over or another worker has it; return False to give it back."""
        while not self.drain.has_begun():
            on_it = await self._open_jobs(card_id)
            if not on_it:
                return True
            claimed = await self._drive_once([job.id for job in on_it])
            if self.drain.has_begun():
                break
            if await self._has_another_worker(card_id, claimed):
                return True
            if left := await self._open_jobs(card_id):
                has_bug = any(self.job_tasks.bugs[job.id] for job in left)
                await self.runtime.clock.sleep(AFTER_BUG_SECONDS if has_bug else AGAIN_SECONDS)
        log.info("given back", card=card_id)
        return False

    async def _open_jobs(self, card_id: CardId) -> Sequence[Job]:
        on_it = await self.runtime.outages.retried(
            lambda: self.runtime.database.read(jobs.of_card, card_id), "queue"
        )
        return [job for job in on_it if not job.is_idle]

    async def _drive_once(self, job_ids: list[JobId]) -> Sequence[Job]:
        """Return the claimed jobs once none of them has a task any more."""
        await self.failing_jobs.end(job_ids)
        claimed = await self.runtime.outages.retried(lambda: self.engine.take_up(job_ids), "queue")
        ended = asyncio.create_task(self.job_tasks.ended(job_ids))
        stopping = asyncio.create_task(self.drain.begun())
        try:
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if self.drain.has_begun():
                await self.job_tasks.stop(job_ids)
        finally:
            ended.cancel()
            stopping.cancel()
        return claimed

    async def _has_another_worker(self, card_id: CardId, claimed: Sequence[Job]) -> bool:
        """Return whether another worker has claimed one of the jobs since."""
        fences = {job.id: job.fence for job in claimed}
        return any(job.fence > fences.get(job.id, job.fence) for job in await self._open_jobs(card_id))
