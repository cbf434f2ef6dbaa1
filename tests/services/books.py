"""Money, day totals and times as the store keeps them, and the same added up plainly from the jobs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import cast

from sqlalchemy import select

from bot.domain.durations import bucket
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money import Month
from bot.domain.reports import EXTRA, outcome_of
from bot.store.connection import Connection
from bot.store.job_rows import JOB, job_from
from bot.store.schema import dismissed, durations, money, totals
from bot.store.schema import jobs as job_table

#: Money, totals and times, each by what it is of.
Books = tuple[dict[object, object], ...]


def all_jobs(connection: Connection) -> list[Job]:
    return [job_from(row) for row in connection.execute(select(*JOB).order_by(job_table.c.id))]


def jobs_and_books(connection: Connection) -> tuple[list[Job], Books]:
    return all_jobs(connection), books(connection)


def books(connection: Connection) -> Books:
    """Money, totals and times as they are kept; what has become nothing is left out."""
    kept = connection.execute(select(money.c.month, money.c.guild_id, money.c.held, money.c.spent))
    counted = connection.execute(select(totals))
    timed = connection.execute(select(durations))
    return (
        {(row.month, row.guild_id): (row.held, row.spent) for row in kept if row.held or row.spent},
        {tuple(row[:5]): tuple(row[5:]) for row in counted if any(row[5:])},
        {tuple(row[:5]): row[5] for row in timed if row[5]},
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
    )


def parts(amounts: object) -> tuple[int, ...]:
    """The numbers of an entry, be they one or several."""
    return amounts if isinstance(amounts, tuple) else (cast("int", amounts),)


def places(job: Job) -> Iterator[tuple[object, ...]]:
    for channel in (job.channel_id, 0):
        for member in (job.member_id, 0):
            yield job.guild_id, channel, job.created_at.date(), member
