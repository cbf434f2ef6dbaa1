"""The step from `ready` to `delivered`: downloads the picture, makes it fit, and posts it to Discord."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import structlog

from bot.domain.backoff import Backoff
from bot.domain.errors import (
    CardGone,
    CourierUnavailable,
    FileRefused,
    PictureTooLarge,
    ProviderError,
    Unavailable,
)
from bot.domain.failure import (
    COSTLY_PROBLEMS,
    FILE_LOST,
    FILE_UNREADABLE,
    Failure,
    FailureKind,
    SourceProblem,
)
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.luma import FILE_LIVES
from bot.domain.provider import Picture
from bot.services.cards.card_updater import CardUpdater
from bot.services.concurrency.drain import Drain
from bot.services.concurrency.weighted_semaphore import WeightedSemaphore
from bot.services.elapsed import Stopwatch
from bot.services.making.ledger import Ledger
from bot.services.protocols import ImageProvider, Imaging
from bot.services.runtime import Runtime
from bot.store.pictures import cards

log = structlog.stdlib.get_logger(__name__)

#: A broken or missing file may still be on its way to all servers of the provider, and it is paid.
BROKEN_FILE_SECONDS = 6 * 3600.0
#: A file that is whole, but larger than any picture, is given up sooner.
OVERSIZED_FILE_SECONDS = 600.0
OVERSIZED = (SourceProblem.TOO_LARGE, SourceProblem.TOO_MANY_PIXELS)
#: A file that begins as a picture, but cannot be read, is downloaded again until then; then posted as it is.
DAMAGED_FILE_SECONDS = 120.0
BACKOFF = Backoff((1.0, 2.0, 5.0, 15.0, 60.0, 300.0))
#: Pictures that are downloaded and opened at the same time, to spare the disk.
AT_ONCE = 3
#: The size of all pictures on their way to Discord. One may wait there for half a minute.
MOST_BYTES_ON_THE_WAY = 32_000_000
#: Discord announces limits that it does not keep. A smaller picture is not worth posting.
LEAST_LIMIT = 256 * 1024
UNREADABLE = (SourceProblem.NOT_A_PICTURE, SourceProblem.BROKEN, SourceProblem.TOO_MANY_PIXELS)


@dataclass(slots=True, kw_only=True)
class Delivering:
    runtime: Runtime
    ledger: Ledger
    provider: ImageProvider
    imaging: Imaging
    folder: Path
    card_updater: CardUpdater
    drain: Drain
    _numbers: Iterator[int] = field(init=False, default_factory=lambda: count(1))
    _under_way: int = field(init=False, default=0)
    _slots: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _on_the_way: WeightedSemaphore = field(
        init=False, default_factory=lambda: WeightedSemaphore(MOST_BYTES_ON_THE_WAY)
    )

    async def ready(self, job: Job) -> Job | None:
        """Deliver the picture. Park it if the card cannot be reached; fail if the file is gone."""
        card = await self.runtime.database.read(cards.get, job.card_id)
        assert card is not None, "a job has a card"
        if card.is_gone:
            return await self._park(job, "its place in Discord is gone")
        return await self._until_taken(job, card.upload_limit)

    async def _until_taken(self, job: Job, limit: int) -> Job | None:
        """Try until Discord has the picture, or the card cannot be reached; `limit` is in bytes."""
        watch = Stopwatch(self.runtime.clock, job.shown_at)
        failures = 0
        while True:
            try:
                return await self._attempt(job, limit, is_last=watch.age_seconds > DAMAGED_FILE_SECONDS)
            except PictureTooLarge:
                limit //= 2
                if limit < LEAST_LIMIT:
                    return await self._park(job, "too large for Discord at any size")
            except CardGone:
                return await self._park(job, "its card in Discord cannot be reached")
            except (CourierUnavailable, ProviderError, FileRefused) as error:
                why = error.problem if isinstance(error, FileRefused) else type(error).__name__
                log.warning("not delivered yet", job=job.id, attempt=failures, error=why)
                if isinstance(error, FileRefused) and error.problem in COSTLY_PROBLEMS:
                    return await self._park(job, "too large for Discord, and too heavy to be made smaller")
                if self._is_hopeless(watch, error):
                    return await self._fail(job, error)
                if failures == 0 and await self.ledger.note(job, touches_card=True) is None:
                    return None
                failures += 1
                await self.runtime.clock.sleep(BACKOFF.spread_after(failures, self.runtime.rng))

    async def _attempt(self, job: Job, limit: int, *, is_last: bool) -> Job | None:
        self._under_way += 1
        try:
            delivered = await self._fetch_and_show(job, limit, is_last=is_last)
        finally:
            self._under_way -= 1
        if delivered is not None:
            lag = (self.runtime.clock.now() - job.shown_at).total_seconds()
            self.runtime.metrics.delivery_lag_seconds.observe(max(0.0, lag))
        return delivered

    async def _fetch_and_show(self, job: Job, limit: int, *, is_last: bool) -> Job | None:
        async with self._slots:
            picture = await self.picture(job, limit, takes_damaged=is_last)
            await self._on_the_way.acquire(len(picture.data))
        try:
            with self.drain.busy():
                return await self.card_updater.deliver(job, picture)
        finally:
            self._on_the_way.release(len(picture.data))

    @property
    def is_busy(self) -> bool:
        """Return whether a picture is on its way to its card: what is less urgent has to wait."""
        return self._under_way > 0

    async def picture(self, job: Job, limit: int, *, takes_damaged: bool = True) -> Picture:
        """Return the finished picture, at most `limit` bytes large.

        With `takes_damaged`, a file that begins as a picture is taken although it cannot be read.
        Raises `FileRefused`, `ProviderError`.
        """
        return await self.picture_at(job.id, job.output_url, limit, takes_damaged=takes_damaged)

    async def picture_at(
        self, job_id: JobId, output_url: str | None, limit: int, *, takes_damaged: bool = True
    ) -> Picture:
        """Return any finished picture of the job by its URL; None means that it is gone."""
        if output_url is None:
            raise FileRefused(SourceProblem.GONE)
        try:
            return await self._fetched(job_id, output_url, limit, takes_damaged=takes_damaged)
        except OSError as error:  # such as a full disk; the provider keeps the file for days
            raise Unavailable(type(error).__name__) from error

    async def _fetched(self, job_id: JobId, url: str, limit: int, *, takes_damaged: bool) -> Picture:
        with self._files(job_id) as (path, into):
            await self.provider.download(url, path)
            return await self.imaging.result(path, into, limit, takes_damaged=takes_damaged)

    async def picture_in(self, job_id: JobId, kept: Path, limit: int) -> Picture:
        """Return a picture of the job that is kept in a file. Raises `FileRefused`, `Unavailable`."""
        try:
            with self._files(job_id) as (_, into):
                return await self.imaging.result(kept, into, limit, takes_damaged=True)
        except OSError as error:
            raise Unavailable(type(error).__name__) from error

    async def thumbnail_at(self, job_id: JobId, output_url: str, most_side: int) -> Picture:
        """Return a small copy of a finished picture of the job. Raises `FileRefused`, `ProviderError`."""
        try:
            with self._files(job_id) as (path, into):
                await self.provider.download(output_url, path)
                content_type = await self.imaging.thumbnail(path, into, most_side)
                return Picture(await asyncio.to_thread(into.read_bytes), content_type)
        except OSError as error:
            raise Unavailable(type(error).__name__) from error

    @contextmanager
    def _files(self, job_id: JobId) -> Iterator[tuple[Path, Path]]:
        """Give paths for the picture as it came and as it will be posted; delete the files later."""
        name = f"{job_id}-{next(self._numbers)}"  # several may want one picture at the same time
        paths = self.folder / f"{name}.result", self.folder / f"{name}.posted"
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            yield paths
        finally:
            for path in paths:
                path.unlink(missing_ok=True)

    def _is_hopeless(self, watch: Stopwatch, error: Exception) -> bool:
        if not isinstance(error, FileRefused):
            return watch.age_seconds > FILE_LIVES.total_seconds()  # Discord may be unavailable until then
        patience = OVERSIZED_FILE_SECONDS if error.problem in OVERSIZED else BROKEN_FILE_SECONDS
        return watch.age_seconds > patience

    async def _fail(self, job: Job, error: Exception) -> Job | None:
        if isinstance(error, CourierUnavailable):
            failure = Failure(FailureKind.DISCORD)
        else:
            problem = error.problem if isinstance(error, FileRefused) else None
            detail = FILE_UNREADABLE if problem in UNREADABLE else FILE_LOST
            failure = Failure(FailureKind.PROVIDER, detail=detail, note=problem)
        log.error(
            "a paid picture cannot be downloaded", job=job.id, request_id=job.request_id, note=failure.note
        )
        return await self.ledger.fail(job, "its file cannot be downloaded", failure, loses_file=True)

    async def _park(self, job: Job, why: str) -> Job | None:
        """Keep the picture for its member, who finds it in /jobs."""
        log.warning("kept for its member", job=job.id, why=why)
        return await self.ledger.note(job, touches_card=True, parked_at=self.runtime.clock.now())
