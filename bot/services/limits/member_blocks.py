"""The blocks of members in one server, as parts of transactions: their check, start and end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.administration import AuditTopic, Values
from bot.domain.block import BlockedHere, BlockProblem, BlockRefused, MemberBlock
from bot.domain.ids import GuildId, MemberId
from bot.domain.job import Job
from bot.store.admission import member_blocks
from bot.store.driver.column_types import EPOCH
from bot.store.driver.database import Connection
from bot.store.pictures import jobs
from bot.store.servers import server_settings

WHY = "its member was blocked in the server"
SECOND = timedelta(seconds=1)


def require_unblocked(
    connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId], *, at: datetime
) -> None:
    """Raises `BlockedHere`."""
    block = member_blocks.of(connection, guild_id, member_ids, at=at)
    if block is not None:
        raise BlockedHere(block)


def impose(connection: Connection, block: MemberBlock, member_ids: Sequence[MemberId]) -> list[Job]:
    """Save the block in place of another, and cancel what waits; return what was cancelled.

    `member_ids` are all ids under which there may be rows of the member.
    """
    before = member_blocks.of(connection, block.guild_id, member_ids, at=block.at)
    member_blocks.remove(connection, block.guild_id, member_ids)
    member_blocks.put(connection, block)
    _record(connection, AuditTopic.BLOCKED, block.actor_id, block.at, before, block)
    waiting = [job for job in jobs.queued_of(connection, block.member_id) if job.guild_id == block.guild_id]
    return jobs.cancel_queued(connection, waiting, at=block.at, why=WHY)


def lift(
    connection: Connection, guild_id: GuildId, by: MemberId, member_ids: Sequence[MemberId], *, at: datetime
) -> None:
    """Remove the block. Raises `BlockRefused` if there is none."""
    block = member_blocks.of(connection, guild_id, member_ids, at=at)
    if block is None:
        raise BlockRefused(BlockProblem.NOT_BLOCKED)
    member_blocks.remove(connection, guild_id, member_ids)
    _record(connection, AuditTopic.UNBLOCKED, by, at, block, block)


def _record(
    connection: Connection,
    topic: AuditTopic,
    by: MemberId,
    at: datetime,
    before: MemberBlock | None,
    block: MemberBlock,
) -> None:
    server_settings.record(
        connection,
        guild_id=block.guild_id,
        actor_id=by,
        at=at,
        topic=topic,
        before=None if before is None else _values(before),
        after=_values(block) if topic is AuditTopic.BLOCKED else {"member_id": block.member_id},
    )


def _values(block: MemberBlock) -> Values:
    """Return the values for the audit: a time as whole seconds since 1970."""
    until = None if block.until is None else (block.until - EPOCH) // SECOND
    return {"member_id": block.member_id, "until": until, "reason": block.reason}
