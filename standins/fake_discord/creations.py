"""The daily limit on new commands, for all guilds and in each. Knows no command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from standins.clock import Clock
from standins.fake_discord.errors import creations_are_spent

MOST_A_DAY = 200
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Day:
    began_at: datetime
    left: int


class Creations:
    """Counted for each guild by its id, and for all guilds under None; a day begins with its first creation.

    A command that replaces one of the same name does not count; one that was deleted and comes back does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._days: dict[int | None, _Day] = {}

    def left(self, guild_id: int | None = None) -> int:
        return self._today(guild_id).left

    def leave(self, count: int, guild_id: int | None = None) -> None:
        """Leave this many, until a day from now."""
        self._days[guild_id] = _Day(self._clock.now(), count)

    def spend(self, count: int, guild_id: int | None) -> None:
        """Count all of them. Raises ApiError 30034, and counts none, if fewer are left."""
        today = self._today(guild_id)
        if count > today.left:
            raise creations_are_spent(MOST_A_DAY)
        if count:
            self._days[guild_id] = _Day(today.began_at, today.left - count)

    def _today(self, guild_id: int | None) -> _Day:
        now = self._clock.now()
        today = self._days.get(guild_id)
        return _Day(now, MOST_A_DAY) if today is None or now - today.began_at >= _DAY else today
