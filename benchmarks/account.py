"""The provider in virtual time: how long pictures take, and how many requests a minute has room for."""

import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.latencies import Shape
from bot.domain.clock import Clock
from bot.domain.errors import RateLimited
from bot.domain.ids import RequestId
from bot.domain.provider import Inputs, Result, Status
from tests.services.outsides import FakeProvider

WINDOW_SECONDS = 60.0


class MinuteLimit:
    """At most `per_minute` requests in any 60 seconds; refused ones do not count."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._taken: deque[float] = deque()
        self.refused = 0

    def take(self, now: float) -> float:
        """Count a request made at `now`. Returns 0; or, for a refused one, the seconds until one is free."""
        while self._taken and self._taken[0] + WINDOW_SECONDS <= now:
            self._taken.popleft()
        if len(self._taken) < self._per_minute:
            self._taken.append(now)
            return 0.0
        self.refused += 1
        return self._taken[0] + WINDOW_SECONDS - now


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A picture whose end was seen: by how many requests, submit and result included, and how late."""

    requests: int
    provider_seconds: float
    waiting_seconds: float


class Account(FakeProvider):
    """Remembers what it took to see the end of each picture, in the order in which they were seen."""

    def __init__(self, clock: Clock, shape: Shape, limit: MinuteLimit, *, seed: int) -> None:
        super().__init__(clock)
        self.limit = limit
        self.seen: list[SearchResult] = []
        self._shape = shape
        self._rng = random.Random(seed)
        self._requests: Counter[RequestId] = Counter()

    async def submit(self, inputs: Inputs, may_leave: Callable[[], Awaitable[bool]]) -> RequestId:
        self._take()
        self.seconds = self._shape.draw(self._rng)
        request_id = await super().submit(inputs, may_leave)
        self._requests[request_id] += 1
        return request_id

    async def status(self, request_id: RequestId) -> Status:
        self._take()
        self._requests[request_id] += 1
        return await super().status(request_id)

    async def result(self, request_id: RequestId) -> Result | Status:
        self._take()
        self._requests[request_id] += 1
        request = self.accepted[request_id]
        waited = (self.clock.now() - request.at).total_seconds() - request.ends_after
        self.seen.append(SearchResult(self._requests[request_id], request.ends_after, waited))
        return await super().result(request_id)

    def _take(self) -> None:
        if (retry_after_seconds := self.limit.take(self.clock.monotonic())) > 0:
            raise RateLimited("too many requests", retry_after_seconds)
