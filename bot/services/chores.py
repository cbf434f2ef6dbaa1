"""The work that one process does for all: the only one there is, or one gateway and one worker at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.domain.errors import OperatorError
from bot.services.admins.weekly_summaries import WeeklySummaries
from bot.services.choices import Role
from bot.services.making.sweep import Sweep
from bot.services.members.approvals import Approvals
from bot.services.members.erasures import Erasures
from bot.services.runtime import Runtime
from bot.services.upkeep.feed import Feed
from bot.services.upkeep.hidden_pictures import HiddenPictures
from bot.services.upkeep.moderator_posts import ModeratorPosts
from bot.services.upkeep.operator_notices import OperatorNotices
from bot.services.upkeep.reconciliation import Reconciliation
from bot.store.driver.locks import CHORES, GATEWAY_CHORES
from bot.store.driver.process_lock import Lock, held

log = structlog.stdlib.get_logger(__name__)

#: The wait before a process asks for the chores again that could not, or lost them.
AGAIN_SECONDS = 2.0

#: Starts something, and returns its task.
Start = Callable[[], "asyncio.Task[None]"]


@dataclass(slots=True, kw_only=True)
class Chores:
    role: Role
    runtime: Runtime
    moderator_posts: ModeratorPosts
    weekly_summaries: WeeklySummaries
    sweep: Sweep
    erasures: Erasures
    approvals: Approvals
    feed: Feed
    hidden_pictures: HiddenPictures
    reconciliation: Reconciliation
    operator_notices: OperatorNotices
    #: Further ones, which the builder of the process adds.
    besides: list[Start] = field(init=False, default_factory=list)

    def start(self) -> "list[asyncio.Task[None]]":
        """Start those of this kind of process."""
        besides = [begin() for begin in self.besides]
        match self.role:
            case Role.ALONE:
                return [*besides, *self._start_gateways(), *self._start_workers()]
            case Role.GATEWAY:
                return [*besides, *self._start_gateways()]
            case Role.WORKER:
                return [*besides, self.start_notices(), *self._start_workers()]

    def start_notices(self) -> "asyncio.Task[None]":
        """Start the notices to the operator, which each gateway has of its own."""
        return self.runtime.tasks.keep(self.operator_notices.run, "operator", self.runtime.clock.sleep)

    def _start_gateways(self) -> "list[asyncio.Task[None]]":
        tasks, sleep = self.runtime.tasks, self.runtime.clock.sleep
        return [
            tasks.keep(self.moderator_posts.run, "moderation", sleep),
            tasks.keep(self.weekly_summaries.run, "summaries", sleep),
        ]

    def _start_workers(self) -> "list[asyncio.Task[None]]":
        tasks, sleep = self.runtime.tasks, self.runtime.clock.sleep
        return [
            tasks.keep(self.sweep.run, "sweep", sleep),
            tasks.keep(self.erasures.run, "erasures", sleep),
            tasks.keep(self.approvals.run, "approvals", sleep),
            tasks.keep(self.feed.run, "feed", sleep),
            tasks.keep(self.hidden_pictures.run, "hidden", sleep),
            tasks.keep(self.reconciliation.run, "reconciliation", sleep),
        ]

    async def run_in_turn(self, url: str) -> None:
        """Do them whenever no other process of this kind does."""
        turn = Lock(GATEWAY_CHORES if self.role is Role.GATEWAY else CHORES, wait_seconds=None)
        while True:
            try:
                async with held(url, turn) as watch_lock:
                    log.info("doing the chores", of=f"{self.role}s")
                    await self._until(watch_lock())
            except OperatorError as error:  # another process does them now, or the database is away
                log.warning("the chores are left to another process", why=str(error))
            await self.runtime.clock.sleep(AGAIN_SECONDS)

    async def _until(self, lost: Awaitable[None]) -> None:
        chores = self.start()
        try:
            await lost
        finally:
            for chore in chores:
                chore.cancel()
