"""How old something is, even if somebody sets the machine's clock meanwhile."""

from datetime import datetime

from bot.domain.clock import Clock


class Stopwatch:
    """The age at the start is the clock's word; from then on seconds are counted."""

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
