"""Time that runs faster than the machine's, and is the same in several processes.

A `VirtualClock` lives in one process and starts when it is made. The clocks here can be passed on in the
environment, so that bot and stand-ins agree about the time. Every wait of the bot is as long by such a
clock as by any other: its rules are not weakened, the waits only take less real time.
"""

import asyncio
import mmap
import os
import selectors
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """A clock at a fixed speed: two numbers say all about it."""

    speed: float
    #: Seconds since 1970 at which this clock and the machine's agree.
    anchor: float

    @classmethod
    def starting_now(cls, speed: float) -> Self:
        return cls(speed, time.time())

    @classmethod
    def of_environment(cls) -> Self:
        """The clock of the process that started this one."""
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


class ChangingClock:
    """Like `ScaledClock`, but its speed may change; all processes see each change at once, through a file.

    At 360 times the speed, a request that has to leave within two seconds has five milliseconds. So time runs
    fast only while everything waits.
    """

    #: The machine's monotonic time of the latest change, the seconds gone by then, and the speed since.
    LAYOUT = struct.Struct("ddd")

    def __init__(self, path: Path, began_at: float) -> None:
        """`began_at` is in Unix time, the same in all processes."""
        self._path, self._began_at = path, began_at
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), self.LAYOUT.size)

    @classmethod
    def starting_now(cls, path: Path, speed: float) -> Self:
        path.write_bytes(cls.LAYOUT.pack(time.monotonic(), 0.0, speed))
        return cls(path, time.time())

    @classmethod
    def of_environment(cls) -> Self:
        return cls(Path(os.environ["CLOCK_FILE"]), float(os.environ["CLOCK_ANCHOR"]))

    @property
    def environment(self) -> dict[str, str]:
        return {"CLOCK_FILE": str(self._path), "CLOCK_ANCHOR": repr(self._began_at)}

    def _latest(self) -> tuple[float, float, float]:
        """Read until two readings agree: another process may be writing."""
        before = self._shared[:]
        while (again := self._shared[:]) != before:
            before = again
        changed, passed, speed = self.LAYOUT.unpack(before)
        return changed, passed, speed

    @property
    def speed(self) -> float:
        return self._latest()[2]

    @speed.setter
    def speed(self, speed: float) -> None:
        changed, passed, before = self._latest()
        now = time.monotonic()
        self._shared[:] = self.LAYOUT.pack(now, passed + (now - changed) * before, speed)

    def monotonic(self) -> float:
        changed, passed, speed = self._latest()
        return passed + (time.monotonic() - changed) * speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._began_at + self.monotonic(), UTC)

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        await asyncio.sleep(0)
        while (left := until - self.monotonic()) > 0:  # noqa: ASYNC110  another process may change the speed
            await asyncio.sleep(min(left / self.speed, LONGEST_BLINDNESS_SECONDS))


#: How many real seconds a change of speed may go unnoticed.
LONGEST_BLINDNESS_SECONDS = 0.02


class ChangingLoop(asyncio.SelectorEventLoop):
    """An event loop that lives by a `ChangingClock`."""

    def __init__(self, clock: ChangingClock) -> None:
        self._by = clock
        super().__init__(_HastySelector(lambda: clock.speed, LONGEST_BLINDNESS_SECONDS))

    def time(self) -> float:
        return self._by.monotonic()


class ChangingLoopClock(ChangingClock):
    """The same in a process whose event loop is a `ChangingLoop`, which already sleeps by this clock."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class ScaledLoop(asyncio.SelectorEventLoop):
    """An event loop whose own time runs faster: also what others wait for in it, down to each timeout."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        super().__init__(_HastySelector(lambda: speed))

    def time(self) -> float:
        return super().time() * self._speed


class _HastySelector(selectors.DefaultSelector):
    def __init__(self, speed: Callable[[], float], longest_seconds: float | None = None) -> None:
        super().__init__()
        self._speed, self._longest = speed, longest_seconds

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        real = None if timeout is None else timeout / self._speed()
        if real is not None and self._longest is not None:
            real = min(real, self._longest)
        return super().select(real)


class LoopClock(ScaledClock):
    """The same in a process whose event loop is a `ScaledLoop`, which already sleeps by this clock."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
