"""Snowflakes: Discord's ids, which carry the millisecond of their making."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.sandbox.fake_discord.clock import Clock

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_PER_MILLISECOND = 1 << 22


class Snowflakes:
    """Makes ids that grow strictly, also when more are asked for than a millisecond has room for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        self._last = max(self._last + 1, snowflake_at(self._clock.now()))
        return self._last


def snowflake_at(moment: datetime) -> int:
    """The smallest id of that millisecond."""
    return (moment - DISCORD_EPOCH) // timedelta(milliseconds=1) * _PER_MILLISECOND


def made_at(snowflake: int) -> datetime:
    """The moment that an id carries."""
    return DISCORD_EPOCH + timedelta(milliseconds=snowflake // _PER_MILLISECOND)
