"""Deletes the prompts of old requests, once a day and a few at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from bot.domain.ids import JobId
from bot.domain.luma import FILE_LIVES
from bot.services.runtime import Runtime
from bot.store import retention
from bot.store.database import Connection

log = structlog.stdlib.get_logger(__name__)

#: A start has more urgent work.
FIRST_AFTER_SECONDS = 600.0
EVERY_SECONDS = 24 * 3600.0
AT_ONCE = 200
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
        words = partial(retention.forgettable, asked_before=now - timedelta(days=self.days))
        files = partial(retention.with_old_files, finished_before=now - FILE_LIVES)
        for find, forget in ((words, retention.forget), (files, retention.forget_files)):
            if forgotten := await self._forget(find, forget):
                log.info("old requests forgotten", jobs=forgotten, what=forget.__name__)

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
