"""Landings: how late the provider's history shows accepted requests. This is measured now and then.

One accepted request at a time is looked up by its id, starting after a minute, until the history has it.
Mostly this takes one call in ten minutes, which waits behind all that members wait for. Besides, whenever the
history is read because of a doubtful submit, it has to show the requests accepted since then.
"""

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.domain.errors import ProviderError, RateLimited
from bot.domain.history_delay import DOUBT_ENDS, ENOUGH, REMEMBERED, patience
from bot.domain.ids import RequestId
from bot.services.protocols import ImageProvider
from bot.services.provider.any_pacer import AnyPacer
from bot.services.runtime import Runtime
from bot.store.pictures import landings

log = structlog.stdlib.get_logger(__name__)

#: The time between two measurements, once enough are known.
EVERY_SECONDS = 600.0
#: The ages at which a request is looked up until it is there. An earlier look would be useless: see `FLOOR`.
LOOKED_UP_AT_SECONDS = (60, 90, 120, 180, 240, 360, 480, 720, 960, 1440, 1920, 2880, 3600)
#: How many of the newest accepted requests are compared when the history is read.
ACCEPTED_KNOWN = 200


@dataclass(slots=True, kw_only=True)
class Landings:
    runtime: Runtime
    provider: ImageProvider
    pacer: AnyPacer
    _seen: deque[timedelta] = field(init=False, default_factory=lambda: deque(maxlen=REMEMBERED))
    #: The age of the request that is being looked up, when it was last missing.
    _still_missing: timedelta = field(init=False, default=timedelta(0))
    _to_look_up: asyncio.Future[RequestId] | None = field(init=False, default=None)
    #: With the model, and the time by the monotonic clock, oldest first.
    _accepted: deque[tuple[RequestId, str, float]] = field(
        init=False, default_factory=lambda: deque(maxlen=ACCEPTED_KNOWN)
    )

    @property
    def patience(self) -> timedelta:
        """The time after which a request that is absent from the history surely was never accepted."""
        return patience(self._seen, self._still_missing)

    def patience_after(self, since: float, shown: Collection[RequestId], model: str) -> timedelta:
        """Return the same, but longer if the history of a model lacks a request that was accepted since then.

        `since` is by the monotonic clock. An accepted request that is not `shown` proves the delay.
        """
        now = self.runtime.clock.monotonic()
        missing = [
            now - at
            for request_id, its_model, at in self._accepted
            if at >= since and its_model == model and request_id not in shown
        ]
        return patience(self._seen, max(self._still_missing, timedelta(seconds=max(missing, default=0.0))))

    async def learn(self) -> None:
        """Read the stored measurements, in place of what is known."""
        stored = await self.runtime.database.read(landings.newest, limit=REMEMBERED)
        self._seen.clear()
        self._seen.extend(stored)
        self._update_metric()

    def accepted(self, request_id: RequestId, model: str) -> None:
        """The provider has just accepted the request. It may be the next one to be looked up."""
        self._accepted.append((request_id, model, self.runtime.clock.monotonic()))
        if self._to_look_up is not None and not self._to_look_up.done():
            self._to_look_up.set_result(request_id)

    async def run(self) -> None:
        while True:
            self._to_look_up = asyncio.get_running_loop().create_future()
            await self._look_up(await self._to_look_up)
            if len(self._seen) >= ENOUGH:
                await self.runtime.clock.sleep(EVERY_SECONDS)

    async def _look_up(self, request_id: RequestId) -> None:
        """Look the request up until the history has it. After an error, nothing is learned."""
        accepted_at = self.runtime.clock.monotonic()
        try:
            for age in LOOKED_UP_AT_SECONDS:
                await self.runtime.clock.sleep(accepted_at + age - self.runtime.clock.monotonic())
                await self.pacer.poll_turn()
                row = await self.provider.history_row(request_id)
                landed_after = timedelta(seconds=self.runtime.clock.monotonic() - accepted_at)
                if row is not None:
                    break
                self._still_missing = landed_after
                self._update_metric()
            await self.landed(landed_after)
        except RateLimited as error:
            self.pacer.pause(error.retry_after_seconds)
        except ProviderError as error:
            log.info("the delay of the history could not be measured", note=error.note)
        finally:
            self._still_missing = timedelta(0)
            self._update_metric()

    async def landed(self, after: timedelta) -> None:
        """Record that a request has just appeared in the history, or that the search for it has ended."""
        self._seen.append(min(after, DOUBT_ENDS))
        self.runtime.metrics.landing_seconds.observe(after.total_seconds())
        self._update_metric()
        with self.runtime.outages.survived("landings"):
            await self.runtime.database.write(
                landings.keep, self._seen[-1], at=self.runtime.clock.now(), most=REMEMBERED
            )

    def _update_metric(self) -> None:
        self.runtime.metrics.landing_patience_seconds.set(self.patience.total_seconds())
