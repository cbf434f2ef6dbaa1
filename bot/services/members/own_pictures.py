"""The list of a member's pictures in one server: their own or their favourites, in pages, found by words."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.domain.access import Actor
from bot.domain.errors import JobUnknown, NotPossibleNow
from bot.domain.ids import ChannelId, GuildId, JobId, MemberId
from bot.domain.job import Job
from bot.domain.own_pictures import PictureFilter, PicturePage
from bot.domain.paging import bounded
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.pictures import cards, favourites, jobs, own_pictures, reports
from bot.store.pictures.own_pictures import Prompted

#: As many as fit into one message with a small picture beside each.
PAGE_LENGTH = 10
#: A search looks at no more of the newest pictures than these, so many at a time.
MOST_SEARCHED = 5000
SEARCHED_AT_ONCE = 500


@dataclass(slots=True, kw_only=True)
class OwnPictures:
    runtime: Runtime

    async def page(
        self,
        guild_id: GuildId,
        member_id: MemberId,
        narrowed: PictureFilter,
        page: int,
        seen: Collection[ChannelId] = (),
    ) -> PicturePage:
        """Return a page of the list; the last one if there are fewer.

        Of others' pictures among the favourites, only public ones in the channels `seen` are listed.
        """
        read = self.runtime.database.read
        if narrowed.words:
            find = partial(own_pictures.prompts, guild_id=guild_id, member_id=member_id)
            if narrowed.only_favourites:
                find = partial(favourites.prompts, guild_id=guild_id, member_id=member_id, seen=seen)
            return await self._found(find, member_id, narrowed, page)
        if narrowed.only_favourites:
            return await read(_favourites, guild_id, member_id, seen, page)
        return await read(_page, guild_id, member_id, page)

    async def _found(
        self,
        find: Callable[..., list[Prompted]],
        member_id: MemberId,
        narrowed: PictureFilter,
        page: int,
    ) -> PicturePage:
        """Compare in a thread: the databases disagree on upper and lower case, and prompts may be long."""
        found: list[Prompted] = []
        searched = 0
        while batch := await self.runtime.database.read(find, limit=SEARCHED_AT_ONCE, offset=searched):
            found += await asyncio.to_thread(_matching, batch, narrowed)
            searched += len(batch)
            if len(batch) < SEARCHED_AT_ONCE or searched >= MOST_SEARCHED:
                break
        found.sort(key=lambda picture: not picture.is_in_work)
        return await self.runtime.database.read(
            _some,
            [picture.id for picture in found],
            member_id,
            page,
            searched_only=searched if searched >= MOST_SEARCHED else None,
        )

    async def favourite_channels(self, guild_id: GuildId, member_id: MemberId) -> frozenset[ChannelId]:
        """Return the channels of others' pictures that the member has marked."""
        return await self.runtime.database.read(favourites.channels, guild_id, member_id)

    async def is_favourite(self, job: Job, member_id: MemberId) -> bool:
        return bool(await self.runtime.database.read(favourites.among, member_id, [job.id]))

    async def require_favourite(self, job: Job, member_id: MemberId, seen: Collection[ChannelId]) -> None:
        """Raises `JobUnknown` unless it is a favourite that the member may see."""
        if not await self.runtime.database.read(favourites.is_seen, job, member_id, seen):
            raise JobUnknown

    async def mark(self, job_id: JobId, actor: Actor) -> None:
        """Make a picture that the actor may see from here one of their favourites.

        Raises `JobUnknown`; `NotPossibleNow` if it is deleted or was never posted.
        """
        await self.runtime.database.write(_mark, job_id, actor, at=self.runtime.clock.now())

    async def unmark(self, job_id: JobId, member_id: MemberId) -> None:
        await self.runtime.database.write(favourites.remove, member_id, job_id)


def _matching(batch: Sequence[Prompted], narrowed: PictureFilter) -> list[Prompted]:
    return [picture for picture in batch if narrowed.takes(picture.prompt)]


def _page(connection: Connection, guild_id: GuildId, member_id: MemberId, page: int) -> PicturePage:
    total = reports.count_member_jobs(connection, guild_id, member_id)
    shown, pages = bounded(page, total, PAGE_LENGTH)
    start = shown * PAGE_LENGTH
    working = own_pictures.in_work(connection, guild_id, member_id)
    job_ids = working[start : start + PAGE_LENGTH]
    job_ids += own_pictures.others(
        connection,
        guild_id,
        member_id,
        limit=PAGE_LENGTH - len(job_ids),
        offset=max(0, start - len(working)),
    )
    return _shown(connection, job_ids, member_id, page=shown, pages=pages, total=total)


def _favourites(
    connection: Connection, guild_id: GuildId, member_id: MemberId, seen: Collection[ChannelId], page: int
) -> PicturePage:
    total = favourites.count(connection, guild_id, member_id, seen)
    shown, pages = bounded(page, total, PAGE_LENGTH)
    found = favourites.prompts(
        connection, guild_id, member_id, seen, limit=PAGE_LENGTH, offset=shown * PAGE_LENGTH
    )
    job_ids = [picture.id for picture in found]
    return _shown(connection, job_ids, member_id, page=shown, pages=pages, total=total)


def _some(
    connection: Connection,
    job_ids: Sequence[JobId],
    member_id: MemberId,
    page: int,
    *,
    searched_only: int | None,
) -> PicturePage:
    shown, pages = bounded(page, len(job_ids), PAGE_LENGTH)
    of_page = job_ids[shown * PAGE_LENGTH : (shown + 1) * PAGE_LENGTH]
    return _shown(
        connection,
        of_page,
        member_id,
        page=shown,
        pages=pages,
        total=len(job_ids),
        searched_only=searched_only,
    )


def _shown(
    connection: Connection,
    job_ids: Sequence[JobId],
    member_id: MemberId,
    *,
    page: int,
    pages: int,
    total: int,
    searched_only: int | None = None,
) -> PicturePage:
    return PicturePage(
        pictures=own_pictures.listed(connection, job_ids),
        page=page,
        pages=pages,
        total=total,
        searched_only=searched_only,
        favourites=favourites.among(connection, member_id, job_ids),
    )


def _mark(connection: Connection, job_id: JobId, actor: Actor, *, at: datetime) -> None:
    job = jobs.get(connection, job_id)
    card = None if job is None else cards.get(connection, job.card_id)
    if job is None or card is None:
        raise JobUnknown
    actor.require_sight(card)
    if not job.is_posted:
        raise NotPossibleNow
    favourites.add(connection, actor.member_id, job, at=at)
