"""The list of a member's own pictures in one server, in pages, and narrowed down by words of the prompts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ids import GuildId, JobId, MemberId
from bot.domain.own_pictures import PictureFilter, PicturePage
from bot.services.runtime import Runtime
from bot.store import own_pictures, reports
from bot.store.database import Connection
from bot.store.own_pictures import Prompted

#: As many as fit into one message with a small picture beside each.
PAGE_LENGTH = 10
#: A search looks at no more of the newest pictures than these, so many at a time.
MOST_SEARCHED = 5000
SEARCHED_AT_ONCE = 500


@dataclass(slots=True, kw_only=True)
class OwnPictures:
    runtime: Runtime

    async def page(
        self, guild_id: GuildId, member_id: MemberId, narrowed: PictureFilter, page: int
    ) -> PicturePage:
        """Return a page of the list; the last one if there are fewer."""
        if narrowed.words:
            return await self._found(guild_id, member_id, narrowed, page)
        return await self.runtime.database.read(_page, guild_id, member_id, page)

    async def _found(
        self, guild_id: GuildId, member_id: MemberId, narrowed: PictureFilter, page: int
    ) -> PicturePage:
        """Compare in a thread: the databases disagree on upper and lower case, and prompts may be long."""
        found: list[Prompted] = []
        searched, before = 0, None
        while batch := await self.runtime.database.read(
            own_pictures.prompts, guild_id, member_id, limit=SEARCHED_AT_ONCE, before=before
        ):
            found += await asyncio.to_thread(_matching, batch, narrowed)
            searched, before = searched + len(batch), batch[-1].id
            if len(batch) < SEARCHED_AT_ONCE or searched >= MOST_SEARCHED:
                break
        found.sort(key=lambda picture: not picture.is_in_work)
        is_cut = searched >= MOST_SEARCHED
        return await self.runtime.database.read(
            _some, [picture.id for picture in found], page, searched_only=searched if is_cut else None
        )


def _matching(batch: Sequence[Prompted], narrowed: PictureFilter) -> list[Prompted]:
    return [picture for picture in batch if narrowed.takes(picture.prompt)]


def _page(connection: Connection, guild_id: GuildId, member_id: MemberId, page: int) -> PicturePage:
    total = reports.count_member_jobs(connection, guild_id, member_id)
    shown, pages = _bounded(page, total)
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
    pictures = own_pictures.listed(connection, job_ids)
    return PicturePage(pictures=pictures, page=shown, pages=pages, total=total)


def _some(
    connection: Connection, job_ids: Sequence[JobId], page: int, *, searched_only: int | None
) -> PicturePage:
    shown, pages = _bounded(page, len(job_ids))
    pictures = own_pictures.listed(connection, job_ids[shown * PAGE_LENGTH : (shown + 1) * PAGE_LENGTH])
    return PicturePage(
        pictures=pictures, page=shown, pages=pages, total=len(job_ids), searched_only=searched_only
    )


def _bounded(page: int, total: int) -> tuple[int, int]:
    """Return which page to show, and how many there are; an empty list has one."""
    pages = max(1, -(-total // PAGE_LENGTH))
    return min(max(0, page), pages - 1), pages
