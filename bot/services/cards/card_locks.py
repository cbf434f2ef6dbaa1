"""Locks on cards between processes. Without them, two processes could undo each other's edits.

Within one process, the updater of cards has locks of its own.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.domain.ids import CardId
from bot.services.runtime import Runtime
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.fleet import fleet

log = structlog.stdlib.get_logger(__name__)

#: Between two tries to lock a card that another process has locked.
AGAIN_SECONDS = 0.2


class CardLocks(Protocol):
    """Keeps other processes from changing the files of cards."""

    #: False: there are no others, and nothing has to be read again because of them.
    has_others: bool

    def held(self, card_id: CardId) -> AbstractAsyncContextManager[None]:
        """Wait until no other process changes the card's files; let none do so within the block."""

    async def is_still_held(self, card_id: CardId) -> bool:
        """Check it after a pause: a process that sleeps may lose its locks."""


class NoOtherProcess:
    has_others = False

    @asynccontextmanager
    async def held(self, card_id: CardId) -> AsyncIterator[None]:
        del card_id
        yield

    async def is_still_held(self, card_id: CardId) -> bool:
        del card_id
        return True


@dataclass(slots=True, kw_only=True)
class SharedCardLocks:
    """A lock is a row, which counts for as long as its process shows that it is alive."""

    runtime: Runtime
    process_id: int
    #: A process that was not seen for this time has no locks.
    alive_seconds: float
    has_others: bool = field(init=False, default=True)
    _changing: Counter[CardId] = field(init=False, default_factory=Counter)

    @property
    def changing(self) -> Collection[CardId]:
        """Return the cards that are locked, or will be at once."""
        return list(self._changing)

    @asynccontextmanager
    async def held(self, card_id: CardId) -> AsyncIterator[None]:
        self._changing[card_id] += 1
        try:
            while not await self.is_still_held(card_id):
                await self.runtime.clock.sleep(AGAIN_SECONDS)
            yield
        finally:
            self._changing[card_id] -= 1
            if not self._changing[card_id]:
                del self._changing[card_id]
                await asyncio.shield(self._release(card_id))

    async def is_still_held(self, card_id: CardId) -> bool:
        return await self.runtime.database.write(
            fleet.lock_card, self.process_id, card_id, alive_seconds=self.alive_seconds
        )

    async def _release(self, card_id: CardId) -> None:
        try:
            await self.runtime.database.write(fleet.unlock_card, self.process_id, card_id)
        except DatabaseUnavailable:
            log.info("a lock on a card is released later", card=card_id)  # with the next sign of life
