"""Backs the database up every few hours. A failed backup stops nothing else."""

import asyncio
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.domain.trouble import Trouble
from bot.ops.metrics import Metrics
from bot.store.upkeep import backup_folder

log = structlog.stdlib.get_logger(__name__)

#: A start has more urgent work.
FIRST_AFTER_SECONDS = 60.0
#: When a failed backup is tried again, unless the schedule comes first.
RETRY_SECONDS = 3600.0


class ScheduledBackups:
    def __init__(
        self, *, url: str, folder: Path, every_seconds: float, keep: int, clock: Clock, metrics: Metrics
    ) -> None:
        self._url = url
        self._folder = folder
        self._every_seconds = every_seconds
        self._keep = keep
        self._clock = clock
        self._metrics = metrics
        #: When the newest backup was made, also by an earlier process; None if there is none.
        self._last_at: datetime | None = None
        self._has_failed = False
        self._has_tried = False

    async def run(self) -> None:
        await self._clock.sleep(max(FIRST_AFTER_SECONDS, await self._seconds_to_the_next()))
        while True:
            is_made = await self.back_up()
            await self._clock.sleep(
                self._every_seconds if is_made else min(RETRY_SECONDS, self._every_seconds)
            )

    async def back_up(self) -> bool:
        """Make a backup now; return False if that failed. The log, a metric and /healthz report it."""
        at, stop = self._clock.now(), threading.Event()
        self._has_tried = True
        try:
            copy = await asyncio.to_thread(
                backup_folder.backup_into, self._folder, self._url, at=at, keep=self._keep, stop=stop
            )
        except OperatorError as error:
            log.error("no backup was made", why=str(error))
        except Exception:
            # An unforeseen error in one backup must not end the schedule.
            log.exception("no backup was made")
        else:
            log.info("backed up", copy=str(copy))
            self._made(at)
            return True
        finally:
            stop.set()  # the thread, if this task was cancelled
        self._has_failed = True
        self._metrics.loop_errors.labels(loop="backup").inc()
        return False

    def troubles(self) -> Mapping[Trouble, bool]:
        return {Trouble.BACKUP: self._has_failed} if self._has_tried else {}

    def health(self) -> Mapping[str, str | int | float | bool]:
        if self._last_at is None:
            return {"backup_failed": self._has_failed}
        age = (self._clock.now() - self._last_at).total_seconds()
        return {"backup_failed": self._has_failed, "backup_age_hours": round(max(0.0, age) / 3600, 1)}

    def _made(self, at: datetime) -> None:
        self._last_at, self._has_failed = at, False
        self._metrics.last_backup_at.set(at.timestamp())

    async def _seconds_to_the_next(self) -> float:
        """Return the seconds by the newest backup, whose age counts as 0 if its name is from the future."""
        found = await asyncio.to_thread(backup_folder.newest_first, self._folder)
        if not found:
            return 0.0
        self._made(backup_folder.made_at(found[0]))
        age = (self._clock.now() - backup_folder.made_at(found[0])).total_seconds()
        return self._every_seconds - max(0.0, age)
