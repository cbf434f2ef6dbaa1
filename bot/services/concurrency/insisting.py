"""Writes that must not be forgotten, since what they tell has happened: tried until they are taken."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.domain.clock import Clock
from bot.ops.metrics import Metrics
from bot.store.errors import DatabaseUnavailable

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

#: A full disk or a server that is away: tried again for as long as the process lives.
RETRY_SECONDS = (0.1, 0.5, 2.0, 5.0)


class Insisting:
    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        self._clock = clock
        self._metrics = metrics

    async def until_taken(self, write: Callable[[], Awaitable[T]]) -> T:
        attempt = 0
        while True:
            try:
                return await write()
            except DatabaseUnavailable as error:
                if attempt == 0:
                    log.error("the database takes nothing; trying on", error=str(error))
                self._metrics.loop_errors.labels(loop="ledger").inc()
            await self._clock.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            attempt += 1
