"""Moderators block and unblock members of their server. Each change is in the audit.

Who is blocked gets no more pictures there: those that wait are cancelled, those that run may finish. Chat
checks who may block whom.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.block import (
    LONGEST,
    MOST_REASON,
    SHORTEST,
    BlockOutcome,
    BlockPage,
    BlockProblem,
    BlockRefused,
    MemberBlock,
)
from bot.domain.ids import GuildId, MemberId
from bot.domain.paging import bounded
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.limits.member_blocks import impose, lift
from bot.services.runtime import Runtime
from bot.store.admission import member_blocks
from bot.store.driver.database import Connection

log = structlog.stdlib.get_logger(__name__)

PAGE_LENGTH = 10


@dataclass(slots=True, kw_only=True)
class BlockList:
    runtime: Runtime
    cancelled_jobs: CancelledJobs

    async def block(
        self, guild_id: GuildId, by: MemberId, member_id: MemberId, length: timedelta | None, reason: str
    ) -> BlockOutcome:
        """Block a member for this long; None: without an end. Replaces a block. Raises `BlockRefused`."""
        block = self.drawn_up(guild_id, by, member_id, length, reason)
        cancelled = await self.runtime.database.write(
            impose, block, self.runtime.pseudonyms.ids_of(member_id)
        )
        self.cancelled_jobs.drop(cancelled)
        log.info("member blocked", guild=guild_id, cancelled=len(cancelled))
        return BlockOutcome(block=block, cancelled=len(cancelled))

    def drawn_up(
        self, guild_id: GuildId, by: MemberId, member_id: MemberId, length: timedelta | None, reason: str
    ) -> MemberBlock:
        """Return the block, to be imposed. Raises `BlockRefused`."""
        if length is not None and not SHORTEST <= length <= LONGEST:
            raise BlockRefused(BlockProblem.LENGTH_OUT_OF_RANGE)
        if len(reason) > MOST_REASON:
            raise BlockRefused(BlockProblem.REASON_TOO_LONG, reason)
        at = self.runtime.clock.now()
        return MemberBlock(
            guild_id=guild_id,
            member_id=member_id,
            actor_id=by,
            at=at,
            until=None if length is None else at + length,
            reason=reason,
        )

    async def unblock(self, guild_id: GuildId, by: MemberId, member_id: MemberId) -> None:
        """Raises `BlockRefused` if the member is not blocked."""
        at, member_ids = self.runtime.clock.now(), self.runtime.pseudonyms.ids_of(member_id)
        await self.runtime.database.write(lift, guild_id, by, member_ids, at=at)
        log.info("member unblocked", guild=guild_id)

    async def of(self, guild_id: GuildId, member_id: MemberId) -> MemberBlock | None:
        """Return the block that holds now."""
        at, member_ids = self.runtime.clock.now(), self.runtime.pseudonyms.ids_of(member_id)
        return await self.runtime.database.read(member_blocks.of, guild_id, member_ids, at=at)

    async def page(self, guild_id: GuildId, page: int) -> BlockPage:
        """Return a page of the blocks that hold now; at most the last page."""
        return await self.runtime.database.read(_page, guild_id, page, at=self.runtime.clock.now())


def _page(connection: Connection, guild_id: GuildId, page: int, *, at: datetime) -> BlockPage:
    total = member_blocks.count(connection, guild_id, at=at)
    page, pages = bounded(page, total, PAGE_LENGTH)
    shown = member_blocks.newest(connection, guild_id, at=at, limit=PAGE_LENGTH, offset=page * PAGE_LENGTH)
    return BlockPage(blocks=shown, page=page, pages=pages, total=total)
