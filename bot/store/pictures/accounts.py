"""Money by month, totals by day and span. Each change of a job updates them in its transaction: they agree.

`holding` reserves money before a job exists, `book` follows its changes, and `rebuild` computes everything
again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table, bindparam, case, delete, func, select, update

from bot.domain.durations import bucket
from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.domain.job import Job
from bot.domain.money import Month, Spending
from bot.domain.period import span_of
from bot.domain.pseudonyms import is_pseudonym
from bot.domain.reports import EXTRA, MADE, outcome_of
from bot.store.driver.connection import Connection, Write
from bot.store.driver.upsert import Insert, in_each_dialect, upsert
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.schema.tables import dismissed, durations, guilds, money, span_totals, totals

#: Stands for all members or all channels in a row.
ALL = 0
#: The order in which their rows are locked.
BOOKS = (money, totals, durations, span_totals)
#: Those with rows of each member.
BOOKS_OF_MEMBERS = BOOKS[1:]
REBUILT_AT_ONCE = 1000
#: Rows of a table that one statement adds to: a finished picture has so many in the totals.
ROWS_AT_ONCE = 4
#: The place of the member in the keys of these.
_MEMBER_IN_KEY = 3

#: A row, by its table and key.
Place = tuple[Table, tuple[Any, ...]]
#: Amounts of a row, in the order of `_AMOUNTS`.
Entry = tuple[Place, Sequence[int]]
Amounts = dict[Place, Sequence[int]]


def holding(connection: Connection, *, guild_id: GuildId, month: Month, amount: int) -> Write:
    """Hold the amount in the server's month. The caller has seen in this transaction that there is room."""
    return _adding(connection, money, [((month, guild_id), (amount, 0))])


def spending(connection: Connection, *, guild_id: GuildId, month: Month) -> Spending:
    row = connection.execute(_SPENDING, {"guild": guild_id, "its_month": month}).one_or_none()
    if row is None:
        return Spending(month=month)
    return Spending(month=month, held_microusd=row.held, spent_microusd=row.spent)


def used_everywhere(connection: Connection, *, month: Month) -> int:
    """Return the micro-USD held or spent over all servers."""
    return int(connection.scalars(USED_EVERYWHERE, {"its_month": month}).one())


def book(connection: Connection, before: Job, after: Job) -> None:
    """Update money and totals for a change of a job. Locks the server's money first, then its totals."""
    changes: Amounts = {}
    _count(changes, _entries(after))
    _count(changes, _entries(before), sign=-1)
    _add(connection, changes)


def book_extra(connection: Connection, job: Job, microusd: int) -> None:
    """Add a second bill of a job to money and totals. It counts towards no limit."""
    _add(connection, dict(_extra_entries(job, microusd)))


@dataclass(frozen=True, slots=True)
class ServerTotal:
    """The pictures and the cost of a server, in micro-USD."""

    guild_id: GuildId
    pictures: int = 0
    spent_microusd: int = 0
    #: The part that is held or spent this month.
    month_microusd: int = 0


def of_servers(connection: Connection, *, month: Month) -> list[ServerTotal]:
    """Return every server that ever requested a picture, most expensive first. Reads all totals."""
    of_all = (totals.c.channel_id == ALL, totals.c.member_id == ALL)
    made = func.sum(case((totals.c.outcome == MADE, totals.c.pictures), else_=0))
    sums = (
        select(totals.c.guild_id, made, func.sum(totals.c.spent)).where(*of_all).group_by(totals.c.guild_id)
    )
    ever = {guild_id: (int(pictures), int(spent)) for guild_id, pictures, spent in connection.execute(sums)}
    used = select(money.c.guild_id, money.c.held + money.c.spent).where(money.c.month == month)
    this_month = {guild_id: int(amount) for guild_id, amount in connection.execute(used)}
    found = [
        ServerTotal(guild_id, *ever.get(guild_id, (0, 0)), this_month.get(guild_id, 0))
        for guild_id in ever.keys() | this_month.keys()
    ]
    return sorted(found, key=lambda total: (-total.spent_microusd, total.guild_id))


# --- warnings about budgets ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedBudget:
    guild_id: GuildId
    cap_microusd: int
    log_channel_id: ChannelId
    #: None: as Discord says.
    language: str | None
    spending: Spending
    #: The highest share of its budget of which the server was warned.
    warned_percent: int


def watched_budgets(connection: Connection, *, month: Month) -> list[WatchedBudget]:
    """Return the servers that have a budget and a log channel for warnings."""
    return [
        WatchedBudget(
            guild_id=row.guild_id,
            cap_microusd=row.budget_microusd,
            log_channel_id=row.log_channel_id,
            language=row.language,
            spending=Spending(month=month, held_microusd=row.held or 0, spent_microusd=row.spent or 0),
            warned_percent=row.warned_percent or 0,
        )
        for row in connection.execute(_WATCHED, {"its_month": month})
    ]


def set_warned(connection: Connection, *, guild_id: GuildId, month: Month, percent: int) -> None:
    upsert(
        connection,
        money,
        key={"month": month, "guild_id": guild_id},
        values={"warned_percent": percent},
        only_new={"held": 0, "spent": 0},
    )


# --- rebuilt ------------------------------------------------------------------------------------------


