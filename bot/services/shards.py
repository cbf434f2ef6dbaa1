"""The shards of this process: all that it is set to have, or those that no other gateway serves."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot.domain.errors import OperatorError
from bot.services.handovers import Handovers
from bot.services.runtime import Runtime
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.fleet import gateways
from bot.store.fleet.shard_locks import ShardLocks

log = structlog.stdlib.get_logger(__name__)

#: How often a gateway looks for shards that have become free, and whether it still has its own.
LOOK_SECONDS = 1.0
#: A database that does not answer for this time is away.
ANSWER_SECONDS = 5.0
#: While the database is away, its shards are kept for this time. After about five seconds more, the server
#: gives them to others, if it is only this process that cannot reach it.
KEPT_SECONDS = 20.0
#: Once the database is back, the process that served a shard gets it again before others may ask for it.
OWNER_FIRST_SECONDS = 5.0
#: Between two signs that a process has so many shards.
SIGN_SECONDS = 5.0
#: Between two tries to start a session while another gateway does.
TURN_SECONDS = 0.5
#: The group of shards that begin sessions in turn, if it is that of all shards.
ALL_GROUPS = gateways.ALL_GROUPS

#: Discord gives the shard of a server by its id without these bits.
GUILD_ID_BITS = 22

#: Serves a shard until it is cancelled.
Work = Callable[[int], Coroutine[Any, Any, None]]
#: Returns whether a shard is connected, and its servers are known.
IsReady = Callable[[int], bool]
Recommended = Callable[[], Awaitable[int]]


class Shards(Protocol):
    async def count(self, wanted: int | None, recommended: Recommended) -> int:
        """Return the number of shards over all processes; `wanted` is None for as many as recommended.

        Raises `OperatorError` if other gateways have another number.
        """

    async def serve(self, shard_ids: Collection[int], work: Work, is_ready: IsReady) -> None:
        """Serve those of the shards that are this process's, until cancelled. Raises what `work` raises."""

    async def hand_over(self) -> None:
        """Let those that wait for this process's shards begin to serve them, before it stops."""

    def is_shared(self, guild_id: int | None) -> bool:
        """Return whether another process may receive the same events of this server."""

    async def takes(self, event_id: int, guild_id: int | None) -> bool:
        """Return whether this process handles the event, of all that may have received it."""

    async def session_turn(self, group: int, seconds_between: float) -> bool:
        """Wait until this process may start a session of this group, and return whether others may, too.

        No other one may for the next `seconds_between`. With `ALL_GROUPS`, this holds for all groups.
        """

    async def session_leaves(self, group: int, seconds_between: float) -> None:
        """The session is begun now, after its turn: no other process may for `seconds_between` from here on.

        Wait first if one did meanwhile, but not for a database that is away.
        """


