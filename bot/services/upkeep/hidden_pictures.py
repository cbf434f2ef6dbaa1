"""Hides pictures that many members have reported until a moderator decides, and puts them back.

The file is kept on disk before the picture is taken off its card: by then, the provider may have deleted its
own. What is to be done is in the store, so that it survives restarts.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.domain.errors import (
    CardGone,
    CourierUnavailable,
    FileRefused,
    PictureTooLarge,
    ProviderError,
)
from bot.domain.failure import SourceProblem
from bot.domain.ids import JobId
from bot.domain.job import Hiding, Job
from bot.domain.luma import FILE_MOST_BYTES
from bot.domain.provider import Picture
from bot.domain.request import PictureLocation
from bot.fault_points import Point, reach
from bot.services.cards.card_updater import CardUpdater
from bot.services.making.delivering import Delivering
from bot.services.protocols import Courier, SourceFetcher
from bot.services.runtime import Runtime
from bot.store.moderation import hidden
from bot.store.pictures import cards

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class HiddenPictures:
    runtime: Runtime
    courier: Courier
    fetcher: SourceFetcher
    delivering: Delivering
    card_updater: CardUpdater
    folder: Path

    async def run(self) -> None:
        while True:
            with self.runtime.outages.survived("hidden"):
                await self._look()
            await self.runtime.until_owed(self.runtime.hiding_owed)

    async def _look(self) -> None:
        for job in await self.runtime.database.read(hidden.unfinished):
            try:
                await (self._hide(job) if job.hiding is Hiding.ASKED else self._put_back(job))
            except (CourierUnavailable, ProviderError, OSError) as error:
                log.info("a reported picture waits", job=job.id, to=job.hiding, why=type(error).__name__)
        await self._delete_files()

    # --- hiding ---

    async def _hide(self, job: Job) -> None:
        try:
            await self._keep(job)
        except FileRefused as error:  # gone from Discord as well, so that there is nothing to hide
            log.warning("a reported picture cannot be hidden", job=job.id, why=error.problem)
            await self.runtime.database.write(hidden.end, job)
            self.runtime.feed_owed.send()
            return
        reach(Point.HIDING_KEPT)
        edits = await self.runtime.database.write(hidden.hide, job.id, at=self.runtime.clock.now())
        reach(Point.HIDING_DECIDED)
        self.runtime.posts_owed.send()
        await self.card_updater.taken_down(job.card_id, edits)
        log.info("hidden until a moderator decides", job=job.id)

    async def _keep(self, job: Job) -> None:
        """Keep the file. Raises `FileRefused` if there is none anywhere, or what may be better later."""
        path = self._path(job.id)
        if await asyncio.to_thread(path.exists):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            picture = await self.delivering.picture_at(job.id, job.output_url, FILE_MOST_BYTES)
            await asyncio.to_thread(_write, path, picture.data)
        except FileRefused:
            await self._keep_from_discord(job, path)

    async def _keep_from_discord(self, job: Job, path: Path) -> None:
        card = await self.runtime.database.read(cards.get, job.card_id)
        if card is None or card.message_id is None:
            raise FileRefused(SourceProblem.GONE)
        place = PictureLocation(card.channel_id, card.message_id, job.attachment_id)
        url = await self.courier.fresh_url(place)
        if url is None:
            raise FileRefused(SourceProblem.GONE)
        fetched = path.with_suffix(".fetched")
        await self.fetcher.fetch(url, fetched)
        await asyncio.to_thread(fetched.replace, path)

    # --- putting back ---

    async def _put_back(self, job: Job) -> None:
        card = await self.runtime.database.read(cards.get, job.card_id)
        assert card is not None, "a job has a card"
        try:
            picture = await self._kept(job, card.upload_limit)
            await self.card_updater.put_back(job, picture)
            log.info("shown again", job=job.id)
        except (CardGone, FileRefused, PictureTooLarge) as error:
            # Its place is gone, or its file: it is as good as deleted, and its card says so.
            log.warning("a picture cannot be shown again", job=job.id, why=type(error).__name__)
            at = self.runtime.clock.now()
            await self.runtime.database.write(hidden.end, job, deleted_at=at)
            self.card_updater.card_changed(job.card_id)
        self.runtime.feed_owed.send()

    async def _kept(self, job: Job, most_bytes: int) -> Picture:
        """Return the kept picture; where another machine has it, that of the provider."""
        path = self._path(job.id)
        if not await asyncio.to_thread(path.exists):
            return await self.delivering.picture_at(job.id, job.output_url, most_bytes)
        return await self.delivering.picture_in(job.id, path, most_bytes)

    # --- files ---

    def _path(self, job_id: JobId) -> Path:
        return self.folder / str(job_id)

    async def _delete_files(self) -> None:
        """Delete the files of pictures on which a moderator has decided."""
        kept = {str(job_id) for job_id in await self.runtime.database.read(hidden.kept)}
        await asyncio.to_thread(_delete_all_but, self.folder, kept)


def _write(path: Path, data: bytes) -> None:
    """Write a whole file or none."""
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


def _delete_all_but(folder: Path, kept: set[str]) -> None:
    with suppress(OSError):
        for path in folder.glob("*"):
            if path.stem not in kept:
                path.unlink()
