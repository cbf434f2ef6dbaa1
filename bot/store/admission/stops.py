"""The reasons why a picture that came back to the line is not sent after all.

A block, or the deletion of a member's data, cancels what waits at that moment, and lets finish what is being
sent. But what is being sent comes back to the line if the provider turns out not to have accepted it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select

from bot.domain.ids import GuildId, MemberId
from bot.store.admission.blocks import IS_BLOCKED
from bot.store.admission.member_blocks import IS_BLOCKED_HERE
from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.connection import Connection
from bot.store.schema.tables import erasures


def is_stopped(
    connection: Connection,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    *,
    asked_at: datetime,
    at: datetime,
) -> bool:
    """Return whether a picture that was asked for at this time may not be sent now.

    `member_ids` are all ids under which there may be rows of the member.
    """
    asked = {"guild": guild_id, "members": member_ids, "asked_at": asked_at, "at": at}
    return bool(connection.scalar(_IS_STOPPED, asked))


_IS_BEING_ERASED = exists().where(
    erasures.c.member_id.in_(bindparam("members", expanding=True)),
    erasures.c.done_at.is_(None),
    erasures.c.asked_at >= bindparam("asked_at", type_=UtcMicroseconds),
)
_IS_STOPPED = select(or_(IS_BLOCKED, IS_BLOCKED_HERE, _IS_BEING_ERASED))
