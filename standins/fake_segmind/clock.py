"""The stand-in's idea of time, and how fast it works. Knows nothing of HTTP."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time and waits by it."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime."""

    def monotonic(self) -> float:
        """Seconds since some moment; never jumps."""

    async def sleep(self, seconds: float) -> None:
        """Return `seconds` later by `monotonic`."""


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Pace:
    """Work done since the start, in seconds of work: `speed` of them in each second of the clock.

    A change of speed holds at once, also for work that is under way.
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
