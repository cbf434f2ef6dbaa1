"""From finished to delivered: the bytes come in, are made to fit, and go to Discord, by whatever rung."""

import asyncio
import random

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import (
    CardGone,
    CourierUnavailable,
    FileRefused,
    PictureTooLarge,
    ProviderError,
)
from bot.domain.failure import FILE_LOST, Failure, FailureKind, SourceProblem
from bot.domain.job import Job
from bot.domain.provider import Picture
from bot.ops.metrics import Metrics
from bot.services import pictures
from bot.services.capacity import Capacity
from bot.services.drain import Drain
from bot.services.ledger import Ledger
from bot.services.protocols import ImageProvider
from bot.services.showing import Showing
from bot.services.stopwatch import Stopwatch
from bot.store import cards
from bot.store.database import Database

log = structlog.stdlib.get_logger(__name__)

#: The provider keeps a picture's file for seven days: so long Discord may be away.
FILE_SECONDS = 7 * 24 * 3600.0
#: A file that is broken or missing may still be on its way to all of the provider's servers, and it is paid.
BROKEN_FILE_SECONDS = 6 * 3600.0
#: A file that is whole, but beyond all bounds, is not fetched as often.
OVERSIZED_FILE_SECONDS = 600.0
OVERSIZED = (SourceProblem.TOO_LARGE, SourceProblem.TOO_MANY_PIXELS)
BACKOFF_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
#: Pictures fetched and decoded at once, for the sake of memory.
AT_ONCE = 3
#: Of pictures on their way to Discord. Each may wait there for half a minute while others pass.
MOST_BYTES_ON_THE_WAY = 32_000_000
#: Discord announces limits that it does not keep; nothing below this is worth posting.
LEAST_LIMIT = 256 * 1024


class Delivering:
    def __init__(
        self,
        *,
        ledger: Ledger,
        database: Database,
        provider: ImageProvider,
        showing: Showing,
        drain: Drain,
        clock: Clock,
        metrics: Metrics,
        rng: random.Random,
    ) -> None:
        self._ledger = ledger
        self._database = database
        self._provider = provider
        self._showing = showing
        self._drain = drain
        self._clock = clock
        self._metrics = metrics
        self._rng = rng
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._on_the_way = Capacity(MOST_BYTES_ON_THE_WAY)

    async def ready(self, job: Job) -> Job | None:
        """Delivered; or parked, if no way leads to Discord; or failed, if the file is gone."""
        card = await self._database.read(cards.get, job.card_id)
        assert card is not None, "a job has a card"
        limit = card.upload_limit
        watch = Stopwatch(self._clock, job.finished_at or job.state_at)
        attempt = 0
        while True:
            try:
                return await self._attempt(job, limit)
            except PictureTooLarge:
                limit //= 2
                if limit < LEAST_LIMIT:
                    return await self._park(job, "too large for Discord at any size")
            except CardGone:
                return await self._park(job, "no way leads to its place in Discord")
            except (CourierUnavailable, ProviderError, FileRefused) as error:
                why = error.problem if isinstance(error, FileRefused) else type(error).__name__
                log.warning("not delivered yet", job=job.id, attempt=attempt, error=why)
                if self._is_hopeless(watch, error):
                    return await self._fail(job, error)
                if attempt == 0 and await self._ledger.note(job, touches_card=True) is None:
                    return None
                await self._back_off(attempt)
                attempt += 1

    async def _attempt(self, job: Job, limit: int) -> Job | None:
        async with self._slots:
            picture = await self.picture(job, limit)
            await self._on_the_way.take(len(picture.data))
        try:
            with self._drain.busy():
                delivered = await self._showing.deliver(job, picture)
        finally:
            self._on_the_way.give(len(picture.data))
        if delivered is not None and job.finished_at is not None:
            lag = (self._clock.now() - job.finished_at).total_seconds()
            self._metrics.delivery_lag_seconds.observe(max(0.0, lag))
        return delivered

    async def picture(self, job: Job, limit: int) -> Picture:
        """The finished picture, at most `limit` bytes large. Raises `FileRefused`, `ProviderError`."""
        if job.output_url is None:
            raise FileRefused(SourceProblem.GONE)
        data = await self._provider.download(job.output_url)
        made = await asyncio.to_thread(pictures.identify, data)
        return await asyncio.to_thread(pictures.fit, made, limit)

    def _is_hopeless(self, watch: Stopwatch, error: Exception) -> bool:
        if not isinstance(error, FileRefused):
            return watch.age_seconds > FILE_SECONDS
        patience = OVERSIZED_FILE_SECONDS if error.problem in OVERSIZED else BROKEN_FILE_SECONDS
        return watch.age_seconds > patience

    async def _fail(self, job: Job, error: Exception) -> Job | None:
        if isinstance(error, CourierUnavailable):
            failure = Failure(FailureKind.DISCORD)
        else:
            note = str(error.problem) if isinstance(error, FileRefused) else None
            failure = Failure(FailureKind.PROVIDER, detail=FILE_LOST, note=note)
        log.error("a paid picture cannot be had", job=job.id, note=failure.note)
        return await self._ledger.fail(job, "its file cannot be had", failure)

    async def _park(self, job: Job, why: str) -> Job | None:
        """Keep it for its member, who finds it in /jobs."""
        log.warning("kept for its member", job=job.id, why=why)
        return await self._ledger.note(job, touches_card=True, parked_at=self._clock.now())

    async def _back_off(self, attempt: int) -> None:
        seconds = BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)]
        await self._clock.sleep(seconds * self._rng.uniform(0.7, 1.3))
