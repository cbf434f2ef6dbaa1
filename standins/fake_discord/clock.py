"""The stand-in's idea of time. Knows nothing of Discord."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time; the stand-in only ever asks, it never sets."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime; it must not run backwards."""


class SpeedClock:
    """Starts with the wall clock and runs `speed` times as fast; `speed` may change at any moment.

    At ten times the 15 minutes that an interaction token lives are over in 90 s.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._anchor_at = datetime.now(UTC)
        self._anchor_seconds = time.monotonic()

    def now(self) -> datetime:
        elapsed_seconds = time.monotonic() - self._anchor_seconds
        return self._anchor_at + timedelta(seconds=elapsed_seconds * self._speed)

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed <= 0:
            raise ValueError(f"time cannot run at speed {speed}")
        self._anchor_at, self._anchor_seconds = self.now(), time.monotonic()
        self._speed = speed


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, start_at: datetime) -> None:
        self._now = start_at

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._now += timedelta(seconds=seconds)
