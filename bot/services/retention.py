"""Forgets the words of old requests, once a day and a few at a time."""

from datetime import timedelta

import structlog

from bot.domain.clock import Clock
from bot.domain.ids import JobId
from bot.ops.metrics import Metrics
from bot.store import retention
from bot.store.database import Database
from bot.store.errors import DatabaseUnavailable

log = structlog.stdlib.get_logger(__name__)

#: A start has better things to do.
FIRST_AFTER_SECONDS = 600.0
EVERY_SECONDS = 24 * 3600.0
AT_ONCE = 200
#: Between two handfuls, for everybody else's writes.
PAUSE_SECONDS = 0.2


class Retention:
    def __init__(self, *, database: Database, days: int, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._kept = timedelta(days=days)
        self._clock = clock
        self._metrics = metrics

    async def run(self) -> None:
        await self._clock.sleep(FIRST_AFTER_SECONDS)
        while True:
            try:
                await self.forget_the_old()
            except DatabaseUnavailable as error:
                self._metrics.loop_errors.labels(loop="retention").inc()
                log.error("the database does not answer; old requests are forgotten later", error=str(error))
            await self._clock.sleep(EVERY_SECONDS)

    async def forget_the_old(self) -> None:
        asked_before, after, forgotten = self._clock.now() - self._kept, JobId(0), 0
        while job_ids := await self._database.read(
            retention.forgettable, asked_before=asked_before, after=after, limit=AT_ONCE
        ):
            await self._database.write(retention.forget, job_ids)
            after, forgotten = job_ids[-1], forgotten + len(job_ids)
            await self._clock.sleep(PAUSE_SECONDS)
        if forgotten:
            log.info("old requests forgotten", jobs=forgotten)
