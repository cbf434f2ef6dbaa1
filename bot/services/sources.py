"""The pictures to edit: fetched soon, made harmless, kept on disk until their jobs end, handed over once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import FileRefused, ProviderError, RateLimited, Refused, Unavailable
from bot.domain.failure import SourceProblem
from bot.domain.ids import CardId
from bot.domain.job import Job
from bot.domain.provider import Picture
from bot.domain.request import Source
from bot.fault_points import Point, reach
from bot.services import pictures
from bot.services.protocols import Courier, ImageProvider, SourceFetcher
from bot.services.source_folder import SourceFolder
from bot.store import jobs
from bot.store.database import Database

Fetch = Callable[[str], Awaitable[bytes]]

log = structlog.stdlib.get_logger(__name__)

#: Fetched, or waiting to be opened: a slow one holds up no other, and none is larger than 50 MB.
FETCHED_AT_ONCE = 3
#: One may take some hundred megabytes while it is opened.
OPENED_AT_ONCE = 1
FETCH_ATTEMPTS = 3
RETRY_SECONDS = 2.0
#: How long a source is offered to a provider that does not take it, and the longest pause on the way.
HAND_OVER_SECONDS = 900.0
HAND_OVER_PAUSE_MOST_SECONDS = 60.0
#: A source over which the process was killed so often, out of memory as a rule, is not opened again.
MOST_DEATHS = 3
#: A file may be on disk a moment before its job's row says so.
KEPT_AT_LEAST_SECONDS = 3600.0


class Sources:
    """From wherever they are to the provider; one at a time is opened."""

    def __init__(
        self,
        *,
        folder: Path,
        database: Database,
        fetcher: SourceFetcher,
        provider: ImageProvider,
        courier: Courier,
        clock: Clock,
    ) -> None:
        self._folder = SourceFolder(folder)
        self._database = database
        self._fetcher = fetcher
        self._provider = provider
        self._courier = courier
        self._clock = clock
        self._fetching = asyncio.Semaphore(FETCHED_AT_ONCE)
        self._opening = asyncio.Semaphore(OPENED_AT_ONCE)
        self._card_locks: dict[int, asyncio.Lock] = {}

    async def prepare(self, job: Job) -> Job:
        """Fetch the source unless a sibling on its card, or an earlier run, did. Raises `FileRefused`."""
        async with self._card_locks.setdefault(job.card_id, asyncio.Lock()):
            current = await self._current(job)
            if current.source_hash is None or not self._folder.has(current.source_hash):
                async with self._fetching:
                    picture = await self._prepared(job)
                digest = await asyncio.to_thread(self._folder.keep, picture)
                reach(Point.SOURCE_KEPT)
                await self._database.write(
                    jobs.set_source, job.card_id, source_hash=digest, source_type=picture.content_type
                )
                current = await self._current(job)
        return current

    async def hand_over(self, job: Job) -> str:
        """The URL under which the provider can read the source, uploaded once for all jobs of the card.

        Raises `Refused`, and `Unavailable` if the provider does not take it within `HAND_OVER_SECONDS`. There
        is no other way: only the prepared source is free of what its file tells about people.
        """
        began = self._clock.monotonic()
        async with self._card_locks.setdefault(job.card_id, asyncio.Lock()):
            current = await self._current(job)
            if current.asset_url is not None:
                return current.asset_url
            url = await self._uploaded(current, began + HAND_OVER_SECONDS)
            await self._database.write(jobs.set_asset, job.card_id, url)
            return url

    async def forget_unused(self) -> None:
        """Delete the files that no open job needs."""
        old = self._clock.now().timestamp() - KEPT_AT_LEAST_SECONDS
        in_use = await self._database.read(jobs.sources_in_use)
        await asyncio.to_thread(self._folder.delete_all_but, in_use, old)
        self._card_locks = {card: lock for card, lock in self._card_locks.items() if lock.locked()}

    async def _current(self, job: Job) -> Job:
        return await self._database.read(jobs.get, job.id) or job

    # --- fetching ---

    async def _prepared(self, job: Job) -> Picture:
        if await asyncio.to_thread(self._folder.deaths, job.card_id) >= MOST_DEATHS:
            log.error("a source killed this process again and again, and is refused", times=MOST_DEATHS)
            raise FileRefused(SourceProblem.TOO_HEAVY)
        problem = SourceProblem.GONE
        async for url, fetch in self._copies(job):
            data = await self._fetched(url, fetch)
            if data is None:
                continue
            try:
                async with self._opening:
                    return await asyncio.to_thread(self._opened, job.card_id, data)
            except FileRefused as error:  # perhaps an error page where the picture was; the next copy may do
                problem = error.problem
        raise FileRefused(problem)

    async def _copies(self, job: Job) -> AsyncIterator[tuple[str, Fetch]]:
        """Where the picture may be had, best first: as it was sent, as Discord has it now, as it was made."""
        source = job.source or Source()
        if source.url is not None:
            yield source.url, self._fetcher.fetch
        if source.location is not None:
            fresh = await self._courier.fresh_url(source.location)
            if fresh is not None:
                yield fresh, self._fetcher.fetch
        if source.job_id is not None:
            made = await self._database.read(jobs.get, source.job_id)
            if made is not None and made.output_url is not None and made.deleted_at is None:
                yield made.output_url, self._provider.download

    async def _fetched(self, url: str, fetch: Fetch) -> bytes | None:
        """The bytes, or None if this copy is not to be had; one that is too large is final."""
        for attempt in range(FETCH_ATTEMPTS):
            try:
                return await fetch(url)
            except Unavailable as error:
                log.info("source not fetched yet", attempt=attempt, note=error.note)
                await self._clock.sleep(RETRY_SECONDS * attempt)
            except FileRefused as error:
                if error.problem is SourceProblem.TOO_LARGE:
                    raise
                return None
        return None

    def _opened(self, card_id: CardId, data: bytes) -> Picture:
        """Blocks. Where the machine has too little memory, this is where the process is killed."""
        self._folder.begin(card_id)
        reach(Point.SOURCE_BEGUN)
        try:
            return pictures.prepare_source(data)
        except MemoryError as error:
            raise FileRefused(SourceProblem.TOO_HEAVY) from error
        finally:
            self._folder.survive(card_id)

    # --- handing over ---

    async def _uploaded(self, job: Job, deadline: float) -> str:
        """Tried at least once, with growing pauses until `deadline`, by the monotonic clock."""
        picture = await asyncio.to_thread(self._folder.kept, job.source_hash or "")
        attempt = 0
        while True:
            try:
                return await self._provider.upload(picture)
            except Refused:
                raise
            except ProviderError as error:
                log.warning("source not uploaded", attempt=attempt, note=error.note)
                pause = _pause(attempt, error)
                if self._clock.monotonic() + pause > deadline:
                    raise Unavailable(f"the source was never taken: {error.note}") from error
            await self._clock.sleep(pause)
            attempt += 1


def _pause(attempt: int, error: ProviderError) -> float:
    """Before the next attempt, in seconds: twice as long each time, or as long as a 429 asks for."""
    asked = error.retry_after_seconds if isinstance(error, RateLimited) else 0.0
    return max(asked, min(HAND_OVER_PAUSE_MOST_SECONDS, RETRY_SECONDS * 2.0 ** min(attempt, 10)))
