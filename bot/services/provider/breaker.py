"""One switch for the operator's account: while the key is refused or the credits are spent, nobody asks."""

import asyncio

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import CreditSpent, KeyRefused, ProviderError, ServicePaused
from bot.domain.failure import FailureKind
from bot.ops.metrics import Metrics
from bot.services.protocols import ImageProvider

log = structlog.stdlib.get_logger(__name__)

RETRY_SECONDS = 60.0

_ADVICE = {
    FailureKind.KEY: "the provider refuses the key: check SEGMIND_API_KEY and SEGMIND_MODEL",
    FailureKind.NO_CREDIT: "the provider's account is out of credits: top it up",
}


class Breaker:
    """Opened by `KeyRefused` and `CreditSpent`; closed again by a credits call, which costs nothing."""

    def __init__(
        self, *, provider: ImageProvider, clock: Clock, metrics: Metrics, least_credits: float
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._metrics = metrics
        self._least_credits = least_credits
        self._closed = asyncio.Event()
        self._closed.set()
        self._opened = asyncio.Event()
        self.reason: FailureKind | None = None

    @property
    def is_open(self) -> bool:
        return self.reason is not None

    def check(self) -> None:
        """Refuse a new request calmly while the operator has something to mend."""
        if self.is_open:
            raise ServicePaused

    async def closed(self) -> None:
        """Return once requests may be sent."""
        await self._closed.wait()

    def trip(self, error: KeyRefused | CreditSpent) -> None:
        reason = FailureKind.KEY if isinstance(error, KeyRefused) else FailureKind.NO_CREDIT
        if reason is self.reason:
            return
        self.reason = reason
        self._closed.clear()
        self._opened.set()
        self._metrics.breaker_open.set(1)
        log.error("paused", why=_ADVICE[reason], note=error.note)

    async def run(self) -> None:
        """Check the account at the start, then, while open, every minute."""
        await self._ask()
        while True:
            await self._opened.wait()
            await self._clock.sleep(RETRY_SECONDS)
            await self._ask()

    async def _ask(self) -> None:
        try:
            left = await self._provider.credits()
        except (KeyRefused, CreditSpent) as error:
            self.trip(error)
        except ProviderError as error:
            log.warning("the account could not be checked", note=error.note)
        else:
            if left < self._least_credits:
                self.trip(CreditSpent(f"{left:.4f} USD left"))
            elif self.is_open:
                self._close()

    def _close(self) -> None:
        self.reason = None
        self._opened.clear()
        self._closed.set()
        self._metrics.breaker_open.set(0)
        log.info("going on", why="the provider's account is in order again")
