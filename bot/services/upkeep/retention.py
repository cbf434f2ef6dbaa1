"""Deletes the prompts of old requests and blocks that are over, once a day and a few at a time.

A server may have prompts deleted sooner than the operator does, but never later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from bot.domain.ids import GuildId, JobId
from bot.domain.luma import FILE_LIVES
from bot.domain.privacy import ERASURES_SAID_FOR, EXPORT_ONCE_IN
from bot.domain.strikes import LONGEST_WINDOW
from bot.services.runtime import Runtime
from bot.store.admission import blocks, member_blocks
from bot.store.driver.database import Connection
from bot.store.moderation import posts, strikes
from bot.store.privacy import erasing, erasures, exports, retention

log = structlog.stdlib.get_logger(__name__)

#: A start has more urgent work.
FIRST_AFTER_SECONDS = 600.0
EVERY_SECONDS = 24 * 3600.0
AT_ONCE = 200
#: In which public posts are counted.
HOUR = timedelta(hours=1)
#: A pause for other writes.
PAUSE_SECONDS = 0.2


@dataclass(slots=True, kw_only=True)
class Retention:
    runtime: Runtime
    days: int

    async def run(self) -> None:
        await self.runtime.clock.sleep(FIRST_AFTER_SECONDS)
        while True:
            with self.runtime.outages.survived("retention"):
                await self.forget_the_old()
            await self.runtime.clock.sleep(EVERY_SECONDS)

    async def forget_the_old(self) -> None:
        now = self.runtime.clock.now()
        words = [
            partial(retention.forgettable, asked_before=now - timedelta(days=days), guild_id=guild_id)
            for guild_id, days in (await self._days()).items()
        ]
        files = partial(retention.with_old_files, finished_before=now - FILE_LIVES)
        await self.runtime.database.write(exports.forget, before=now - EXPORT_ONCE_IN)
        await self.runtime.database.write(posts.forget, before=now - HOUR)
        await self.runtime.database.write(erasures.forget, done_before=now - ERASURES_SAID_FOR)
        await self.runtime.database.write(erasing.forget_pseudonyms, at=now)
        await self.runtime.database.write(member_blocks.forget_ended, before=now)
        await self.runtime.database.write(blocks.forget_ended, before=now)
        await self.runtime.database.write(strikes.forget, before=now - LONGEST_WINDOW)
        for find, forget in (*((find, retention.forget) for find in words), (files, retention.forget_files)):
            if forgotten := await self._forget(find, forget):
                log.info("old requests forgotten", jobs=forgotten, what=forget.__name__)

    async def _days(self) -> dict[GuildId | None, int]:
        """Return the days of all servers together, under None, and of those that have chosen fewer."""
        chosen = await self.runtime.database.read(retention.servers)
        return {None: self.days} | {guild: days for guild, days in chosen.items() if days < self.days}

    async def _forget(
        self, find: Callable[..., list[JobId]], forget: Callable[[Connection, Sequence[JobId]], None]
    ) -> int:
        """A few jobs at a time, in order; return how many."""
        after, forgotten = JobId(0), 0
        while job_ids := await self.runtime.database.read(find, after=after, limit=AT_ONCE):
            await self.runtime.database.write(forget, job_ids)
            after, forgotten = job_ids[-1], forgotten + len(job_ids)
            await self.runtime.clock.sleep(PAUSE_SECONDS)
        return forgotten
