"""Moderators see, add and forgive the strikes of members. Each change is in the audit.

Chat checks who may do this to whom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.administration import AuditTopic
from bot.domain.block import MOST_REASON, BlockProblem, BlockRefused
from bot.domain.ids import GuildId, MemberId
from bot.domain.paging import bounded
from bot.domain.strikes import (
    StrikeCause,
    StrikeId,
    StrikePage,
    StrikeProblem,
    StrikeRefused,
)
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.limits.strikes import Struck, standing, strike
from bot.services.runtime import Runtime
from bot.store.admission import member_blocks
from bot.store.driver.column_types import EPOCH
from bot.store.driver.database import Connection
from bot.store.moderation import strikes
from bot.store.servers import server_settings

log = structlog.stdlib.get_logger(__name__)

PAGE_LENGTH = 10


@dataclass(slots=True, kw_only=True)
class StrikeList:
    runtime: Runtime
    cancelled_jobs: CancelledJobs

    async def page(self, guild_id: GuildId, member_id: MemberId, page: int) -> StrikePage:
        """Return a page of the strikes that are kept; at most the last page."""
        at = self.runtime.clock.now()
        return await self.runtime.database.read(_page, guild_id, self._ids(member_id), page, at=at)

    async def add(self, guild_id: GuildId, by: MemberId, member_id: MemberId, reason: str) -> Struck:
        """Give a strike. Raises `StrikeRefused` if strikes are off; `BlockRefused` for a long reason."""
        if len(reason) > MOST_REASON:
            raise BlockRefused(BlockProblem.REASON_TOO_LONG, reason)
        at = self.runtime.clock.now()
        struck = await self.runtime.database.write(_add, guild_id, by, self._ids(member_id), reason, at=at)
        self.cancelled_jobs.drop(struck.cancelled)
        log.info("strike added", guild=guild_id, cancelled=len(struck.cancelled))
        return struck

    async def forgive(
        self, guild_id: GuildId, by: MemberId, member_id: MemberId, strike_id: StrikeId | None = None
    ) -> None:
        """Forgive a strike, or all that are not. A block that they led to stays. Raises `StrikeRefused`."""
        at = self.runtime.clock.now()
        await self.runtime.database.write(_forgive, guild_id, by, self._ids(member_id), strike_id, at=at)
        log.info("strikes forgiven", guild=guild_id)

    def _ids(self, member_id: MemberId) -> Sequence[MemberId]:
        return self.runtime.pseudonyms.ids_of(member_id)


def _page(
    connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId], page: int, *, at: datetime
) -> StrikePage:
    total = strikes.count(connection, guild_id, member_ids)
    page, pages = bounded(page, total, PAGE_LENGTH)
    rules = server_settings.get(connection, guild_id).strikes
    return StrikePage(
        member_id=member_ids[0],
        standing=standing(connection, rules, guild_id, member_ids, at=at),
        block=member_blocks.of(connection, guild_id, member_ids, at=at),
        strikes=strikes.newest(
            connection, guild_id, member_ids, limit=PAGE_LENGTH, offset=page * PAGE_LENGTH
        ),
        page=page,
        pages=pages,
    )


def _add(
    connection: Connection,
    guild_id: GuildId,
    by: MemberId,
    member_ids: Sequence[MemberId],
    reason: str,
    *,
    at: datetime,
) -> Struck:
    struck = strike(
        connection,
        guild_id=guild_id,
        member_ids=member_ids,
        cause=StrikeCause.MODERATOR,
        at=at,
        by=by,
        reason=reason,
    )
    if struck is None:
        raise StrikeRefused(StrikeProblem.OFF)
    _record(connection, AuditTopic.STRUCK, guild_id, by, member_ids[0], at=at, reason=reason)
    return struck


def _forgive(
    connection: Connection,
    guild_id: GuildId,
    by: MemberId,
    member_ids: Sequence[MemberId],
    strike_id: StrikeId | None,
    *,
    at: datetime,
) -> None:
    kept = strikes.counting(connection, guild_id, member_ids, after=EPOCH)
    some = [strike.id for strike in kept if strike_id in (None, strike.id)]
    forgiven = strikes.forgive(connection, guild_id, member_ids, some, at=at)
    if not forgiven:
        raise StrikeRefused(StrikeProblem.NOTHING_TO_FORGIVE)
    _record(connection, AuditTopic.FORGIVEN, guild_id, by, member_ids[0], at=at, count=forgiven)


def _record(
    connection: Connection,
    topic: AuditTopic,
    guild_id: GuildId,
    by: MemberId,
    member_id: MemberId,
    *,
    at: datetime,
    **values: int | str,
) -> None:
    server_settings.record(
        connection,
        guild_id=guild_id,
        actor_id=by,
        at=at,
        topic=topic,
        after={"member_id": member_id, **values},
    )
