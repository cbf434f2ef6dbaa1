"""The favourites: pictures that a member has marked. Only that member is ever shown a row.

A member may mark others' public pictures. They are listed only as long as the member may look into their
channels, which the caller finds out.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select

from bot.domain.ids import ChannelId, GuildId, JobId, MemberId
from bot.domain.job import Job
from bot.store.driver.connection import Connection
from bot.store.driver.upsert import in_each_dialect
from bot.store.pictures.own_pictures import Prompted
from bot.store.schema.tables import cards, favourites, jobs


def add(connection: Connection, member_id: MemberId, job: Job, *, at: datetime) -> None:
    """Mark the picture, if it is not marked yet."""
    row = {"member_id": member_id, "job_id": job.id, "guild_id": job.guild_id, "at": at}
    connection.execute(_ADD[connection.dialect.name], row)


def remove(connection: Connection, member_id: MemberId, job_id: JobId) -> None:
    is_it = (favourites.c.member_id == member_id, favourites.c.job_id == job_id)
    connection.execute(delete(favourites).where(*is_it))


def forget(connection: Connection, job_ids: Collection[JobId], *, but_of: MemberId | None = None) -> None:
    """Remove these pictures from the favourites of all members, or of all but one."""
    of_these = delete(favourites).where(favourites.c.job_id.in_(job_ids))
    if but_of is not None:
        of_these = of_these.where(favourites.c.member_id != but_of)
    connection.execute(of_these)


def among(connection: Connection, member_id: MemberId, job_ids: Collection[JobId]) -> frozenset[JobId]:
    """Return which of these pictures the member has marked."""
    asked = select(favourites.c.job_id).where(
        favourites.c.member_id == member_id, favourites.c.job_id.in_(job_ids)
    )
    return frozenset(connection.scalars(asked))


def channels(connection: Connection, guild_id: GuildId, member_id: MemberId) -> frozenset[ChannelId]:
    """Return the channels of the favourites that are others' pictures."""
    asked = _of_member(select(cards.c.channel_id).distinct(), guild_id, member_id)
    return frozenset(connection.scalars(asked.where(jobs.c.member_id != member_id)))


def count(connection: Connection, guild_id: GuildId, member_id: MemberId, seen: Collection[ChannelId]) -> int:
    """Count the favourites that the member may see; `seen` are the channels into which they may look."""
    asked = _of_member(select(func.count()), guild_id, member_id)
    return int(connection.scalars(asked.where(_may_see(member_id, seen))).one())


def prompts(
    connection: Connection,
    guild_id: GuildId,
    member_id: MemberId,
    seen: Collection[ChannelId],
    *,
    limit: int,
    offset: int,
) -> list[Prompted]:
    """Return these favourites with their prompts, the last marked first."""
    asked = _of_member(select(jobs.c.id, cards.c.prompt), guild_id, member_id)
    asked = asked.where(_may_see(member_id, seen))
    asked = asked.order_by(favourites.c.at.desc(), favourites.c.job_id.desc())
    rows = connection.execute(asked.limit(limit).offset(offset))
    return [Prompted(JobId(id_), prompt, is_in_work=False) for id_, prompt in rows]


def is_seen(connection: Connection, job: Job, member_id: MemberId, seen: Collection[ChannelId]) -> bool:
    """Return whether the picture is a favourite that the member may see."""
    asked = _of_member(select(jobs.c.id), job.guild_id, member_id)
    asked = asked.where(favourites.c.job_id == job.id, _may_see(member_id, seen))
    return connection.scalars(asked).one_or_none() is not None


def _of_member(query: Select[Any], guild_id: GuildId, member_id: MemberId) -> Select[Any]:
    query = query.select_from(favourites).join(jobs, jobs.c.id == favourites.c.job_id)
    query = query.join(cards, cards.c.id == jobs.c.card_id)
    return query.where(
        favourites.c.member_id == member_id, favourites.c.guild_id == guild_id, jobs.c.deleted_at.is_(None)
    )


def _may_see(member_id: MemberId, seen: Collection[ChannelId]) -> Any:
    is_public = and_(~cards.c.is_private, ~cards.c.is_gone, cards.c.channel_id.in_(seen))
    return or_(jobs.c.member_id == member_id, is_public)


_ADD = in_each_dialect(favourites, lambda insert: insert.on_conflict_do_nothing())
