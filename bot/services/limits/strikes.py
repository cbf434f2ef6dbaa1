"""Strikes, as parts of transactions: what gives one, what a member has, and the block that they lead to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.block import THE_BOT, MemberBlock
from bot.domain.ids import CardId, GuildId, MemberId
from bot.domain.job import Job
from bot.domain.strikes import Standing, StrikeCause, StrikeRules
from bot.services.limits.member_blocks import impose
from bot.store.admission import member_blocks
from bot.store.driver.database import Connection
from bot.store.moderation import strikes
from bot.store.servers import server_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """A strike, and what comes of it."""

    standing: Standing
    #: The block that it leads to.
    block: MemberBlock | None = None
    #: The pictures that waited, and are cancelled by the block.
    cancelled: Sequence[Job] = ()


def strike(
    connection: Connection,
    *,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    cause: StrikeCause,
    at: datetime,
    by: MemberId = THE_BOT,
    card_id: CardId | None = None,
    reason: str = "",
) -> Struck | None:
    """Give the member a strike, and block them if it leads to that. Return None if it is none in the server.

    `member_ids` are all ids under which there may be rows of the member, their own first. A request is at
    most one strike for each cause, however many pictures it has.
    """
    rules = server_settings.get(connection, guild_id).strikes
    if not rules.takes(cause) or (card_id is not None and strikes.has_one(connection, card_id, cause)):
        return None
    strikes.add(
        connection,
        guild_id=guild_id,
        member_id=member_ids[0],
        cause=cause,
        actor_id=by,
        at=at,
        card_id=card_id,
        reason=reason,
    )
    found = standing(connection, rules, guild_id, member_ids, at=at)
    block = _block(connection, found, guild_id, member_ids)
    cancelled = impose(connection, block, member_ids) if block is not None else []
    return Struck(standing=found, block=block, cancelled=cancelled)


def standing(
    connection: Connection,
    rules: StrikeRules,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    *,
    at: datetime,
) -> Standing:
    """Return the strikes of the member that count now; none while the server has them switched off."""
    if not rules.is_on:
        return Standing(rules=rules, at=at)
    found = strikes.counting(connection, guild_id, member_ids, after=at - rules.window)
    return Standing(rules=rules, at=at, strikes=found)


def _block(
    connection: Connection, found: Standing, guild_id: GuildId, member_ids: Sequence[MemberId]
) -> MemberBlock | None:
    """Return the block of the step that is reached, unless the member is blocked for as long already."""
    step = found.reached
    if step is None:
        return None
    until = None if step.block is None else found.at + step.block
    before = member_blocks.of(connection, guild_id, member_ids, at=found.at)
    if before is not None and (before.until is None or (until is not None and before.until >= until)):
        return None
    return MemberBlock(
        guild_id=guild_id, member_id=member_ids[0], actor_id=THE_BOT, at=found.at, until=until, reason=""
    )
