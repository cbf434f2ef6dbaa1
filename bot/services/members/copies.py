"""Finished pictures once more, for those who ask for theirs: few at once, since each takes memory and disk.

To look at one's own pictures is limited by nothing else, and a tampered client presses as fast as it likes.
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

#: Over all members. Each may be as large as Discord takes.
AT_ONCE = 2
#: For the way to Discord; a call that hangs would keep all others waiting.
HELD_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Copies:
    delivering: Delivering
    _slots: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    #: One's own many presses wait for each other before they wait among those of all.
    _locks: KeyedLocks[MemberId] = field(init=False, default_factory=KeyedLocks)

    @asynccontextmanager
    async def of(self, job: Job, url: str | None, most_bytes: int) -> AsyncIterator[Picture]:
        """What is at `url`, to be sent within the block: one at a time of each member, who waits for no more.

        Raises `FileRefused`, `ProviderError`, `TimeoutError`.
        """
        async with self._locks.of(job.member_id), self._slots:
            picture = await self.delivering.picture_at(job.id, url, most_bytes)
            async with asyncio.timeout(HELD_SECONDS):
                yield picture
