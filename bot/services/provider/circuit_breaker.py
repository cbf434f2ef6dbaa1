"""Pauses all requests while the provider refuses the key or the model, or the account is out of credits."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import structlog

from bot.domain.errors import (
    CreditSpent,
    KeyRefused,
    ModelRefused,
    ProviderError,
    RateLimited,
    ServicePaused,
)
from bot.domain.failure import MODEL_REFUSED, Failure, FailureKind
from bot.domain.trouble import Trouble
from bot.services.concurrency.wake_up import WakeUp
from bot.services.protocols import ImageProvider
from bot.services.runtime import Runtime
from bot.store.fleet.fleet import AccountNews

log = structlog.stdlib.get_logger(__name__)

#: A solved problem is noticed within this time and that of one call.
RETRY_SECONDS = 10.0
#: No free call judges a model, so one waiting request is let through. A refused request costs nothing.
MODEL_RETRY_SECONDS = 60.0

_ADVICE = {
    Trouble.KEY: "the provider refuses the key: check SEGMIND_API_KEY",
    Trouble.CREDITS: "the provider's account is out of credits: top it up",
    Trouble.MODEL: "the provider refuses the model, but not the key: check SEGMIND_MODEL",
}
_FAILURES = {
    Trouble.KEY: Failure(FailureKind.KEY),
    Trouble.CREDITS: Failure(FailureKind.NO_CREDIT),
    Trouble.MODEL: Failure(FailureKind.KEY, MODEL_REFUSED),
}


@dataclass(slots=True, kw_only=True)
class CircuitBreaker:
    """A refusal opens it. A successful credits call, which is free, closes it again."""

    runtime: Runtime
    provider: ImageProvider
    least_credits: float
    #: The troubles of which the operator was notified.
    notified: Collection[Trouble]
    #: Sent when it has found something out that other processes do not know.
    has_news: WakeUp = field(default_factory=WakeUp)
    #: Counts what it has found out.
    finds: int = field(init=False, default=0)
    #: Why it is open.
    trouble: Trouble | None = field(init=False, default=None)
    #: The model was refused, and no request has been accepted since.
    _is_model_refused: bool = field(init=False, default=False)
    _has_asked: bool = field(init=False, default=False)
    _closed: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _opened: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._closed.set()

    @property
    def is_open(self) -> bool:
        return self.trouble is not None

    @property
    def failure(self) -> Failure | None:
        """Return the failure of jobs that end while they wait for it to close."""
        return None if self.trouble is None else _FAILURES[self.trouble]

    def troubles(self) -> Mapping[Trouble, bool]:
        """Return nothing about the account before it was asked for."""
        judged = {Trouble.MODEL: self._is_model_refused}
        if self._has_asked or self.is_open:
            judged |= {kind: self.trouble is kind for kind in (Trouble.KEY, Trouble.CREDITS)}
        return judged

    def check(self) -> None:
        """Refuse a new request while the operator has a problem to fix."""
        if self.trouble is not None:
            raise ServicePaused(is_operator_notified=self.trouble in self.notified)

    async def closed(self) -> None:
        """Return once requests may be sent."""
        await self._closed.wait()

    def trip(self, error: KeyRefused | CreditSpent | ModelRefused) -> None:
        trouble = _trouble_of(error)
        if trouble is self.trouble:
            return
        if trouble is not Trouble.MODEL or not self._is_model_refused:
            log.error("requests are paused", why=_ADVICE[trouble], note=error.note)
        self._is_model_refused |= trouble is Trouble.MODEL
        self._open(trouble)
        self._tell()

    def accepted(self) -> None:
        """The provider has accepted a request: key, credits and model are in order."""
        if self._is_model_refused:
            self._is_model_refused = False
            log.info("the provider accepts the model again")
            self._tell()

    @property
    def news(self) -> AccountNews:
        return AccountNews(trouble=self.trouble, is_model_refused=self._is_model_refused)

    def learn(self, news: AccountNews) -> None:
        """Take over what another process has found out."""
        self._is_model_refused = news.is_model_refused
        if news.trouble is self.trouble:
            return
        if news.trouble is None:
            self._close()
        else:
            log.warning("requests are paused, as another process says", why=_ADVICE[news.trouble])
            self._open(news.trouble)

    async def run(self) -> None:
        """Check the account at the start, then again and again while open."""
        wait = await self._ask()
        while True:
            await self._opened.wait()
            await self.runtime.clock.sleep(MODEL_RETRY_SECONDS if self.trouble is Trouble.MODEL else wait)
            wait = await self._ask()

    async def _ask(self) -> float:
        """Ask for the credits; return the seconds until it may be asked again."""
        try:
            left = await self.provider.credits()
        except (KeyRefused, CreditSpent) as error:
            self.trip(error)
        except RateLimited as error:
            return max(RETRY_SECONDS, error.retry_after_seconds)
        except ProviderError as error:
            log.warning("the account could not be checked", note=error.note)
        else:
            self._has_asked = True
            if left < self.least_credits:
                self.trip(CreditSpent(f"{left:.4f} USD left"))
            elif self.is_open:
                self._close()
                self._tell()
        return RETRY_SECONDS

    def _tell(self) -> None:
        self.finds += 1
        self.has_news.send()

    def _open(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self._closed.clear()
        self._opened.set()
        self.runtime.metrics.breaker_open.set(1)

    def _close(self) -> None:
        if self.trouble is not Trouble.MODEL:
            log.info("requests are resumed", why="the provider's account is in order again")
        self.trouble = None
        self._opened.clear()
        self._closed.set()
        self.runtime.metrics.breaker_open.set(0)


def _trouble_of(error: KeyRefused | CreditSpent | ModelRefused) -> Trouble:
    if isinstance(error, KeyRefused):
        return Trouble.KEY
    return Trouble.CREDITS if isinstance(error, CreditSpent) else Trouble.MODEL