class Served:
    """The shards that are served now, each in a task."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(self._tasks)

    async def become(self, shard_ids: Collection[int]) -> None:
        """Stop to serve all others, then begin with those that are new."""
        await self._stop(self.ids - set(shard_ids))
        for shard_id in sorted(set(shard_ids) - self.ids):
            self._tasks[shard_id] = asyncio.create_task(self._work(shard_id), name=f"shard {shard_id}")

    async def go_on(self, until: Awaitable[None]) -> None:
        """Raises what ends one of the tasks."""
        waiting = asyncio.ensure_future(until)
        try:
            done, _ = await asyncio.wait(
                {waiting, *self._tasks.values()}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waiting.cancel()
        for task in done:
            task.result()

    async def end(self) -> None:
        await self._stop(self.ids)

    async def _stop(self, shard_ids: Collection[int]) -> None:
        tasks = [self._tasks.pop(shard_id) for shard_id in shard_ids]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


class AllShards:
    """No other process serves shards of this bot, or it knows nothing of this one."""

    async def count(self, wanted: int | None, recommended: Recommended) -> int:
        return await recommended() if wanted is None else wanted

    async def serve(self, shard_ids: Collection[int], work: Work, is_ready: IsReady) -> None:
        del is_ready
        served = Served(work)
        try:
            await served.become(shard_ids)
            await served.go_on(_never())
        finally:
            await served.end()

    async def hand_over(self) -> None:
        """There is no other process."""

    def is_shared(self, guild_id: int | None) -> bool:
        del guild_id
        return False

    async def takes(self, event_id: int, guild_id: int | None) -> bool:
        del event_id, guild_id
        return True

    async def session_turn(self, group: int, seconds_between: float) -> bool:
        del group, seconds_between
        return False

    async def session_leaves(self, group: int, seconds_between: float) -> None:
        """There is no other process."""


@dataclass(slots=True, kw_only=True)
class SharedShards:
    """Several gateways on one database share the shards, and each may wait to take over from others."""

    runtime: Runtime
    process_id: int
    locks: ShardLocks
    #: After this time without a sign of life, a process is none of the others.
    alive_seconds: float
    handovers: Handovers = field(init=False)
    #: The shards whose locks this process holds, and those that it was asked to take over.
    _held: frozenset[int] = field(init=False, default=frozenset())
    _asked: frozenset[int] = field(init=False, default=frozenset())
    _count: int | None = field(init=False, default=None)
    #: As logged last.
    _mine_before: frozenset[int] | None = field(init=False, default=None)
    _answered_at: float = field(init=False, default=float("-inf"))
    _failed_at: float = field(init=False, default=float("-inf"))
    _sign_at: float = field(init=False, default=float("-inf"))
    #: When this process began its latest session of a group, by the database's clock.
    _begun_at: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.handovers = Handovers(
            runtime=self.runtime, process_id=self.process_id, alive_seconds=self.alive_seconds
        )

    async def count(self, wanted: int | None, recommended: Recommended) -> int:
        if wanted is None:
            self._count = await self._settle(None) or await self._settle(await recommended())
        else:
            self._count = await self._once_others_have(wanted)
        assert self._count is not None, "a number was wanted"
        return self._count

    async def _once_others_have(self, wanted: int) -> int:
        """Those that were killed a moment ago may still count."""
        until = self.runtime.clock.monotonic() + self.alive_seconds + LOOK_SECONDS
        while (settled := await self._settle(wanted)) != wanted:
            if self.runtime.clock.monotonic() >= until:
                raise OperatorError(
                    f"Other gateways on this database have CHAT_SHARD_COUNT={settled}, and this one "
                    f"{wanted}: set the same for all. To change it, stop all gateways first."
                )
            await self.runtime.clock.sleep(LOOK_SECONDS)
        return wanted

    async def _settle(self, wanted: int | None) -> int | None:
        self._sign_at = self.runtime.clock.monotonic()
        return await self.runtime.outages.retried(
            lambda: self.runtime.database.write(
                gateways.settle_shards, self.process_id, wanted, alive_seconds=self.alive_seconds
            ),
            "shards",
        )

    async def serve(self, shard_ids: Collection[int], work: Work, is_ready: IsReady) -> None:
        served = Served(work)
        try:
            while True:
                await self._look(frozenset(shard_ids))
                waiting = frozenset(shard_ids) - self._held
                await served.become(self._held | self._asked)
                await self.handovers.wait_for(
                    {each: each in self._asked and is_ready(each) for each in waiting}
                )
                self._log(served.ids, waiting - self._asked)
                await self._show_count()
                await served.go_on(self.runtime.clock.sleep(LOOK_SECONDS))
        finally:
            await served.end()
            await self.locks.close()

    async def _look(self, shard_ids: frozenset[int]) -> None:
        """Take the shards that are free, and those that this process was asked to take over."""
        now = self.runtime.clock.monotonic()
        is_back = now - self._failed_at >= OWNER_FIRST_SECONDS
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                mine, others = await self._handed_over(shard_ids)
                takes_more = is_back and not self.handovers.is_leaving
                self._held = await self.locks.take(shard_ids - others if takes_more else self._held | mine)
        except (DatabaseUnavailable, TimeoutError):
            self._failed_at = now
            if now - self._answered_at >= KEPT_SECONDS:
                self._held = self._asked = frozenset()
            return
        self._answered_at = now
        self._asked = mine - self._held
        self.handovers.share(self._asked)

    async def _handed_over(self, shard_ids: frozenset[int]) -> tuple[frozenset[int], frozenset[int]]:
        """Return the shards that this process was asked to take over, and those that others were."""
        if self._held == shard_ids or self.handovers.is_leaving:
            return frozenset(), frozenset()
        asked = await self.handovers.asked()
        mine = frozenset(each for each in shard_ids if asked.get(each) == self.process_id)
        return mine, frozenset(asked) - mine - self._held

    async def hand_over(self) -> None:
        await self.handovers.ask(self._held)

    def is_shared(self, guild_id: int | None) -> bool:
        return self.handovers.is_shared(self._shard_of(guild_id))

    async def takes(self, event_id: int, guild_id: int | None) -> bool:
        """While the database is away, the gateway that has the shard handles it."""
        shard_id = self._shard_of(guild_id)
        if not self.handovers.is_shared(shard_id):
            return True
        return await self.handovers.takes(event_id, in_doubt=shard_id in self._held)

    def _shard_of(self, guild_id: int | None) -> int:
        return ((guild_id or 0) >> GUILD_ID_BITS) % (self._count or 1)

    def _log(self, mine: frozenset[int], others: frozenset[int]) -> None:
        if mine == self._mine_before:
            return
        self._mine_before = mine
        if mine:
            log.info("serving shards", shards=_listed(mine))
        if others:
            log.info("other gateways serve shards; waiting to take over", shards=_listed(others))

    async def _show_count(self) -> None:
        """Show again that this is a gateway: the row may have been deleted by hand."""
        if self.runtime.clock.monotonic() - self._sign_at < SIGN_SECONDS:
            return
        self._sign_at = self.runtime.clock.monotonic()
        with self.runtime.outages.survived("shards"):
            await self.runtime.database.write(
                gateways.settle_shards, self.process_id, self._count, alive_seconds=self.alive_seconds
            )

    async def session_turn(self, group: int, seconds_between: float) -> bool:
        while not await self.runtime.outages.retried(
            lambda: self._begin_session(group, seconds_between), "shards"
        ):
            await self.runtime.clock.sleep(TURN_SECONDS)
        return True

    async def session_leaves(self, group: int, seconds_between: float) -> None:
        with self.runtime.outages.survived("shards"), suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while not await self._begin_session(group, seconds_between, self._begun_at.get(group)):
                    await self.runtime.clock.sleep(TURN_SECONDS)

    async def _begin_session(self, group: int, seconds_between: float, earlier: int | None = None) -> bool:
        begun_at = await self.runtime.database.write(
            gateways.begin_session, group, seconds_between=seconds_between, earlier=earlier
        )
        if begun_at is not None:
            self._begun_at[group] = begun_at
        return begun_at is not None


def _listed(shard_ids: Collection[int]) -> str:
    return ",".join(map(str, sorted(shard_ids)))


async def _never() -> None:
    await asyncio.Event().wait()
