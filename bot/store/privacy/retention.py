"""The deletion of the prompts of old requests. The jobs and their costs stay."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select, update

from bot.domain.ids import GuildId, JobId
from bot.domain.job import ENDS
from bot.store.driver.connection import Connection
from bot.store.schema.tables import cards, complaints, dismissed, guilds, jobs, moderation_posts

#: Jobs with dismissed submits whose pictures appeared in the provider's history later.
_HAVE_FILES_BESIDE = select(dismissed.c.job_id).where(dismissed.c.output_url.is_not(None))


def servers(connection: Connection) -> dict[GuildId, int]:
    """Return the servers that have chosen after how many days prompts are deleted, with these days."""
    rows = connection.execute(_SERVERS)
    return {GuildId(row.guild_id): row.retention_days for row in rows}


def forgettable(
    connection: Connection,
    *,
    asked_before: datetime,
    after: JobId,
    limit: int,
    guild_id: GuildId | None = None,
) -> list[JobId]:
    """Return ended, settled jobs of this age that still have a prompt, with ids after `after`, in order.

    Without `guild_id`, those of all servers.
    """
    old = select(jobs.c.id).where(
        jobs.c.id > after,
        jobs.c.created_at < asked_before,
        jobs.c.state.in_(ENDS),
        jobs.c.held_microusd == 0,
        cards.c.prompt != "",
    )
    old = old.join(cards, cards.c.id == jobs.c.card_id)
    if guild_id is not None:
        old = old.where(jobs.c.guild_id == guild_id)
    return list(connection.scalars(old.order_by(jobs.c.id).limit(limit)))


def with_old_files(
    connection: Connection, *, finished_before: datetime, after: JobId, limit: int
) -> list[JobId]:
    """Return ended jobs with a file that the provider has deleted by now, with ids after `after`, in order.

    A failed job may have a file as well, and so may its dismissed submits.
    """
    old = select(jobs.c.id).where(
        jobs.c.id > after,
        or_(jobs.c.output_url.is_not(None), jobs.c.id.in_(_HAVE_FILES_BESIDE)),
        func.coalesce(jobs.c.finished_at, jobs.c.state_at) < finished_before,
        jobs.c.state.in_(ENDS),
    )
    return list(connection.scalars(old.order_by(jobs.c.id).limit(limit)))


def forget_files(connection: Connection, job_ids: Sequence[JobId]) -> None:
    for table, job_id in ((jobs, jobs.c.id), (dismissed, dismissed.c.job_id)):
        connection.execute(update(table).where(job_id.in_(job_ids)).values(output_url=None))


_FORGOTTEN = (
    "sent_prompt",
    "preset_name",
    "preset_words",
    "source_hash",
    "source_type",
    "asset_url",
    "output_url",
    "failure_note",
    "listed_word",
)


def forget(connection: Connection, job_ids: Sequence[JobId]) -> None:
    nothing = dict.fromkeys(_FORGOTTEN)
    connection.execute(update(jobs).where(jobs.c.id.in_(job_ids)).values(nothing))
    connection.execute(update(cards).where(_IS_SETTLED, cards.c.id.in_(_cards_of(job_ids))).values(prompt=""))
    for table in (complaints, moderation_posts):
        connection.execute(update(table).where(table.c.job_id.in_(job_ids)).values(reason=""))
    said_why = (jobs.c.id.in_(job_ids), jobs.c.moderation_reason.is_not(None))
    connection.execute(update(jobs).where(*said_why).values(moderation_reason=""))
    connection.execute(
        update(dismissed).where(dismissed.c.job_id.in_(job_ids)).values(image_url=None, output_url=None)
    )


def _cards_of(job_ids: Sequence[JobId]) -> Select[int]:
    return select(jobs.c.card_id).where(jobs.c.id.in_(job_ids))


_SERVERS = select(guilds.c.guild_id, guilds.c.retention_days).where(guilds.c.retention_days.is_not(None))
#: A request of unknown outcome may still have to be found in the provider's history, by its prompt.
_IS_SETTLED = ~exists().where(
    jobs.c.card_id == cards.c.id, or_(jobs.c.state.not_in(ENDS), jobs.c.held_microusd != 0)
)
