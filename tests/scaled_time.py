"""Time that runs faster than the machine's, and the same for all processes that are told of it.

Every wait of the bot's own is as long by this clock as by any other: its rules are not weakened, they pass
sooner. The stand-ins live by the same clock, so that what lands late in the history lands late by it.
"""

import asyncio
import os
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
