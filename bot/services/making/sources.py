"""The pictures to edit: downloaded early, prepared, kept on disk until their jobs end, and uploaded once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog

from bot.domain.backoff import Backoff
from bot.domain.errors import (
    CourierUnavailable,
    EmptyFile,
    FileRefused,
    ProviderError,
    RateLimited,
    Refused,
    SourceOutOfReach,
    Unavailable,
)
from bot.domain.failure import COSTLY_PROBLEMS, SourceProblem
from bot.domain.ids import CardId
from bot.domain.job import Job
from bot.domain.luma import FILE_MOST_BYTES
from bot.domain.request import PictureLocation, Source
from bot.fault_points import Point, reach
from bot.services.concurrency.keyed_locks import KeyedLocks
from bot.services.concurrency.weighted_semaphore import WeightedSemaphore
from bot.services.making.source_folder import SourceFolder, delete_old
from bot.services.protocols import Courier, ImageProvider, Imaging, SourceFetcher
from bot.services.runtime import Runtime
from bot.store.pictures import jobs

#: Writes one copy of the picture to a file.
Fetch = Callable[[Path], Awaitable[None]]

log = structlog.stdlib.get_logger(__name__)

#: The most bytes on disk, for all sources that are being downloaded or wait to be opened.
MOST_BYTES_AT_ONCE = 500_000_000
FETCH_ATTEMPTS = 3
RETRY_SECONDS = 2.0
#: How long uploads to a failing provider are repeated, and the waits between them.
HAND_OVER_SECONDS = 900.0
HAND_OVER_BACKOFF = Backoff.doubling(2.0, 60.0)
#: A source that killed the process so often, mostly for lack of memory, is refused.
MOST_DEATHS = 3
#: A file is on disk a moment before its job's row says so.
KEPT_AT_LEAST_SECONDS = 3600.0


@dataclass(slots=True, kw_only=True)
class Sources:
    """Brings sources to the provider. Only child processes open the files."""

    runtime: Runtime
    folder: SourceFolder
    results_folder: Path
    fetcher: SourceFetcher
    provider: ImageProvider
    courier: Courier
    imaging: Imaging
    _room: WeightedSemaphore = field(
        init=False, default_factory=lambda: WeightedSemaphore(MOST_BYTES_AT_ONCE)
    )
    #: Sources that were under way when a process was killed go one at a time, to find out which one it was.
    _suspects: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _locks: KeyedLocks[CardId] = field(init=False, default_factory=KeyedLocks)

    async def prepare(self, job: Job) -> Job:
        """Fetch the source unless a sibling on its card, or an earlier run, did.

        Raises `FileRefused`, or `SourceOutOfReach` if it may be available later.
        """
        async with self._locks.of(job.card_id):
            current = await self._current(job)
            if current.source_hash is None or not self.folder.has(current.source_hash):
                digest, content_type = await self._prepared(job)
                reach(Point.SOURCE_KEPT)
                await self.runtime.database.write(
                    jobs.set_source, job.card_id, source_hash=digest, source_type=content_type
                )
                current = await self._current(job)
        return current

    async def hand_over(self, job: Job) -> str:
        """Return the URL at which the provider can read the source, uploaded once for all jobs of the card.

        Raises `Refused`, and `Unavailable` if the provider does not take it within `HAND_OVER_SECONDS`. The
        original file is never used instead: only the prepared source is free of personal data.
        """
        began = self.runtime.clock.monotonic()
        async with self._locks.of(job.card_id):
            current = await self._current(job)
            if current.asset_url is not None:
                return current.asset_url
            url = await self._uploaded(current, began + HAND_OVER_SECONDS)
            await self.runtime.database.write(jobs.set_asset, job.card_id, url)
            return url

    async def forget_unused(self) -> None:
        """Delete the sources that no open job needs, and the results that a killed process left behind."""
        old = self.runtime.clock.now().timestamp() - KEPT_AT_LEAST_SECONDS
        in_use = await self.runtime.database.read(jobs.sources_in_use)
        await asyncio.to_thread(delete_old, self.results_folder, old)
        await asyncio.to_thread(self.folder.delete_all_but, in_use, old)

    async def _current(self, job: Job) -> Job:
        return await self.runtime.database.read(jobs.get, job.id) or job

    # --- fetching ---

    async def _prepared(self, job: Job) -> tuple[str, str]:
        """Download and keep the source; return its digest and content type."""
        deaths = await asyncio.to_thread(self.folder.deaths, job.card_id)
        if deaths >= MOST_DEATHS:
            log.error("a source killed this process again and again, and is refused", times=deaths)
            raise FileRefused(SourceProblem.TOO_HEAVY)
        async with self._suspects if deaths else nullcontext():
            await asyncio.to_thread(self.folder.begin, job.card_id)
            try:
                reach(Point.SOURCE_BEGUN)
                return await self._first_good_copy(job)
            finally:
                # In this thread, since it has to happen even if the task is being cancelled.
                self.folder.survive(job.card_id)
                self.folder.clear(job.card_id)

    async def _first_good_copy(self, job: Job) -> tuple[str, str]:
        problem, out_of_reach = SourceProblem.GONE, None
        async for fetch in self._copies(job):
            try:
                made = await self._kept_copy(job.card_id, fetch)
            except SourceOutOfReach as error:
                out_of_reach = error
            except FileRefused as error:  # maybe an error page; the next copy may be good
                if error.problem in COSTLY_PROBLEMS | {SourceProblem.TOO_LARGE}:
                    raise
                problem = error.problem
            else:
                if made is not None:
                    return made
        raise out_of_reach or FileRefused(problem)

    async def _kept_copy(self, card_id: CardId, fetch: Fetch) -> tuple[str, str] | None:
        """Keep this copy, or return None if it is not available."""
        fetched, prepared = self.folder.fetched(card_id), self.folder.prepared(card_id)
        taken = FILE_MOST_BYTES  # until its size is known
        await self._room.acquire(taken)
        try:
            if not await self._fetched(fetched, fetch):
                return None
            length = fetched.stat().st_size
            self._room.release(taken - length)
            taken = length
            content_type = await self.imaging.source(fetched, prepared)
        finally:
            self._room.release(taken)
        return await asyncio.to_thread(self.folder.keep, prepared), content_type

    async def _copies(self, job: Job) -> AsyncIterator[Fetch]:
        """Yield the ways to get the picture, best first: as sent, from Discord now, from the provider."""
        source = job.source or Source()
        if source.url is not None:
            yield partial(self.fetcher.fetch, source.url)
        if source.location is not None:
            yield partial(self._fetch_from_message, source.location)
        if source.job_id is not None:
            made = await self.runtime.database.read(jobs.get, source.job_id)
            if made is not None and made.output_url is not None and made.deleted_at is None:
                yield partial(self.provider.download, made.output_url)

    async def _fetch_from_message(self, location: PictureLocation, into: Path) -> None:
        fresh = await self.courier.fresh_url(location)
        if fresh is None:
            raise FileRefused(SourceProblem.GONE)
        await self.fetcher.fetch(fresh, into)

    async def _fetched(self, into: Path, fetch: Fetch) -> bool:
        """Download a copy; False if there is none. Raises `SourceOutOfReach`; `FileRefused` if too large."""
        for attempt in range(FETCH_ATTEMPTS):
            await self.runtime.clock.sleep(RETRY_SECONDS * attempt)
            try:
                await fetch(into)
            except (Unavailable, CourierUnavailable) as error:
                reason = error
                log.info("source not downloaded yet", attempt=attempt, note=str(error))
            except FileRefused as error:
                if error.problem is SourceProblem.TOO_LARGE:
                    raise
                return False
            else:
                return True
        if isinstance(reason, EmptyFile):
            raise FileRefused(SourceProblem.NOT_A_PICTURE)
        raise SourceOutOfReach(str(reason) or type(reason).__name__)

    # --- handing over ---

    async def _uploaded(self, job: Job, deadline: float) -> str:
        """Upload the source, at least once, with growing waits until `deadline` by the monotonic clock."""
        kept, content_type = job.source_hash or "", job.source_type or "image/jpeg"
        picture = await asyncio.to_thread(self.folder.kept, kept, content_type)
        failures = 0
        while True:
            try:
                return await self.provider.upload(picture)
            except Refused:
                raise
            except ProviderError as error:
                log.warning("source not uploaded", attempt=failures, note=error.note)
                failures += 1
                pause = _pause(failures, error)
                if self.runtime.clock.monotonic() + pause > deadline:
                    raise Unavailable(f"the source could not be uploaded: {error.note}") from error
            await self.runtime.clock.sleep(pause)


def _pause(failures: int, error: ProviderError) -> float:
    """Return the seconds before the next attempt: twice as long each time, or as long as a 429 asks for."""
    asked = error.retry_after_seconds if isinstance(error, RateLimited) else 0.0
    return max(asked, HAND_OVER_BACKOFF.after(failures))
