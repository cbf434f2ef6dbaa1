"""Lets a shard start a session (IDENTIFY) when it may.

Discord resets the token of a bot that starts too many. A session that cannot be resumed has to be started
again. If Discord refuses each of them, as in its outages, the 1,000 starts of a day would be used up within
an hour and a half.
"""

import asyncio
import math
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import discord
import structlog

from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.ops import state_file
from bot.ops.metrics import Metrics
from bot.services.shards import ALL_GROUPS

log = structlog.stdlib.get_logger(__name__)

#: Discord's own: one IDENTIFY for each of `max_concurrency` groups of shards.
SECONDS_BETWEEN = 5.0
#: Over several gateways: each writes its start down, and a busy machine sends the IDENTIFY a moment later.
SECONDS_BETWEEN_GATEWAYS = 6.0
#: After a session that Discord refused; an hour of these takes 180 of 1,000 starts.
IN_VAIN = Backoff.doubling(5.0, 20.0)
#: Before the first session of a process, by how many starts earlier processes are ahead of what was due.
AHEAD = Backoff.doubling(5.0, math.inf)
READ_SECONDS = 10.0
#: Below this share, the remaining starts are spread over the time until the reset. Below the second one, a
#: warning is logged, and processes that restart again and again slow down, too.
SPREAD_BELOW, LOW_BELOW = 0.5, 0.1

