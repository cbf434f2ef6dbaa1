"""Pauses all requests while the provider refuses the operator's key, or the account is out of credits."""

import asyncio
from dataclasses import dataclass, field

import structlog

from bot.domain.errors import CreditSpent, KeyRefused, ProviderError, ServicePaused
from bot.domain.failure import FailureKind
from bot.services.protocols import ImageProvider
from bot.services.runtime import Runtime

log = structlog.stdlib.get_logger(__name__)

RETRY_SECONDS = 60.0

_ADVICE = {
    FailureKind.KEY: "the provider refuses the key: check SEGMIND_API_KEY and SEGMIND_MODEL",
    FailureKind.NO_CREDIT: "the provider's account is out of credits: top it up",
}


@dataclass(slots=True, kw_only=True)
class CircuitBreaker:
    """`KeyRefused` and `CreditSpent` open it; a successful credits call, which is free, closes it again."""

    runtime: Runtime
    provider: ImageProvider
    least_credits: float
    reason: FailureKind | None = field(init=False, default=None)
    _closed: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _opened: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._closed.set()

    @property
    def is_open(self) -> bool:
        return self.reason is not None

    def check(self) -> None:
        """Refuse a new request while the operator has a problem to fix."""
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
        self.runtime.metrics.breaker_open.set(1)
        log.error("requests are paused", why=_ADVICE[reason], note=error.note)

    async def run(self) -> None:
        """Check the account at the start, then, while open, every minute."""
        await self._ask()
        while True:
            await self._opened.wait()
            await self.runtime.clock.sleep(RETRY_SECONDS)
            await self._ask()

    async def _ask(self) -> None:
        try:
            left = await self.provider.credits()
        except (KeyRefused, CreditSpent) as error:
            self.trip(error)
        except ProviderError as error:
            log.warning("the account could not be checked", note=error.note)
        else:
            if left < self.least_credits:
                self.trip(CreditSpent(f"{left:.4f} USD left"))
            elif self.is_open:
                self._close()

    def _close(self) -> None:
        self.reason = None
        self._opened.clear()
        self._closed.set()
        self.runtime.metrics.breaker_open.set(0)
        log.info("requests are resumed", why="the provider's account is in order again")
