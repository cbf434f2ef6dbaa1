"""Copies of finished pictures for their members: few at a time, since each takes memory and disk.

Nothing else limits how often members look at their own pictures, and a tampered client is fast.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.domain.ids import MemberId
from bot.domain.job import Job
from bot.domain.provider import Picture
from bot.services.concurrency.keyed_locks import KeyedLocks
from bot.services.making.delivering import Delivering

#: For all members together. Each copy may be as large as Discord allows.
AT_ONCE = 2
#: The time for a copy to reach Discord, so that a call that hangs does not hold up all others.
HELD_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Copies:
    delivering: Delivering
    _slots: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    #: A member's copies wait for each other first, then for those of all members.
    _locks: KeyedLocks[MemberId] = field(init=False, default_factory=KeyedLocks)

    @asynccontextmanager
    async def of(self, job: Job, url: str | None, most_bytes: int) -> AsyncIterator[Picture]:
        """Give the picture at `url`, to be sent within the block; one at a time for each member.

        Raises `FileRefused`, `ProviderError`, `TimeoutError`.
        """
        async with self._locks.of(job.member_id), self._slots:
            picture = await self.delivering.picture_at(job.id, url, most_bytes)
            async with asyncio.timeout(HELD_SECONDS):
                yield picture
