"""The pictures to edit: fetched soon, made harmless, kept on disk until their jobs end, handed over once."""

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
from bot.store import jobs

#: Writes one copy of the picture to a file.
Fetch = Callable[[Path], Awaitable[None]]

log = structlog.stdlib.get_logger(__name__)

#: On disk, of all sources that are being fetched or wait to be opened.
MOST_BYTES_AT_ONCE = 500_000_000
FETCH_ATTEMPTS = 3
RETRY_SECONDS = 2.0
#: How long a source is offered to a provider that does not take it, and the pauses on the way.
HAND_OVER_SECONDS = 900.0
HAND_OVER_BACKOFF = Backoff.doubling(2.0, 60.0)
#: A source over which the process was killed so often, out of memory as a rule, is not fetched again.
MOST_DEATHS = 3
#: A file may be on disk a moment before its job's row says so.
KEPT_AT_LEAST_SECONDS = 3600.0


@dataclass(slots=True, kw_only=True)
class Sources:
    """From wherever they are to the provider; other processes open them."""

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
    #: For those over which a process was killed: which of them it was shows when each goes alone.
    _suspects: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _locks: KeyedLocks[CardId] = field(init=False, default_factory=KeyedLocks)

    async def prepare(self, job: Job) -> Job:
        """Fetch the source unless a sibling on its card, or an earlier run, did.

        Raises `FileRefused`; `SourceOutOfReach` if it may be had later.
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
        """The URL under which the provider can read the source, uploaded once for all jobs of the card.

        Raises `Refused`, and `Unavailable` if the provider does not take it within `HAND_OVER_SECONDS`. There
        is no other way: only the prepared source is free of what its file tells about people.
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
        """Delete the sources that no open job needs, and what a killed process left of results."""
        old = self.runtime.clock.now().timestamp() - KEPT_AT_LEAST_SECONDS
        in_use = await self.runtime.database.read(jobs.sources_in_use)
        await asyncio.to_thread(delete_old, self.results_folder, old)
        await asyncio.to_thread(self.folder.delete_all_but, in_use, old)

    async def _current(self, job: Job) -> Job:
        return await self.runtime.database.read(jobs.get, job.id) or job

    # --- fetching ---

    async def _prepared(self, job: Job) -> tuple[str, str]:
        """The digest and the content type of what is kept then."""
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
                # In this thread, since it has to be done even if the task is being cancelled.
                self.folder.survive(job.card_id)
                self.folder.clear(job.card_id)

    async def _first_good_copy(self, job: Job) -> tuple[str, str]:
        problem, out_of_reach = SourceProblem.GONE, None
        async for fetch in self._copies(job):
            try:
                made = await self._kept_copy(job.card_id, fetch)
            except SourceOutOfReach as error:
                out_of_reach = error
            except FileRefused as error:  # perhaps an error page where the picture was; the next copy may do
                if error.problem in COSTLY_PROBLEMS | {SourceProblem.TOO_LARGE}:
                    raise
                problem = error.problem
            else:
                if made is not None:
                    return made
        raise out_of_reach or FileRefused(problem)

    async def _kept_copy(self, card_id: CardId, fetch: Fetch) -> tuple[str, str] | None:
        """None if this copy is not to be had."""
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
        """How the picture may be had, best first: as it was sent, as Discord has it now, as it was made."""
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
        """Whether this copy is to be had; one that is too large is final. Raises `SourceOutOfReach`."""
        for attempt in range(FETCH_ATTEMPTS):
            await self.runtime.clock.sleep(RETRY_SECONDS * attempt)
            try:
                await fetch(into)
            except (Unavailable, CourierUnavailable) as error:
                reason = error
                log.info("source not fetched yet", attempt=attempt, note=str(error))
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
        """Tried at least once, with growing pauses until `deadline`, by the monotonic clock."""
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
                    raise Unavailable(f"the source was never taken: {error.note}") from error
            await self.runtime.clock.sleep(pause)


def _pause(failures: int, error: ProviderError) -> float:
    """Before the next attempt, in seconds: twice as long each time, or as long as a 429 asks for."""
    asked = error.retry_after_seconds if isinstance(error, RateLimited) else 0.0
    return max(asked, HAND_OVER_BACKOFF.after(failures))
