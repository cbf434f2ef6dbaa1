"""Snowflakes: Discord's ids, which carry the millisecond of their creation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from standins.clock import Clock

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_PER_MILLISECOND = 1 << 22


class Snowflakes:
    """Makes strictly growing ids, even if more are needed than fit into one millisecond."""

    def __init__(self, clock: Clock, began_at: datetime | None = None) -> None:
        """If `began_at` is given, ids are of that moment until `go_on`: the same things get the same ids."""
        self._clock = clock
        self._stands_at = began_at
        self.last = 0

    def next(self) -> int:
        self.last = max(self.last + 1, snowflake_at(self._stands_at or self._clock.now()))
        return self.last

    def go_on(self, after: int = 0) -> None:
        """Follow the clock from here on, with ids that are larger than `after`."""
        self._stands_at = None
        self.last = max(self.last, after)


def snowflake_at(moment: datetime) -> int:
    """The smallest id of that millisecond."""
    return (moment - DISCORD_EPOCH) // timedelta(milliseconds=1) * _PER_MILLISECOND


def made_at(snowflake: int) -> datetime:
    """The moment that an id carries."""
    return DISCORD_EPOCH + timedelta(milliseconds=snowflake // _PER_MILLISECOND)