Read = Callable[[], Awaitable[discord.SessionStartLimits]]
_READ_ERRORS: tuple[type[Exception], ...] = (*DISCORD_ERRORS, discord.GatewayNotFound, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The number of sessions started beyond a sustainable rate, at a moment (Unix time)."""

    starts: float = 0.0
    at: float = 0.0

    @classmethod
    def read(cls, path: Path) -> "Ahead":
        state = state_file.read(path)
        return cls(state.get("starts", 0.0), state.get("at", 0.0))

    def write(self, path: Path) -> None:
        state_file.write(path, {"starts": self.starts, "at": self.at})

    def later(self, now: float, spread_seconds: float) -> "Ahead":
        """Return the value at a later moment: one start becomes due after each `spread_seconds`."""
        due = max(0.0, now - self.at) / spread_seconds
        return Ahead(max(0.0, self.starts - due), now)


class TurnsAmongGateways(Protocol):
    """See `Shards`."""

    async def session_turn(self, group: int, seconds_between: float) -> bool: ...

    async def session_leaves(self, group: int, seconds_between: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn that a shard was given, and when."""

    group: int
    at: float


class IdentifyLimits:
    def __init__(
        self,
        *,
        read: Read,
        among_gateways: TurnsAmongGateways,
        file: Path | None,
        clock: Clock,
        rng: random.Random,
        metrics: Metrics,
    ) -> None:
        """`file` lets the next process notice quick restarts; None: they are not noticed."""
        self._read = read
        self._among_gateways = among_gateways
        self._file = file
        self._clock = clock
        self._rng = rng
        self._metrics = metrics
        #: As usual, until Discord says it.
        self._limits = _full()
        self._are_known = False
        #: Of earlier processes; None: not read yet.
        self._ahead: Ahead | None = None
        #: The shards that have had a session from this process.
        self._begun: set[int] = set()
        self._in_vain: Counter[int] = Counter()
        self._groups: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: When the latest session of a group was begun: when its turn came, and again when its IDENTIFY left.
        self._started: dict[int, float] = {}
        #: Of the shards that are dialling.
        self._turns: dict[int, Turn] = {}
        self._has_warned = False
        #: Until when a start is held back because few are left; in the past if none is.
        self.held_until = clock.monotonic()

    async def turn(self, shard_id: int) -> None:
        """Wait until this shard may start a session, and count it."""
        await self._look()
        group = self._group(shard_id)
        async with self._groups[group]:
            await self._wait_for_more()
            await self._clock.sleep(await self._pause(shard_id, group))
            await self._wait_for_others(group)
            turn = self._turns[shard_id] = Turn(group, self._clock.monotonic())
            self._started[group] = turn.at
            self._begun.add(shard_id)
            self._in_vain[shard_id] += 1
            self._count()
            await self._tell_the_next_process()

    async def leave(self, shard_id: int) -> None:
        """The IDENTIFY is about to leave, and the others wait from now on: the dial has taken its time.

        If another session has been begun in that time, wait first.
        """
        turn = self._turns.pop(shard_id, Turn(ALL_GROUPS, -math.inf))
        while (latest := self._latest(turn.group)) != turn.at:
            pause = latest + SECONDS_BETWEEN - self._clock.monotonic()
            if pause <= 0:
                break
            await self._clock.sleep(pause)
        self._started[turn.group] = self._clock.monotonic()
        await self._among_gateways.session_leaves(turn.group, SECONDS_BETWEEN_GATEWAYS)
        self._started[turn.group] = self._clock.monotonic()

    def lasted(self, shard_id: int) -> None:
        """The session of this shard was a good one."""
        del self._in_vain[shard_id]

    def _group(self, shard_id: int) -> int:
        """Return the group that takes turns: of all shards where few are left, so that not two take the last.

        And also where Discord has not said how many groups there are: other gateways may know it.
        """
        is_alone = self._are_known and not self._is_low
        return shard_id % max(1, self._limits.max_concurrency) if is_alone else ALL_GROUPS

    def _latest(self, group: int) -> float:
        """Return when the latest session was begun for which this group has to wait."""
        groups = self._started.keys() if group == ALL_GROUPS else (group, ALL_GROUPS)
        return max((self._started.get(each, -math.inf) for each in groups), default=-math.inf)

    async def _wait_for_others(self, group: int) -> None:
        """Wait for the turn among all gateways, which may have started sessions meanwhile."""
        while await self._among_gateways.session_turn(group, SECONDS_BETWEEN_GATEWAYS):
            await self._look()
            if self._limits.remaining > 0:
                return
            await self._wait_for_more()

    async def _wait_for_more(self) -> None:
        """Wait while no start is left: with one more, Discord would reset the token."""
        while self._limits.remaining <= 0:
            seconds = self._limits.reset_after / 1000 + SECONDS_BETWEEN
            self._note_hold(seconds)
            await self._clock.sleep(seconds)
            self._limits = _full(self._limits.max_concurrency)
            await self._look()

    async def _pause(self, shard_id: int, group: int) -> float:
        now = self._clock.monotonic()
        before = self._latest(group)
        in_vain = IN_VAIN.spread_after(self._in_vain[shard_id], self._rng)
        pause = before + max(SECONDS_BETWEEN, in_vain, self._spread(shard_id)) - now
        if not self._begun:
            pause = await self._pause_after_restarts()
        if pause > IN_VAIN.longest_seconds:
            self._note_hold(pause)
        return pause

    def _note_hold(self, seconds: float) -> None:
        self.held_until = self._clock.monotonic() + seconds
        log.warning("few session starts are left: waiting before the next one", seconds=round(seconds))

    def _spread(self, shard_id: int) -> float:
        """Return the seconds between two starts so that the rest lasts until Discord's reset.

        The first start of a shard does not wait for that: without it, no event is received.
        """
        share = SPREAD_BELOW if self._in_vain[shard_id] else LOW_BELOW
        is_enough = self._limits.remaining >= self._limits.total * share
        return 0.0 if is_enough or shard_id not in self._begun else self._spread_seconds

    @property
    def _spread_seconds(self) -> float:
        return max(1.0, self._limits.reset_after / 1000) / max(1, self._limits.remaining)

    @property
    def _is_low(self) -> bool:
        return self._limits.remaining < self._limits.total * LOW_BELOW

    async def _pause_after_restarts(self) -> float:
        """Return the pause before the first session: none, unless earlier processes started too many."""
        if not self._is_low:
            return 0.0
        ahead = await self._ahead_now()
        return min(self._spread_seconds, AHEAD.spread_after(round(ahead.starts), self._rng))

    async def _tell_the_next_process(self) -> None:
        if self._file is not None and self._is_low:
            ahead = await self._ahead_now()
            self._ahead = Ahead(ahead.starts + 1, ahead.at)
            await asyncio.to_thread(self._ahead.write, self._file)

    async def _ahead_now(self) -> Ahead:
        if self._ahead is None:
            self._ahead = Ahead() if self._file is None else await asyncio.to_thread(Ahead.read, self._file)
        return self._ahead.later(self._clock.now().timestamp(), self._spread_seconds)

    async def _look(self) -> None:
        """Read the limits. If that fails, the old ones hold, less the starts since."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                self._limits = await self._read()
                self._are_known = True
        except _READ_ERRORS as error:
            log.info("session start limit cannot be read", why=reason(error))
        self._tell()

    def _count(self) -> None:
        self._limits.remaining = max(0, self._limits.remaining - 1)
        self._tell()

    def _tell(self) -> None:
        limits = self._limits
        self._metrics.session_starts_left.set(limits.remaining)
        if self._is_low and not self._has_warned:
            log.warning(
                "few session starts are left before Discord resets the bot's token: check whether another "
                "program uses the token, or this one is restarted again and again",
                left=limits.remaining,
                of=limits.total,
                more_in_seconds=round(limits.reset_after / 1000),
            )
        self._has_warned = self._is_low


def _full(max_concurrency: int = 1) -> discord.SessionStartLimits:
    """Return the limits that Discord gives to almost every bot."""
    return discord.SessionStartLimits(
        total=1000, remaining=1000, reset_after=86_400_000, max_concurrency=max_concurrency
    )
