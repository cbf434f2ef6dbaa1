"""The operator's blocks, which apply in all servers. A block that is over says nothing any more."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, or_, select

from bot.domain.block import Block
from bot.store.driver.connection import Connection, Row
from bot.store.schema.tables import blocks


def of(connection: Connection, ids: Collection[int], *, at: datetime) -> Block | None:
    """Return the block of one of these servers and members that holds at this time and lasts longest."""
    row = connection.execute(_OF, {"ids": list(ids), "at": at}).first()
    return None if row is None else _block(row)


def everything(connection: Connection, *, at: datetime) -> list[Block]:
    """Return all blocks that hold at this time, newest first."""
    return [_block(row) for row in connection.execute(_EVERYTHING, {"at": at})]


def put(
    connection: Connection, subject_id: int, *, reason: str, at: datetime, until: datetime | None = None
) -> None:
    """Save a block. An existing block of the same subject is replaced."""
    remove(connection, subject_id)
    connection.execute(insert(blocks).values(id=subject_id, reason=reason, at=at, until=until))


def remove(connection: Connection, *subject_ids: int) -> bool:
    """Remove the blocks of these subjects; return False if there was none."""
    return bool(connection.execute(delete(blocks).where(blocks.c.id.in_(subject_ids))).rowcount)


def forget_ended(connection: Connection, *, before: datetime) -> None:
    """Delete the blocks that ended before this time."""
    connection.execute(delete(blocks).where(blocks.c.until < before))


def _block(row: Row) -> Block:
    return Block(subject_id=row.id, reason=row.reason, at=row.at, until=row.until)


_HOLDS = or_(blocks.c.until.is_(None), blocks.c.until > bindparam("at"))
#: Tells whether the server or the member of a request is blocked.
IS_BLOCKED = exists().where(
    or_(blocks.c.id == bindparam("guild"), blocks.c.id.in_(bindparam("members", expanding=True))), _HOLDS
)
_OF = (
    select(blocks)
    .where(blocks.c.id.in_(bindparam("ids", expanding=True)), _HOLDS)
    .order_by(blocks.c.until.is_not(None), blocks.c.until.desc(), blocks.c.id)
    .limit(1)
)
_EVERYTHING = select(blocks).where(_HOLDS).order_by(blocks.c.at.desc(), blocks.c.id)
