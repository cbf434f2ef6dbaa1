"""Elapsed time, although one clock may be set and the other stops while the machine sleeps."""

from datetime import datetime

from bot.domain.clock import Clock

#: After a longer pause, another process may have taken over what this one is about to do.
LONGEST_PAUSE_SECONDS = 2.0


class Stopwatch:
    """Measures an age. Only the age at the start trusts the time of day; after that, seconds are counted."""

    def __init__(self, clock: Clock, since: datetime) -> None:
        self._clock = clock
        self._before = max(0.0, (clock.now() - since).total_seconds())
        self._started = clock.monotonic()

    @property
    def watched_seconds(self) -> float:
        return self._clock.monotonic() - self._started

    @property
    def age_seconds(self) -> float:
        return self._before + self.watched_seconds


class Moment:
    """A moment from which this process checks later that it has not slept since.

    It believes the clock that shows more: one stands still while the machine sleeps, the other may be set.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.at: datetime = clock.now()
        self._monotonic = clock.monotonic()

    @property
    def seconds_ago(self) -> float:
        return max(self._clock.monotonic() - self._monotonic, (self._clock.now() - self.at).total_seconds())

    @property
    def is_long_ago(self) -> bool:
        return self.seconds_ago > LONGEST_PAUSE_SECONDS
