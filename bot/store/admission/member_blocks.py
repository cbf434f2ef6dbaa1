"""The blocks of members by the moderators of a server. A block that is over says nothing any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from bot.domain.block import THE_BOT, MemberBlock
from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.store.driver.connection import Connection, Row
from bot.store.driver.upsert import upsert
from bot.store.schema.tables import guilds, member_blocks


def of(
    connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId], *, at: datetime
) -> MemberBlock | None:
    """Return the block that holds at this time; of several, the one that lasts longest.

    `member_ids` are all ids under which there may be rows of the member.
    """
    rows = connection.execute(_OF, {"guild": guild_id, "members": member_ids, "at": at})
    return max(map(_block, rows), key=_end, default=None)


def put(connection: Connection, block: MemberBlock) -> None:
    """Save a block, in place of an earlier one. The log channel is still to say what the bot has done."""
    key = {"guild_id": block.guild_id, "member_id": block.member_id}
    values = {"actor_id": block.actor_id, "at": block.at, "until": block.until, "reason": block.reason}
    upsert(connection, member_blocks, key=key, values={**values, "owes_notice": block.actor_id == THE_BOT})


def remove(connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId]) -> None:
    connection.execute(_REMOVE, {"guild": guild_id, "members": member_ids})


def count(connection: Connection, guild_id: GuildId, *, at: datetime) -> int:
    """Count the blocks that hold in the server."""
    return int(connection.scalar(_COUNT, {"guild": guild_id, "at": at}))


def newest(
    connection: Connection, guild_id: GuildId, *, at: datetime, limit: int, offset: int
) -> list[MemberBlock]:
    """Return the blocks that hold in the server, newest first."""
    asked: Mapping[str, Any] = {"guild": guild_id, "at": at, "most": limit, "skipped": offset}
    return [_block(row) for row in connection.execute(_NEWEST, asked)]


def owing_notice(connection: Connection) -> list[tuple[MemberBlock, ChannelId | None, str | None]]:
    """Return the blocks that log channels are still to say, each with that channel and its language."""
    return [
        (_block(row), row.log_channel_id and ChannelId(row.log_channel_id), row.language)
        for row in connection.execute(_OWING)
    ]


def settle_notice(connection: Connection, block: MemberBlock) -> None:
    """The log channel has said it, or cannot. A block that has replaced this one still owes its own."""
    asked = {"guild": block.guild_id, "members": [block.member_id], "began_at": block.at}
    connection.execute(_SETTLE, asked)


def forget_ended(connection: Connection, *, before: datetime) -> int:
    """Delete the blocks that ended before this time; return how many."""
    return connection.execute(_FORGET, {"before": before}).rowcount


def _end(block: MemberBlock) -> tuple[bool, datetime]:
    return block.until is None, block.until or block.at


def _block(row: Row) -> MemberBlock:
    return MemberBlock(
        guild_id=GuildId(row.guild_id),
        member_id=MemberId(row.member_id),
        actor_id=MemberId(row.actor_id),
        at=row.at,
        until=row.until,
        reason=row.reason,
    )


_HOLDS = or_(member_blocks.c.until.is_(None), member_blocks.c.until > bindparam("at"))
_HERE = member_blocks.c.guild_id == bindparam("guild")
_IS_IT = (_HERE, member_blocks.c.member_id.in_(bindparam("members", expanding=True)))
#: Part of a larger question, with the same names of its values.
IS_BLOCKED_HERE = exists().where(*_IS_IT, _HOLDS)
_OF = select(member_blocks).where(*_IS_IT, _HOLDS)
_REMOVE = delete(member_blocks).where(*_IS_IT)
_COUNT = select(func.count()).select_from(member_blocks).where(_HERE, _HOLDS)
_NEWEST = (
    select(member_blocks)
    .where(_HERE, _HOLDS)
    .order_by(member_blocks.c.at.desc(), member_blocks.c.member_id)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_OWING = (
    select(member_blocks, guilds.c.log_channel_id, guilds.c.language)
    .outerjoin(guilds, guilds.c.guild_id == member_blocks.c.guild_id)
    .where(member_blocks.c.owes_notice)
    .order_by(member_blocks.c.at)
)
_SETTLE = (
    update(member_blocks)
    .where(*_IS_IT, member_blocks.c.at == bindparam("began_at"))
    .values(owes_notice=False)
)
_FORGET = delete(member_blocks).where(member_blocks.c.until < bindparam("before"))