def rebuild(connection: Connection) -> None:
    """Compute money and totals again from the jobs; reads every job. Given warnings are kept."""
    connection.execute(update(money).values(held=0, spent=0))
    for table in BOOKS_OF_MEMBERS:
        connection.execute(delete(table))
    every_job = connection.execute(select(*JOB).execution_options(yield_per=REBUILT_AT_ONCE))
    amounts: Amounts = {}
    for row in every_job:
        _count(amounts, _entries(job_from(row)))
    extra = select(*JOB, dismissed.c.cost_microusd.label("extra")).join(dismissed)
    for row in connection.execute(extra.where(dismissed.c.cost_microusd.is_not(None))):
        _count(amounts, _extra_entries(job_from(row), row.extra))
    _add(connection, amounts)


def forget_member(
    connection: Connection, member_id: MemberId, guild_ids: Sequence[GuildId], left: Sequence[Job]
) -> None:
    """Delete the member's rows in these servers, and add those again of the jobs that are `left`.

    The rows of all members stay as they are.
    """
    amounts: Amounts = {}
    for table in BOOKS_OF_MEMBERS:
        are_theirs = (table.c.guild_id.in_(guild_ids), table.c.member_id == member_id)
        connection.execute(delete(table).where(*are_theirs))
    for job in left:
        _count(amounts, (entry for entry in _entries(job) if _is_of_member(entry, member_id)))
    _add(connection, amounts)


def _is_of_member(entry: Entry, member_id: MemberId) -> bool:
    (table, key), _ = entry
    return table is not money and key[_MEMBER_IN_KEY] == member_id


# --- what a job counts for ----------------------------------------------------------------------------


def _entries(job: Job) -> Iterator[Entry]:
    """Yield the amounts of the job, for each table and key."""
    spent = job.cost_microusd or 0
    if job.held_microusd or spent:
        key = (Month.of(job.created_at), job.guild_id)
        yield (money, key), (job.held_microusd, spent)
    outcome = outcome_of(job)
    if outcome is None:
        return
    for place in _places(job):
        yield (totals, (*place, outcome)), (1, spent)
        guild_id, channel_id, day, member_id = place
        if outcome == MADE and member_id != ALL:
            of_span = (guild_id, channel_id, span_of(day), member_id)
            yield (span_totals, of_span), (1, spent)
        if job.provider_seconds is not None:
            yield (durations, (*place, bucket(job.provider_seconds))), (1,)


def _extra_entries(job: Job, microusd: int) -> Iterator[Entry]:
    """Yield the amounts of a second bill of the job: same month, day, server, channel and member."""
    yield (money, (Month.of(job.created_at), job.guild_id)), (0, microusd)
    for place in _places(job):
        yield (totals, (*place, EXTRA)), (1, microusd)


def _places(job: Job) -> Iterator[tuple[Any, ...]]:
    for channel in (job.channel_id, ALL):
        for member in [ALL] if is_pseudonym(job.member_id) else [job.member_id, ALL]:
            yield job.guild_id, channel, job.created_at.date(), member


def _count(amounts: Amounts, entries: Iterable[Entry], sign: int = 1) -> None:
    """Add the entries to `amounts`; with the sign -1, subtract them."""
    for place, counted in entries:
        so_far = amounts.get(place, (0,) * len(counted))
        amounts[place] = [sum_ + sign * more for sum_, more in zip(so_far, counted, strict=True)]


def _add(connection: Connection, amounts: Amounts) -> None:
    for table in BOOKS:
        rows = sorted(
            (key, added) for (book_, key), added in amounts.items() if book_ is table and any(added)
        )
        for first in range(0, len(rows), ROWS_AT_ONCE):
            connection.execute(*_adding(connection, table, rows[first : first + ROWS_AT_ONCE]))


def _adding(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> Write:
    """Add the amounts to the rows with these keys, which are inserted if they are not there."""
    names = _names(table)
    values = {
        f"{name}_{number}": value
        for number, (key, added) in enumerate(rows)
        for name, value in zip(names, (*key, *added), strict=True)
    }
    return _adding_to(table, len(rows))[connection.dialect.name], values


# --- statements ---------------------------------------------------------------------------------------

_AMOUNTS = {
    money: ("held", "spent"),
    totals: ("pictures", "spent"),
    durations: ("pictures",),
    span_totals: ("pictures", "spent"),
}


@cache
def _names(table: Table) -> Sequence[str]:
    return [*(column.name for column in table.primary_key), *_AMOUNTS[table]]


@cache
def _adding_to(table: Table, count: int) -> dict[str, Executable]:
    """Return the statement that adds to this number of rows: each statement more takes its time."""
    rows = [
        {name: bindparam(f"{name}_{number}", type_=table.c[name].type) for name in _names(table)}
        for number in range(count)
    ]

    def build(insert: Insert) -> Executable:
        new = insert.values(rows)
        sums = {name: table.c[name] + new.excluded[name] for name in _AMOUNTS[table]}
        return new.on_conflict_do_update(index_elements=[*table.primary_key], set_=sums)

    return in_each_dialect(table, build)


_WATCHED = (
    select(guilds, money.c.held, money.c.spent, money.c.warned_percent)
    .outerjoin(money, (money.c.guild_id == guilds.c.guild_id) & (money.c.month == bindparam("its_month")))
    .where(guilds.c.budget_microusd.is_not(None), guilds.c.log_channel_id.is_not(None))
)
_SPENDING = select(money.c.held, money.c.spent).where(
    money.c.month == bindparam("its_month"), money.c.guild_id == bindparam("guild")
)
#: What a server has used of its budget.
USED = select(money.c.held + money.c.spent).where(
    money.c.month == bindparam("its_month"), money.c.guild_id == bindparam("guild")
)
#: What all servers have used of the operator's.
USED_EVERYWHERE = select(func.coalesce(func.sum(money.c.held + money.c.spent), 0)).where(
    money.c.month == bindparam("its_month")
)
