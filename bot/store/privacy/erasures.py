"""The erasures: which members' data are being deleted, and how it went."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from bot.domain.ids import MemberId
from bot.domain.privacy import Erasure
from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.connection import Connection, Row
from bot.store.driver.upsert import upsert
from bot.store.schema.tables import erasures


def get(connection: Connection, *member_ids: MemberId) -> Erasure | None:
    """Return the newest erasure under one of the ids of a member."""
    rows = connection.execute(_OF, {"members": member_ids})
    return max(map(_erasure, rows), key=lambda erasure: erasure.asked_at, default=None)


def put(connection: Connection, erasure: Erasure) -> None:
    """Save a new erasure, or all of one that is known."""
    values = {field.name: getattr(erasure, field.name) for field in fields(Erasure)}
    upsert(connection, erasures, key={"member_id": values.pop("member_id")}, values=values)


def remove(connection: Connection, *member_ids: MemberId) -> None:
    connection.execute(delete(erasures).where(erasures.c.member_id.in_(member_ids)))


def under_way(connection: Connection) -> list[Erasure]:
    """Return those that are not done, the oldest first."""
    return [_erasure(row) for row in connection.execute(_UNDER_WAY)]


def unsaid(connection: Connection, *, at: datetime) -> list[Erasure]:
    """Return those that are done, and whose answer can still say it at this time."""
    return [_erasure(row) for row in connection.execute(_UNSAID, {"by": at})]


def forget_answer(connection: Connection, member_id: MemberId) -> None:
    """Forget an answer that cannot be changed any more."""
    values = {"sealed_token": None, "token_expires_at": None}
    connection.execute(update(erasures).where(erasures.c.member_id == member_id).values(values))


def count(connection: Connection, member_id: MemberId, *, taken_down: int, not_taken_down: int) -> None:
    """Count messages that were deleted in Discord, or could not be."""
    more = {"member": member_id, "more": taken_down, "more_not": not_taken_down}
    connection.execute(_COUNT, more)


def forget(connection: Connection, *, done_before: datetime) -> None:
    """Delete those that were done long ago."""
    connection.execute(delete(erasures).where(erasures.c.done_at < done_before))


def _erasure(row: Row) -> Erasure:
    return Erasure(**row._asdict())


_OF = select(erasures).where(erasures.c.member_id.in_(bindparam("members", expanding=True)))
_UNDER_WAY = select(erasures).where(erasures.c.done_at.is_(None)).order_by(erasures.c.asked_at)
_UNSAID = select(erasures).where(
    erasures.c.done_at.is_not(None), erasures.c.token_expires_at > bindparam("by", type_=UtcMicroseconds)
)
_COUNT = (
    update(erasures)
    .where(erasures.c.member_id == bindparam("member"))
    .values(
        taken_down=erasures.c.taken_down + bindparam("more"),
        not_taken_down=erasures.c.not_taken_down + bindparam("more_not"),
    )
)
