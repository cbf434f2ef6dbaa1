"""The complaints: members' reports of pictures. Each member reports a picture at most once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from bot.domain.ids import GuildId, JobId, MemberId
from bot.domain.job import Job
from bot.domain.moderation import Complaint
from bot.store.driver.connection import Connection
from bot.store.schema.conditions import IS_UNDECIDED
from bot.store.schema.tables import complaints


def add(connection: Connection, job: Job, member_id: MemberId, reason: str, *, at: datetime) -> None:
    """The caller has checked that the member has not reported the picture."""
    row = {"guild_id": job.guild_id, "job_id": job.id, "member_id": member_id, "at": at, "reason": reason}
    connection.execute(_ADD, {**row, "is_over": False})


def has(connection: Connection, job_id: JobId, member_ids: Sequence[MemberId]) -> bool:
    """Return whether the member has ever reported the picture."""
    return connection.scalar(_HAS, {"job": job_id, "members": member_ids}) is not None


def times(
    connection: Connection, guild_id: GuildId, member_ids: Sequence[MemberId], *, since: datetime
) -> list[datetime]:
    """Return when the member has reported pictures in this server, oldest first."""
    return list(connection.scalars(_TIMES, {"guild": guild_id, "members": member_ids, "since": since}))


def open_of(connection: Connection, job_id: JobId) -> list[Complaint]:
    """Return the reports of the picture on which no one has decided, oldest first."""
    rows = connection.execute(_OPEN_OF, {"job": job_id})
    return [Complaint(at=row.at, reason=row.reason) for row in rows]


def count_open(connection: Connection, job_id: JobId) -> int:
    return int(connection.scalar(_COUNT_OPEN, {"job": job_id}))


_ADD = insert(complaints)
_IS_MEMBERS = complaints.c.member_id.in_(bindparam("members", expanding=True))
_HAS = select(complaints.c.id).where(complaints.c.job_id == bindparam("job"), _IS_MEMBERS)
_TIMES = (
    select(complaints.c.at)
    .where(
        _IS_MEMBERS,
        complaints.c.guild_id == bindparam("guild"),
        complaints.c.at > bindparam("since"),
    )
    .order_by(complaints.c.at)
)
_IS_OPEN_OF_JOB = (complaints.c.job_id == bindparam("job"), IS_UNDECIDED)
_OPEN_OF = select(complaints.c.at, complaints.c.reason).where(*_IS_OPEN_OF_JOB).order_by(complaints.c.id)
_COUNT_OPEN = select(func.count()).select_from(complaints).where(*_IS_OPEN_OF_JOB)
