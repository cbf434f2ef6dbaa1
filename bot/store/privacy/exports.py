"""The times when members last exported their data."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.domain.ids import MemberId
from bot.store.driver.connection import Connection
from bot.store.driver.upsert import upsert
from bot.store.schema.tables import exports


def last_at(connection: Connection, member_ids: Sequence[MemberId]) -> datetime | None:
    return max(connection.scalars(_LAST, {"members": member_ids}), default=None)


def put(connection: Connection, member_id: MemberId, *, at: datetime) -> None:
    upsert(connection, exports, key={"member_id": member_id}, values={"at": at})


def remove(connection: Connection, member_id: MemberId, *, at: datetime) -> None:
    """Forget the export of this time, which failed."""
    connection.execute(delete(exports).where(exports.c.member_id == member_id, exports.c.at == at))


def forget(connection: Connection, *, before: datetime) -> None:
    """Delete those that no longer hold anybody up."""
    connection.execute(delete(exports).where(exports.c.at < before))


_LAST = select(exports.c.at).where(exports.c.member_id.in_(bindparam("members", expanding=True)))
