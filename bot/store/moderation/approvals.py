"""The steps of pictures that need a moderator's approval, each with the news for moderators.

Each function returns None if the row no longer matches `job`: somebody else was faster.
"""

from datetime import datetime
from typing import Unpack

from sqlalchemy import bindparam, select

from bot.domain.ids import MemberId
from bot.domain.job import Job, JobState
from bot.domain.moderation import Decision, ModerationTopic
from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.connection import Connection
from bot.store.moderation import moderation_posts
from bot.store.pictures import jobs
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.pictures.jobs import Changes
from bot.store.schema.conditions import IS_OPEN
from bot.store.schema.tables import jobs as job_table

TOPIC = ModerationTopic.APPROVAL
WHY_EXPIRED = "no moderator has looked at it in time"


def made(
    connection: Connection, job: Job, *, at: datetime, why: str, **changes: Unpack[Changes]
) -> Job | None:
    """Let a picture that is made be delivered; or be held, if a moderator has to look at it first."""
    to = JobState.HELD if job.needs_approval else JobState.READY
    after = jobs.step(connection, job, to, at=at, why=why, **changes)
    if after is not None and after.state is JobState.HELD:
        moderation_posts.owe(
            connection, guild_id=job.guild_id, topic=TOPIC, member_id=job.member_id, job_id=job.id, at=at
        )
    return after


def approve(connection: Connection, job: Job, *, by: MemberId, at: datetime) -> Job | None:
    """Let the picture be delivered."""
    after = jobs.step(connection, job, JobState.READY, at=at, why="approved by a moderator")
    if after is not None:
        _end(connection, job, Decision.APPROVED, by=by, at=at)
    return after


def reject(
    connection: Connection, job: Job, *, by: MemberId, at: datetime, reason: str, gives_back: bool
) -> Job | None:
    """End the job, and forget the file. With `gives_back`, it does not count towards its member's limits."""
    why = "not approved by a moderator"
    after = jobs.step(
        connection, job, JobState.REJECTED, at=at, why=why, output_url=None, moderation_reason=reason
    )
    if after is None:
        return None
    _end(connection, job, Decision.REJECTED, by=by, at=at, reason=reason)
    return jobs.note(connection, after, counts=0) if gives_back else after


def expire(connection: Connection, job: Job, *, at: datetime) -> Job | None:
    """End the job, since no one has looked at its picture: a moderator's reason stays None."""
    after = jobs.step(connection, job, JobState.REJECTED, at=at, why=WHY_EXPIRED, output_url=None)
    if after is not None:
        _end(connection, job, Decision.EXPIRED, by=None, at=at)
    return after


def withdraw(connection: Connection, job: Job, *, by: MemberId | None, at: datetime, why: str) -> Job | None:
    """End the job, since its picture is deleted before anybody has looked at it."""
    after = jobs.step(connection, job, JobState.REJECTED, at=at, why=why, output_url=None, deleted_at=at)
    if after is not None:
        _end(connection, job, Decision.REMOVED, by=by, at=at)
    return after


def waiting_since(connection: Connection, before: datetime) -> list[Job]:
    """Return the held jobs whose pictures were made before this time, the oldest first."""
    return [job_from(row) for row in connection.execute(_WAITING, {"made_before": before})]


def _end(
    connection: Connection,
    job: Job,
    decision: Decision,
    *,
    by: MemberId | None,
    at: datetime,
    reason: str = "",
) -> None:
    moderation_posts.end(connection, job.id, decision, by=by, at=at, reason=reason, topics=[TOPIC])


_WAITING = (
    select(*JOB)
    .where(
        IS_OPEN,
        job_table.c.state == JobState.HELD,
        job_table.c.finished_at < bindparam("made_before", type_=UtcMicroseconds),
    )
    .order_by(job_table.c.finished_at, job_table.c.id)
)
