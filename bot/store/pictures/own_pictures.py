"""The queries for the list of a member's pictures in one server: ids first, then what a page shows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from bot.domain.ids import GuildId, JobId, MemberId
from bot.domain.job import IN_WORK
from bot.domain.own_pictures import ListedPicture
from bot.store.driver.connection import Connection
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.schema.conditions import IS_IN_WORK
from bot.store.schema.tables import cards, jobs


class Prompted(NamedTuple):
    id: JobId
    prompt: str
    is_in_work: bool


def in_work(connection: Connection, guild_id: GuildId, member_id: MemberId) -> list[JobId]:
    """Return the member's pictures that are not made yet, newest first."""
    asked = select(jobs.c.id).where(IS_IN_WORK, *_of_member(guild_id, member_id))
    # Sorted here: for an order, SQLite takes the index of all the member's pictures.
    return sorted(connection.scalars(asked), reverse=True)


def others(
    connection: Connection, guild_id: GuildId, member_id: MemberId, *, limit: int, offset: int
) -> list[JobId]:
    """Return the member's other pictures, newest first."""
    asked = select(jobs.c.id).where(jobs.c.state.not_in(IN_WORK), *_of_member(guild_id, member_id))
    return list(connection.scalars(asked.order_by(jobs.c.id.desc()).limit(limit).offset(offset)))


def prompts(
    connection: Connection, guild_id: GuildId, member_id: MemberId, *, limit: int, offset: int
) -> list[Prompted]:
    """Return the member's pictures with their prompts, newest first."""
    asked = select(jobs.c.id, cards.c.prompt, jobs.c.state).join(cards, jobs.c.card_id == cards.c.id)
    asked = asked.where(*_of_member(guild_id, member_id)).order_by(jobs.c.id.desc())
    rows = connection.execute(asked.limit(limit).offset(offset))
    return [Prompted(JobId(id_), prompt, state in IN_WORK) for id_, prompt, state in rows]


def listed(connection: Connection, job_ids: Sequence[JobId]) -> list[ListedPicture]:
    """Return these pictures in the same order."""
    asked = select(*JOB, *_OF_CARD).join(cards, jobs.c.card_id == cards.c.id)
    found = {row.id: row for row in connection.execute(asked.where(jobs.c.id.in_(job_ids)))}
    return [_listed(found[job_id]) for job_id in job_ids if job_id in found]


def _of_member(guild_id: GuildId, member_id: MemberId) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return jobs.c.guild_id == guild_id, jobs.c.member_id == member_id


_same = jobs.alias("same")
_OF_CARD = (
    cards.c.channel_id.label("card_channel_id"),
    cards.c.message_id.label("card_message_id"),
    cards.c.is_private.label("card_is_private"),
    cards.c.is_lost.label("card_is_lost"),
    select(func.count())
    .select_from(_same)
    .where(_same.c.card_id == cards.c.id)
    .scalar_subquery()
    .label("of_card"),
)


def _listed(row: Any) -> ListedPicture:
    return ListedPicture(
        job=job_from(row),
        channel_id=row.card_channel_id,
        message_id=None if row.card_is_lost else row.card_message_id,
        is_private=row.card_is_private,
        of_card=row.of_card,
    )
