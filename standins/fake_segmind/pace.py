"""The pace at which the stand-in works."""

import asyncio

from standins.clock import Clock


class Pace:
    """Work done since the start, in seconds of work: `speed` of them in each second of the clock.

    Not a clock: pictures can be made faster while everything else, such as the rate limit, takes its usual
    time. A change of speed takes effect at once, also for work that is under way; a sleep is not changed.
    """

    def __init__(self, clock: Clock, speed: float = 1.0) -> None:
        self._clock = clock
        self._speed = self._checked(speed)
        self._anchor_seconds = clock.monotonic()
        self._done_seconds = 0.0
        self._naps: set[asyncio.Task[None]] = set()

    @staticmethod
    def _checked(speed: float) -> float:
        if speed <= 0:
            raise ValueError(f"nothing is ever finished at speed {speed}")
        return speed

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._done_seconds = self.done_seconds()
        self._anchor_seconds = self._clock.monotonic()
        self._speed = self._checked(speed)
        for nap in self._naps:
            nap.cancel()

    def done_seconds(self) -> float:
        return self._done_seconds + (self._clock.monotonic() - self._anchor_seconds) * self._speed

    async def work_until(self, done_seconds: float) -> None:
        """Return as soon as `done_seconds()` has reached the given mark."""
        while (left := done_seconds - self.done_seconds()) > 0:
            nap = asyncio.ensure_future(self._clock.sleep(left / self._speed))
            self._naps.add(nap)
            try:
                await asyncio.wait({nap})
            finally:
                self._naps.discard(nap)
                nap.cancel()
