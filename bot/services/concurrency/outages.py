"""Times in which the database is unavailable. Each is logged once, and so is its end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.ops.metrics import Metrics
from bot.store.driver.errors import DatabaseUnavailable

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

BACKOFF = Backoff((0.1, 0.5, 2.0, 5.0))


class Outages:
    """A loop is whatever tries again by itself; its name is a label in metrics."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        self._clock = clock
        self._metrics = metrics
        #: The loops that have failed and have not succeeded since.
        self._failing: set[str] = set()

    def survived(self, loop: str) -> "Survived":
        """End the block at `DatabaseUnavailable`. The loop goes on and tries again in its next round."""
        return Survived(self, loop)

    async def retried(self, call: Callable[[], Awaitable[T]], loop: str = "ledger") -> T:
        """Repeat the call until the database takes it: for what has happened and must not be forgotten."""
        failures = 0
        while True:
            try:
                result = await call()
            except DatabaseUnavailable as error:
                self.failed(loop, error)
                failures += 1
            else:
                self.succeeded(loop)
                return result
            await self._clock.sleep(BACKOFF.after(failures))

    @property
    def is_unavailable(self) -> bool:
        return bool(self._failing)

    def failed(self, loop: str, error: DatabaseUnavailable) -> None:
        self._metrics.loop_errors.labels(loop=loop).inc()
        if loop not in self._failing:
            self._failing.add(loop)
            log.error("the database is unavailable; retrying", loop=loop, error=str(error))

    def succeeded(self, loop: str) -> None:
        if loop in self._failing:
            self._failing.discard(loop)
            log.info("the database is available again", loop=loop)


@dataclass(frozen=True, slots=True)
class Survived:
    """A block that an outage may end. Small, since thousands of jobs wait in one."""

    outages: Outages
    loop: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        if error is None:
            self.outages.succeeded(self.loop)
            return False
        if isinstance(error, DatabaseUnavailable):
            self.outages.failed(self.loop, error)
            return True
        return False
