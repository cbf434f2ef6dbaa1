"""Money, totals and times as the store keeps them, and the same added up plainly from the jobs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import select

from bot.domain.durations import bucket
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money import Month
from bot.domain.reports import EXTRA, MADE, outcome_of
from bot.store.driver.connection import Connection
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.schema.tables import dismissed, durations, money, span_totals, totals
from bot.store.schema.tables import jobs as job_table

#: Money, totals, times and totals of spans, each by what it is of.
Books = tuple[dict[object, object], ...]


DAY_ZERO, SIX_DAYS = date(1970, 1, 1), timedelta(days=6)


def all_jobs(connection: Connection) -> list[Job]:
    return [job_from(row) for row in connection.execute(select(*JOB).order_by(job_table.c.id))]


def jobs_and_books(connection: Connection) -> tuple[list[Job], Books]:
    return all_jobs(connection), books(connection)


def books(connection: Connection) -> Books:
    """Money, totals, times and totals of spans as they are kept; what has become nothing is left out."""
    kept = connection.execute(select(money.c.month, money.c.guild_id, money.c.held, money.c.spent))
    counted = connection.execute(select(totals))
    timed = connection.execute(select(durations))
    spanned = connection.execute(select(span_totals))
    return (
        {(row.month, row.guild_id): (row.held, row.spent) for row in kept if row.held or row.spent},
        {tuple(row[:5]): tuple(row[5:]) for row in counted if any(row[5:])},
        {tuple(row[:5]): row[5] for row in timed if row[5]},
        {tuple(row[:4]): tuple(row[4:]) for row in spanned if any(row[4:])},
    )


def all_extras(connection: Connection) -> list[tuple[JobId, int]]:
    """Jobs beside which something was billed, with the micro-USD."""
    paid = select(dismissed.c.job_id, dismissed.c.cost_microusd).where(dismissed.c.cost_microusd.is_not(None))
    return [(job_id, cost) for job_id, cost in connection.execute(paid)]


def expected_books(found: list[Job], extras: Sequence[tuple[JobId, int]] = ()) -> Books:
    """The same, added up from the jobs, and from the bills beside them, as plainly as can be."""
    held, spent = Counter[object](), Counter[object]()
    pictures, sums, times = Counter[object](), Counter[object](), Counter[object]()
    for job in found:
        month = (Month.of(job.created_at), job.guild_id)
        held[month] += job.held_microusd
        spent[month] += job.cost_microusd or 0
        for place in places(job):
            outcome = outcome_of(job)
            if outcome is not None:
                pictures[*place, outcome] += 1
                sums[*place, outcome] += job.cost_microusd or 0
                if job.provider_seconds is not None:
                    times[*place, bucket(job.provider_seconds)] += 1
    by_id = {job.id: job for job in found}
    for job_id, cost in extras:
        job = by_id[job_id]
        spent[Month.of(job.created_at), job.guild_id] += cost
        for place in places(job):
            pictures[*place, EXTRA] += 1
            sums[*place, EXTRA] += cost
    return (
        {key: (held[key], spent[key]) for key in {*held, *spent} if held[key] or spent[key]},
        {key: (pictures[key], sums[key]) for key in pictures},
        dict(times),
        spanned(pictures, sums),
    )


def spanned(pictures: Counter[Any], sums: Counter[Any]) -> dict[object, object]:
    """What each member made, over all days of a span."""
    found: dict[object, tuple[int, int]] = {}
    for guild_id, channel_id, day, member_id, outcome in pictures:
        if outcome == MADE and member_id:
            key = (guild_id, channel_id, DAY_ZERO + (day - DAY_ZERO) // SIX_DAYS * SIX_DAYS, member_id)
            before, spent = found.get(key, (0, 0))
            of_day = (guild_id, channel_id, day, member_id, outcome)
            found[key] = (before + pictures[of_day], spent + sums[of_day])
    return dict(found)


def parts(amounts: object) -> tuple[int, ...]:
    """The numbers of an entry, be they one or several."""
    return amounts if isinstance(amounts, tuple) else (cast("int", amounts),)


def places(job: Job) -> Iterator[tuple[object, ...]]:
    for channel in (job.channel_id, 0):
        for member in (job.member_id, 0):
            yield job.guild_id, channel, job.created_at.date(), member
