"""Virtual time, for the stand-ins and for every test that lives in one process."""

import asyncio
import heapq
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol


class Clock(Protocol):
    """The time as the stand-ins see it. The bot's has the same shape, but neither may import the other."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some moment; never jumps."""

    async def sleep(self, seconds: float) -> None:
        """Return `seconds` later by `monotonic`."""


class VirtualClock:
    """The one clock of tests and stand-ins. In each real second, `speed` seconds pass.

    Started at a speed of 0, time stands still, and sleepers wait until `wake_next` moves time on to the first
    of them. With `auto_advance`, each sleep moves time on itself and returns at once.
    """

    def __init__(
        self, start_at: datetime | None = None, *, speed: float = 1.0, auto_advance: bool = False
    ) -> None:
        self._at = start_at or datetime.now(UTC)
        self._seconds = 1000.0
        self._anchor = time.monotonic()
        self._speed = speed
        self._is_held = False
        self._auto_advance = auto_advance
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=self._since_anchor())

    def monotonic(self) -> float:
        return self._seconds + self._since_anchor()

    def _since_anchor(self) -> float:
        return 0.0 if self._is_held else (time.monotonic() - self._anchor) * self._speed

    async def sleep(self, seconds: float) -> None:
        if self._auto_advance:
            self.pass_by(max(0.0, seconds))
        if seconds <= 0 or self._auto_advance:
            await asyncio.sleep(0)
        elif self._speed:
            await asyncio.sleep(seconds / self._speed)
        else:
            await self._sleep_until(self._seconds + seconds)

    async def _sleep_until(self, due: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (due, next(self._numbers), woken))
        await woken

    def wake_next(self, until: float = float("inf")) -> bool:
        """Move on to the next sleeper due by the monotonic time `until`; False if there is none."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if not self._sleepers or self._sleepers[0][0] > until:
            return False
        due, _, woken = heapq.heappop(self._sleepers)
        self.pass_by(max(0.0, due - self.monotonic()))
        woken.set_result(None)
        return True

    def pass_by(self, seconds: float) -> None:
        """Let time pass at once, without waking anyone: the process was stopped, or busy."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        seconds += self._since_anchor()
        self._anchor = time.monotonic()
        self._seconds += seconds
        self._at += timedelta(seconds=seconds)

    def jump(self, by: timedelta) -> None:
        """Set the time of day, as someone may set the machine's clock: no time passes."""
        self._at += by

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        """Change the speed. Sleepers wake as late as before. Use `hold` to stop a clock that runs."""
        if speed <= 0:
            raise ValueError(f"time cannot run at speed {speed}")
        self.pass_by(0.0)
        self._speed = speed

    def hold(self) -> None:
        """Stop the hands until `release`, so that nothing expires; sleepers still wake as before."""
        self.pass_by(0.0)
        self._is_held = True

    def release(self) -> None:
        self._is_held = False
        self._anchor = time.monotonic()
