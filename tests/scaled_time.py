"""Time that runs faster than the machine's, and the same for all processes that are told of it.

Every wait of the bot's own is as long by this clock as by any other: its rules are not weakened, they pass
sooner. The stand-ins live by the same clock, so that what lands late in the history lands late by it.
"""

import asyncio
import os
import selectors
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """Satisfies the bot's `Clock`, and those of both stand-ins."""

    speed: float
    #: Seconds since 1970 at which this clock and the machine's agree.
    anchor: float

    @classmethod
    def starting_now(cls, speed: float) -> Self:
        return cls(speed, time.time())

    @classmethod
    def of_environment(cls) -> Self:
        """As whoever started this process says."""
        return cls(float(os.environ["CLOCK_SPEED"]), float(os.environ["CLOCK_ANCHOR"]))

    @property
    def environment(self) -> dict[str, str]:
        return {"CLOCK_SPEED": repr(self.speed), "CLOCK_ANCHOR": repr(self.anchor)}

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.anchor + (time.time() - self.anchor) * self.speed, UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds / self.speed))


class ScaledLoop(asyncio.SelectorEventLoop):
    """An event loop whose own time runs faster: also what others wait for in it, down to each timeout."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        super().__init__(_HastySelector(speed))

    def time(self) -> float:
        return super().time() * self._speed


class _HastySelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout if timeout is None else timeout / self._speed)


class LoopClock(ScaledClock):
    """The same in a process whose event loop is a `ScaledLoop`."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
