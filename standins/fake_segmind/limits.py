"""The account's requests per minute, and the one header about them."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from standins.clock import Clock
from standins.fake_segmind.faults import Route

WINDOW = timedelta(minutes=1)
COUNTED = frozenset({Route.SUBMIT, Route.RUN, Route.STATUS, Route.RESULT})
RESET_HEADER = "x-rate-limit-reset-at-utc"


class ResetFormat(StrEnum):
    """The real format is not known, so a client has to understand each of these."""

    EPOCH_SECONDS = "epoch_seconds"
    EPOCH_MILLISECONDS = "epoch_milliseconds"
    ISO = "iso"
    PLAIN = "plain"


FORMATTERS: dict[ResetFormat, Callable[[datetime], str]] = {
    ResetFormat.EPOCH_SECONDS: lambda at: str(int(at.timestamp()) + 1),
    ResetFormat.EPOCH_MILLISECONDS: lambda at: str(int(at.timestamp() * 1000) + 1),
    ResetFormat.ISO: lambda at: at.isoformat().replace("+00:00", "Z"),
    ResetFormat.PLAIN: lambda at: (at + timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S"),
}


class RateLimit:
    """`per_minute` None: no limit. Both knobs may be turned while it runs."""

    def __init__(self, clock: Clock, per_minute: int | None, *, polls_count: bool) -> None:
        self.per_minute = per_minute
        self.polls_count = polls_count
        self.reset_format = ResetFormat.ISO
        self._clock = clock
        self._taken: deque[datetime] = deque()

    def refuses(self, route: str) -> datetime | None:
        """Count the request; if it is one too many, return when the next one is allowed."""
        if self.per_minute is None or not self._counts(route):
            return None
        now = self._clock.now()
        while self._taken and self._taken[0] <= now - WINDOW:
            self._taken.popleft()
        if len(self._taken) >= self.per_minute:
            return self._taken[0] + WINDOW
        self._taken.append(now)
        return None

    def header(self, reset_at: datetime) -> dict[str, str]:
        return {RESET_HEADER: FORMATTERS[self.reset_format](reset_at.astimezone(UTC))}

    def _counts(self, route: str) -> bool:
        return route in COUNTED and (self.polls_count or route != Route.STATUS)
