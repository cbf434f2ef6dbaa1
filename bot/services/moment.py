"""Whether so little time has passed since a moment that this process cannot have slept in between."""

from datetime import datetime

from bot.domain.clock import Clock

#: Longer, and another process may have taken over meanwhile what this one is about to do.
LONGEST_PAUSE_SECONDS = 2.0


class Moment:
    """By both clocks: one of them stands still while the machine sleeps, the other may be set."""

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
