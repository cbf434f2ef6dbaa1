"""When a shard may begin a session. Discord allows so many a day, and resets the token of who begins more.

A session that cannot be resumed is begun anew (IDENTIFY). If Discord refuses each of them, as on its bad
days, they would be spent within an hour and a half.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable

import discord
import structlog

from bot.chat.gateway.pauses import Pauses
from bot.chat.ladder import DISCORD_ERRORS, reason
from bot.domain.clock import Clock
from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)

#: Discord's own: one IDENTIFY for each of `max_concurrency` groups of shards.
SECONDS_BETWEEN = 5.0
#: After a session that Discord refused; an hour of these takes 180 of 1,000 starts.
IN_VAIN = Pauses(first_seconds=5.0, longest_seconds=20.0)
READ_SECONDS = 5.0
#: Below this share, what is left is spread over the time until there are more; below the second, also the
#: first start of a process, which may be one of many.
SPREAD_BELOW, LOW_BELOW = 0.5, 0.1

Read = Callable[[], Awaitable[discord.SessionStartLimits]]
_READ_ERRORS: tuple[type[Exception], ...] = (*DISCORD_ERRORS, discord.GatewayNotFound, KeyError, TypeError)


class SessionStarts:
    def __init__(self, *, read: Read, clock: Clock, rng: random.Random, metrics: Metrics) -> None:
        self._read = read
        self._clock = clock
        self._rng = rng
        self._metrics = metrics
        #: As usual, until Discord says it.
        self._limits = discord.SessionStartLimits(
            total=1000, remaining=1000, reset_after=86_400_000, max_concurrency=1
        )
        self._in_vain: Counter[int] = Counter()
        self._groups: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._started: dict[int, float] = {}
        self._is_told = False
        #: Until when a start is held back because few are left; in the past if none is.
        self.held_until = clock.monotonic()

    async def turn(self, shard_id: int) -> None:
        """Return when this shard may begin a session, which is counted."""
        await self._look()
        group = shard_id % max(1, self._limits.max_concurrency)
        async with self._groups[group]:
            await self._clock.sleep(self._pause(shard_id, group))
            self._started[group] = self._clock.monotonic()
            self._in_vain[shard_id] += 1
            self._count()

    def lasted(self, shard_id: int) -> None:
        """The session of this shard was worth its start."""
        del self._in_vain[shard_id]

    def _pause(self, shard_id: int, group: int) -> float:
        now = self._clock.monotonic()
        before = self._started.get(group, now - SECONDS_BETWEEN)
        in_vain = IN_VAIN.after(self._in_vain[shard_id], self._rng)
        pause = before + max(SECONDS_BETWEEN, in_vain, self._spread(shard_id)) - now
        if pause > IN_VAIN.longest_seconds:
            self.held_until = now + pause
            log.warning("few sessions are left: waiting before the next one", seconds=round(pause))
        return pause

    def _spread(self, shard_id: int) -> float:
        """What is between two starts if those that are left have to last until there are more."""
        limits = self._limits
        share = SPREAD_BELOW if self._in_vain[shard_id] else LOW_BELOW
        if limits.remaining >= limits.total * share:
            return 0.0
        return limits.reset_after / 1000 / max(1, limits.remaining)

    async def _look(self) -> None:
        """What cannot be read is as it was, less what was begun since."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                self._limits = await self._read()
        except _READ_ERRORS as error:
            log.info("session starts cannot be read", why=reason(error))
        self._tell()

    def _count(self) -> None:
        self._limits.remaining = max(0, self._limits.remaining - 1)
        self._tell()

    def _tell(self) -> None:
        limits = self._limits
        self._metrics.session_starts_left.set(limits.remaining)
        is_low = limits.remaining < limits.total * LOW_BELOW
        if is_low and not self._is_told:
            log.warning(
                "few sessions are left before Discord resets the bot's token: see whether another program "
                "uses it, or this one is started again and again",
                left=limits.remaining,
                of=limits.total,
                more_in_seconds=round(limits.reset_after / 1000),
            )
        self._is_told = is_low
