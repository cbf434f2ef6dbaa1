"""A clock that stands still until a test moves it, and then moves from one sleeper to the next."""

import asyncio
import heapq
from datetime import datetime, timedelta
from itertools import count

from tests.builders import NOON


class SteppedClock:
    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._monotonic = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, next(self._numbers), woken))
        await woken

    def pass_by(self, seconds: float) -> None:
        """Let time go by without waking anybody: the process was stopped, or busy."""
        self._monotonic += seconds
        self._now += timedelta(seconds=seconds)

    def jump(self, by: timedelta) -> None:
        """Set the machine's clock, as somebody may: no time passes."""
        self._now += by

    def wake_next(self, until: float = float("inf")) -> bool:
        """Move on to the next sleeper due by the monotonic time `until`; False if there is none."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if not self._sleepers or self._sleepers[0][0] > until:
            return False
        due, _, woken = heapq.heappop(self._sleepers)
        self.pass_by(max(0.0, due - self._monotonic))
        woken.set_result(None)
        return True
