"""Checks that clients send heartbeats as often as HELLO asked. Knows no other frames."""

from __future__ import annotations

import time
from collections.abc import Callable

#: How late a heartbeat may be, as a share of the interval, before it counts as missed.
LEEWAY = 0.2


class Heartbeats:
    """The heartbeats of all connections; `interval_seconds` is what the next HELLO asks for."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self.interval_seconds = 41.25
        self.least_patience_seconds = 20.0
        self.heard = 0
        self.missed = 0
        self.latest_seconds = 0.0
        """How late the most delayed heartbeat was."""
        self._due: dict[object, tuple[float, float]] = {}

    @property
    def patience_seconds(self) -> float:
        """The time that a client may be silent before its session times out."""
        return max(self.least_patience_seconds, 2 * self.interval_seconds)

    def begin(self, connection: object) -> None:
        interval = self.interval_seconds
        self._due[connection] = self._now() + interval, interval

    def hear(self, connection: object) -> None:
        self.heard += 1
        self._note_lateness(connection)
        self.begin(connection)

    def end(self, connection: object) -> None:
        """The connection is gone; heartbeats that were due before count as missed."""
        self._note_lateness(connection)
        self._due.pop(connection, None)

    def _note_lateness(self, connection: object) -> None:
        due, interval = self._due[connection]
        late = self._now() - due
        self.latest_seconds = max(self.latest_seconds, late)
        self.missed += late > interval * LEEWAY
