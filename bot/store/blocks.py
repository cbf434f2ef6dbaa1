"""The operator's blocks, which apply in all servers."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from bot.domain.block import Block
from bot.store.connection import Connection, Row
from bot.store.schema import blocks


def of(connection: Connection, ids: Collection[int]) -> Block | None:
    """Return the first block of one of these servers and members."""
    row = connection.execute(_OF, {"ids": list(ids)}).first()
    return None if row is None else _block(row)


def everything(connection: Connection) -> list[Block]:
    """Return all blocks, newest first."""
    newest_first = select(blocks).order_by(blocks.c.at.desc(), blocks.c.id)
    return [_block(row) for row in connection.execute(newest_first)]


def put(connection: Connection, subject_id: int, *, reason: str, at: datetime) -> None:
    """Save a block. An existing block of the same subject is replaced."""
    remove(connection, subject_id)
    connection.execute(insert(blocks).values(id=subject_id, reason=reason, at=at))


def remove(connection: Connection, subject_id: int) -> bool:
    """Remove a block; return False if there was none."""
    return bool(connection.execute(delete(blocks).where(blocks.c.id == subject_id)).rowcount)


def _block(row: Row) -> Block:
    return Block(subject_id=row.id, reason=row.reason, at=row.at)


_OF = select(blocks).where(blocks.c.id.in_(bindparam("ids", expanding=True))).order_by(blocks.c.id).limit(1)
