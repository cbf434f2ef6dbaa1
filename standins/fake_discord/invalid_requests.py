"""Cloudflare's ban: an address with too many refused requests is shut out for a while.

There is one address here: all clients of the stand-in share it.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from standins.clock import Clock

COUNTED = frozenset({401, 403, 429})
"""Answers that make a request an invalid one; a 429 of a limit that others share does not."""
PAGE = """<!DOCTYPE html>
<html lang="en-US">
<head><title>Access denied | discord.com used Cloudflare to restrict access</title></head>
<body><h1>Error 1015</h1><h2>You are being rate limited</h2></body>
</html>
"""
_WINDOW = timedelta(minutes=10)


class InvalidRequests:
    """Counts by the stand-in's clock. More than `most` in ten minutes lead to a ban; a test can lower it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: deque[datetime] = deque()
        self._blocked_until: datetime | None = None
        self.most = 10_000
        self.block_seconds = 3600.0
        """Discord does not say how long a ban is; an hour has been seen."""
        self.blocks = 0
        """How many bans there were."""

    @property
    def counted(self) -> int:
        """The number in the last ten minutes."""
        since = self._clock.now() - _WINDOW
        while self._times and self._times[0] <= since:
            self._times.popleft()
        return len(self._times)

    @property
    def blocked_seconds(self) -> float:
        """The rest of the ban in seconds; 0 without a ban."""
        if self._blocked_until is None:
            return 0.0
        return max(0.0, (self._blocked_until - self._clock.now()).total_seconds())

    def count(self, status: int | None, *, is_shared: bool) -> None:
        if status not in COUNTED or is_shared:
            return
        self._times.append(self._clock.now())
        if self.counted >= self.most:
            self.block()

    def block(self) -> None:
        """Begin a ban, and start counting from zero."""
        self._times.clear()
        self.blocks += 1
        self._blocked_until = self._clock.now() + timedelta(seconds=self.block_seconds)
