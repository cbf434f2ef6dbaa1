"""The queries of reports: totals of one server, or its jobs in pages. Each query reads one server only."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, func, select, tuple_

from bot.domain.ids import ChannelId, GuildId, JobId, MemberId
from bot.domain.period import Period
from bot.domain.reports import MADE, MemberTotal, ReportedJob
from bot.store.driver.connection import Connection, Row
from bot.store.pictures.accounts import ALL
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.schema.conditions import IS_IN_WORK
from bot.store.schema.tables import cards, durations, jobs, span_totals, totals


class DayOutcome(NamedTuple):
    day: date
    #: A value of `domain.reports.outcome_of`.
    outcome: str
    pictures: int
    spent_microusd: int


def outcomes(
    connection: Connection,
    guild_id: GuildId,
    period: Period,
    *,
    member_id: MemberId | None,
    channel_id: ChannelId | None,
) -> list[DayOutcome]:
    """Return counts and sums by day and outcome, of one member or channel if one is given."""
    columns = (totals.c.day, totals.c.outcome, totals.c.pictures, totals.c.spent)
    asked = _of_one(select(*columns), totals, guild_id, period, channel_id, member_id)
    asked = asked.where(totals.c.pictures > 0)
    return [DayOutcome(*row) for row in connection.execute(asked)]


def duration_counts(
    connection: Connection,
    guild_id: GuildId,
    period: Period,
    *,
    member_id: MemberId | None,
    channel_id: ChannelId | None,
) -> dict[int, int]:
    """Return the number of pictures by the bucket of the provider's time."""
    pictures = func.sum(durations.c.pictures)
    of_one = (durations, guild_id, period, channel_id, member_id)
    asked = _of_one(select(durations.c.bucket, pictures), *of_one).group_by(durations.c.bucket)
    return {bucket: int(count) for bucket, count in connection.execute(asked)}


def top_members(
    connection: Connection,
    guild_id: GuildId,
    period: Period,
    *,
    channel_id: ChannelId | None,
    limit: int,
) -> list[MemberTotal]:
    """Return the members with the most pictures, most first, by whole spans and the days beside them."""
    spans, days = (
        _in_place(select(table.c.member_id, table.c.pictures, table.c.spent), table, guild_id, channel_id)
        for table in (span_totals, totals)
    )
    spans = spans.where(span_totals.c.first_day.in_(period.whole_spans))
    days = days.where(totals.c.day.in_(period.days_beside_spans))
    days = days.where(totals.c.member_id != ALL, totals.c.outcome == MADE)
    parts = spans.union_all(days).subquery("parts")
    pictures, spent = func.sum(parts.c.pictures), func.sum(parts.c.spent)
    asked = select(parts.c.member_id, pictures, spent).group_by(parts.c.member_id).having(pictures > 0)
    most = asked.order_by(pictures.desc(), parts.c.member_id).limit(limit)
    return [
        MemberTotal(member_id=MemberId(member), pictures=int(count), spent_microusd=int(sum_))
        for member, count, sum_ in connection.execute(most)
    ]


def count_unfinished(
    connection: Connection,
    guild_id: GuildId,
    period: Period,
    *,
    member_id: MemberId | None,
    channel_id: ChannelId | None,
) -> int:
    """Count the pictures of the period that are not made yet."""
    in_work = select(jobs.c.created_at).where(IS_IN_WORK, jobs.c.guild_id == guild_id)
    if member_id is not None:
        in_work = in_work.where(jobs.c.member_id == member_id)
    if channel_id is not None:
        in_work = in_work.where(jobs.c.channel_id == channel_id)
    return sum(period.starts_at <= at < period.ends_at for at in connection.scalars(in_work))


def held(connection: Connection, guild_id: GuildId, member_id: MemberId, *, since: datetime) -> int:
    """Return the micro-USD held for the member's unfinished pictures that were requested since then."""
    in_work = select(jobs.c.created_at, jobs.c.held_microusd).where(
        IS_IN_WORK, jobs.c.guild_id == guild_id, jobs.c.member_id == member_id
    )
    return sum(microusd for at, microusd in connection.execute(in_work) if at >= since)


def member_jobs(
    connection: Connection, guild_id: GuildId, member_id: MemberId, *, limit: int, offset: int
) -> list[ReportedJob]:
    """Return a member's jobs in the server, newest first."""
    asked = _with_card().where(jobs.c.guild_id == guild_id, jobs.c.member_id == member_id)
    return _reported(connection, asked.order_by(jobs.c.id.desc()).limit(limit).offset(offset))


def count_member_jobs(connection: Connection, guild_id: GuildId, member_id: MemberId) -> int:
    count = select(func.count()).select_from(jobs)
    count = count.where(jobs.c.guild_id == guild_id, jobs.c.member_id == member_id)
    return int(connection.scalars(count).one())


def jobs_after(
    connection: Connection,
    guild_id: GuildId,
    period: Period,
    *,
    member_id: MemberId | None,
    channel_id: ChannelId | None,
    after: tuple[datetime, JobId] | None,
    limit: int,
) -> list[ReportedJob]:
    """Return the server's jobs of the period in the order of (created_at, id), starting after `after`."""
    asked = _with_card().where(
        jobs.c.guild_id == guild_id,
        jobs.c.created_at >= (period.starts_at if after is None else after[0]),
        jobs.c.created_at < period.ends_at,
    )
    if after is not None:
        asked = asked.where(tuple_(jobs.c.created_at, jobs.c.id) > after)
    if member_id is not None:
        asked = asked.where(jobs.c.member_id == member_id)
    if channel_id is not None:
        asked = asked.where(jobs.c.channel_id == channel_id)
    return _reported(connection, asked.order_by(jobs.c.created_at, jobs.c.id).limit(limit))


# --- parts of queries ---------------------------------------------------------------------------------


def _in_place(
    query: Select[Any], table: Table, guild_id: GuildId, channel_id: ChannelId | None
) -> Select[Any]:
    return query.where(table.c.guild_id == guild_id, table.c.channel_id == (channel_id or ALL))


def _of_one(
    query: Select[Any],
    table: Table,
    guild_id: GuildId,
    period: Period,
    channel_id: ChannelId | None,
    member_id: MemberId | None,
) -> Select[Any]:
    """Ask for each day by itself: the member follows the day in the key, so a range reads all members."""
    asked = _in_place(query, table, guild_id, channel_id)
    return asked.where(table.c.day.in_(period.days), table.c.member_id == (member_id or ALL))


def _with_card() -> Select[Any]:
    place = (
        cards.c.channel_id.label("card_channel_id"),
        cards.c.message_id.label("card_message_id"),
        cards.c.is_private.label("card_is_private"),
        cards.c.is_lost.label("card_is_lost"),
    )
    return select(*JOB, *place).join(cards, jobs.c.card_id == cards.c.id)


def _reported(connection: Connection, query: Select[Any]) -> list[ReportedJob]:
    rows: Sequence[Row] = connection.execute(query).all()
    return [
        ReportedJob(
            job=job_from(row),
            channel_id=row.card_channel_id,
            message_id=None if row.card_is_lost else row.card_message_id,
            is_private=row.card_is_private,
        )
        for row in rows
    ]
