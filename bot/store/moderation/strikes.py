"""The strikes of members. What has faded is kept for a while, so that moderators see it.

`member_ids` are all ids under which there may be rows of a member.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from bot.domain.ids import CardId, GuildId, MemberId
from bot.domain.strikes import Strike, StrikeCause, StrikeId
from bot.store.driver.connection import Connection, Row
from bot.store.schema.tables import strikes


def add(
    connection: Connection,
    *,
    guild_id: GuildId,
    member_id: MemberId,
    cause: StrikeCause,
    actor_id: MemberId,
    at: datetime,
    card_id: CardId | None = None,
    reason: str = "",
) -> None:
    row = {"guild_id": guild_id, "member_id": member_id, "cause": cause, "actor_id": actor_id, "at": at}
    connection.execute(_ADD, {**row, "card_id": card_id, "reason": reason})


def has_one(connection: Connection, card_id: CardId, cause: StrikeCause) -> bool:
    """Return whether the request was a strike for this cause before, even if it was forgiven."""
    return bool(connection.scalar(_HAS_ONE, {"card": card_id, "cause": cause}))


def counting(
    connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId], *, after: datetime
) -> list[Strike]:
    """Return the member's strikes after this time that are not forgiven, newest first."""
    asked = {"guild": guild_id, "members": member_ids, "after": after}
    return [_strike(row) for row in connection.execute(_COUNTING, asked)]


def count(connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId]) -> int:
    """Count all strikes of the member that are kept."""
    return int(connection.scalar(_COUNT, {"guild": guild_id, "members": member_ids}))


def newest(
    connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId], *, limit: int, offset: int
) -> list[Strike]:
    """Return the member's strikes that are kept, newest first."""
    asked = {"guild": guild_id, "members": member_ids, "most": limit, "skipped": offset}
    return [_strike(row) for row in connection.execute(_NEWEST, asked)]


def forgive(
    connection: Connection,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    some: Collection[StrikeId],
    *,
    at: datetime,
) -> int:
    """Let these strikes of the member no longer count; return how many did so far."""
    asked: dict[str, Any] = {"guild": guild_id, "members": member_ids, "some": list(some), "now": at}
    return connection.execute(_FORGIVE, asked).rowcount


def forget(connection: Connection, *, before: datetime) -> int:
    """Delete the strikes from before this time; return how many."""
    return connection.execute(_FORGET, {"before": before}).rowcount


def _strike(row: Row) -> Strike:
    return Strike(
        id=StrikeId(row.id),
        guild_id=GuildId(row.guild_id),
        member_id=MemberId(row.member_id),
        at=row.at,
        cause=row.cause,
        actor_id=MemberId(row.actor_id),
        card_id=None if row.card_id is None else CardId(row.card_id),
        reason=row.reason,
        forgiven_at=row.forgiven_at,
    )


_OF_MEMBER = (
    strikes.c.guild_id == bindparam("guild"),
    strikes.c.member_id.in_(bindparam("members", expanding=True)),
)
_NEWEST_FIRST = (strikes.c.at.desc(), strikes.c.id.desc())
_IS_UNFORGIVEN = strikes.c.forgiven_at.is_(None)
_ADD = insert(strikes)
_HAS_ONE = select(
    exists().where(strikes.c.card_id == bindparam("card"), strikes.c.cause == bindparam("cause"))
)
_COUNTING = (
    select(strikes)
    .where(*_OF_MEMBER, _IS_UNFORGIVEN, strikes.c.at > bindparam("after"))
    .order_by(*_NEWEST_FIRST)
)
_COUNT = select(func.count()).select_from(strikes).where(*_OF_MEMBER)
_NEWEST = (
    select(strikes)
    .where(*_OF_MEMBER)
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_FORGIVE = (
    update(strikes)
    .where(*_OF_MEMBER, _IS_UNFORGIVEN, strikes.c.id.in_(bindparam("some", expanding=True)))
    .values(forgiven_at=bindparam("now"))
)
_FORGET = delete(strikes).where(strikes.c.at < bindparam("before"))
