"""The pictures that reports have hidden: asking for it, and what is left to do for each."""

from datetime import datetime
from typing import Unpack

from sqlalchemy import bindparam, select

from bot.domain.ids import CardId, JobId
from bot.domain.job import Hiding, Job
from bot.domain.moderation import ModerationTopic
from bot.store.driver.connection import Connection
from bot.store.moderation import feed, moderation_posts
from bot.store.pictures import jobs, left_messages, places
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.pictures.jobs import Changes
from bot.store.schema.conditions import IS_HIDING
from bot.store.schema.tables import jobs as job_table


def ask(connection: Connection, job: Job, *, at: datetime) -> None:
    """Let the picture be hidden until a moderator decides, and note it in the server's log channel."""
    jobs.note(connection, job, hiding=Hiding.ASKED)
    feed.outdate(connection, [job.id])
    moderation_posts.owe(
        connection,
        guild_id=job.guild_id,
        topic=ModerationTopic.HIDDEN,
        member_id=job.member_id,
        job_id=job.id,
        at=at,
    )


def release(connection: Connection, job: Job) -> None:
    """Let the picture be shown again, if reports have hidden it."""
    if job.hiding is Hiding.ASKED:
        end(connection, job)
    elif job.hiding is Hiding.HIDDEN:
        jobs.note(connection, job, hiding=Hiding.RETURNING)


def end(connection: Connection, job: Job, **changes: Unpack[Changes]) -> None:
    """Save that the picture is hidden no longer, and further changes, which its card shows."""
    touches_card = bool(changes)
    changes["hiding"] = None
    jobs.note(connection, job, touches_card=touches_card, **changes)
    feed.outdate(connection, [job.id])


def unfinished(connection: Connection) -> list[Job]:
    """Return the pictures that are to be hidden or shown again, oldest first."""
    wanted = (Hiding.ASKED, Hiding.RETURNING)
    return [job_from(row) for row in connection.execute(_UNFINISHED, {"wanted": wanted})]


def kept(connection: Connection) -> set[JobId]:
    """Return the pictures whose files are still needed."""
    return {JobId(id_) for id_ in connection.scalars(_KEPT)}


def hide(connection: Connection, job_id: JobId, *, at: datetime) -> list[CardId]:
    """Take the picture off its card, now that its file is kept; return the cards of its edits."""
    job = jobs.get(connection, job_id)
    if job is None or job.hiding is not Hiding.ASKED or job.deleted_at is not None:
        return []
    jobs.note(connection, job, touches_card=True, hiding=Hiding.HIDDEN)
    left_messages.touch(connection, job.card_id, at=at)
    moderation_posts.touch(connection, job.id, at=at)
    return places.touch_edits_of(connection, [job.id])


_UNFINISHED = (
    select(*JOB)
    .where(IS_HIDING, job_table.c.hiding.in_(bindparam("wanted", expanding=True)))
    .order_by(job_table.c.id)
)
_KEPT = select(job_table.c.id).where(IS_HIDING)
