"""Whatever happens, in whatever order and at whatever time the clock says: limits hold, and money adds up."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.domain.administration import RuleSubject
from bot.domain.durations import bucket
from bot.domain.errors import BudgetSpent, LimitReached, Refusal
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import GuildId, MemberId, RoleId
from bot.domain.job import STEPS, Job, JobState
from bot.domain.limits import LimitField, OperatorLimits
from bot.domain.money import Month
from bot.domain.reports import outcome_of
from bot.services.gallery import Actor
from bot.store import accounts, bills, jobs
from bot.store.database import Database, open_database
from bot.store.job_rows import job_from
from bot.store.jobs import Changes
from bot.store.schema import durations, money, totals
from bot.store.schema import jobs as job_table
from tests.builders import GUILD, MEMBER, a_request
from tests.databases import empty, migrate_once, migrated_file
from tests.services.house import House

GUILDS = [GuildId(GUILD + number) for number in range(2)]
MEMBERS = [MemberId(MEMBER + number) for number in range(2)]
ARTIST = RoleId(77)
LIMITS = OperatorLimits(per_hour=4, per_day=6, running=5, ceiling_per_day=9)
#: Micro-USD: of the first server, and of the operator over both.
GUILD_CAP, OPERATOR_CAP = 500_000, 900_000
KINDS = [FailureKind.BLOCKED, FailureKind.UNKNOWN, FailureKind.EXPIRED, FailureKind.DISCORD]


@dataclass(frozen=True)
class Admit:
    guild: int
    member: int
    count: int
    is_artist: bool


@dataclass(frozen=True)
class Step:
    """Of the `job`-th job, by one of the ways there are; `cost` is told if it becomes ready."""

    job: int
    way: int
    kind: FailureKind
    cost: int | None


@dataclass(frozen=True)
class Cancel:
    job: int


@dataclass(frozen=True)
class Settle:
    job: int
    cost: int | None


@dataclass(frozen=True)
class Jump:
    """Somebody sets the machine's clock."""

    minutes: int


@dataclass(frozen=True)
class Price:
    microusd: int


Action = Admit | Step | Cancel | Settle | Jump | Price

few = st.integers(0, 30)
costs = st.none() | st.integers(1, 120_000)
actions = st.lists(
    st.builds(Admit, st.integers(0, 1), st.integers(0, 1), st.integers(1, 4), st.booleans())
    | st.builds(Step, few, few, st.sampled_from(KINDS), costs)
    | st.builds(Step, few, few, st.sampled_from(KINDS), costs)
    | st.builds(Cancel, few)
    | st.builds(Settle, few, costs)
    | st.builds(Jump, st.sampled_from([-60, -7, 5, 60, 700]))
    | st.builds(Price, st.integers(1, 100_000)),
    max_size=40,
)


def all_jobs(connection: Connection) -> list[Job]:
    return [job_from(row) for row in connection.execute(select(job_table).order_by(job_table.c.id))]


def books(connection: Connection) -> tuple[dict[object, object], ...]:
    """Money, totals and times as they are kept; what has become nothing is left out."""
    kept = connection.execute(select(money.c.month, money.c.guild_id, money.c.held, money.c.spent))
    counted = connection.execute(select(totals))
    timed = connection.execute(select(durations))
    return (
        {(row.month, row.guild_id): (row.held, row.spent) for row in kept if row.held or row.spent},
        {tuple(row[:5]): tuple(row[5:]) for row in counted if any(row[5:])},
        {tuple(row[:5]): row[5] for row in timed if row[5]},
    )


def expected_books(found: list[Job]) -> tuple[dict[object, object], ...]:
    """The same, added up from the jobs as plainly as can be."""
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
    return (
        {key: (held[key], spent[key]) for key in held if held[key] or spent[key]},
        {key: (pictures[key], sums[key]) for key in pictures},
        dict(times),
    )


def places(job: Job) -> Iterator[tuple[object, ...]]:
    for channel in (job.channel_id, 0):
        for member in (job.member_id, 0):
            yield job.guild_id, channel, job.created_at.date(), member


class Story:
    def __init__(self, house: House) -> None:
        self.house = house
        self.database = house.raw_database
        self.prices = house.services.prices

    async def begin(self) -> None:
        admin = self.house.services.administration
        role = RuleSubject.role(GUILDS[0], ARTIST)
        await admin.set_limits(GUILDS[0], MEMBERS[0], role, {LimitField.PER_HOUR: 6})
        await admin.set_budget(GUILDS[0], MEMBERS[0], GUILD_CAP)

    async def jobs(self) -> list[Job]:
        return await self.database.read(all_jobs)

    async def does(self, action: Action) -> None:
        match action:
            case Admit():
                await self.admits(action)
            case Jump(minutes):
                self.house.clock.jump(timedelta(minutes=minutes))
            case Price(microusd):
                self.prices.microusd = microusd
            case _:
                found = await self.jobs()
                if found:
                    await self.changes(found[action.job % len(found)], action)

    async def changes(self, job: Job, action: Step | Cancel | Settle) -> None:
        match action:
            case Step():
                await self.steps(job, action)
            case Cancel():
                actor = Actor(guild_id=job.guild_id, member_id=job.member_id, is_moderator=False)
                with suppress(Refusal):
                    await self.house.services.gallery.cancel(job.card_id, actor)
            case Settle(_, cost):
                settled = await self.database.write(bills.settle, job, cost_microusd=cost)
                assert (settled is not None) == job.state.is_end

    async def admits(self, action: Admit) -> None:
        before = await self.used()
        guild, member = GUILDS[action.guild], MEMBERS[action.member]
        roles = [ARTIST] if action.is_artist else []
        price = self.prices.microusd * action.count
        request = a_request(count=action.count)
        asking = self.house.admit(request, member=member, guild_id=guild, roles=roles)
        (outcome,) = await asyncio.gather(asking, return_exceptions=True)
        match outcome:
            case BudgetSpent(is_operators=True):
                assert sum(before.values()) + price > OPERATOR_CAP
            case BudgetSpent():
                assert before[guild] + price > GUILD_CAP
            case LimitReached(rule=rule, used=used):
                assert used + action.count > rule.limit
            case BaseException():
                raise outcome
            case _:
                assert sum(before.values()) + price <= OPERATOR_CAP
                assert guild != GUILDS[0] or before[guild] + price <= GUILD_CAP
                await self.limits_hold(guild, member, hourly=6 if roles and guild == GUILDS[0] else 4)

    async def used(self) -> Counter[GuildId]:
        month = Month.of(self.house.clock.now())
        counted = Counter[GuildId]()
        for job in await self.jobs():
            if Month.of(job.created_at) == month:
                counted[job.guild_id] += job.held_microusd + (job.cost_microusd or 0)
        return counted

    async def limits_hold(self, guild: GuildId, member: MemberId, *, hourly: int) -> None:
        now = self.house.clock.now()
        theirs = [job for job in await self.jobs() if job.member_id == member and job.state.counts]
        here = [job for job in theirs if job.guild_id == guild]
        assert sum(job.created_at > now - timedelta(hours=1) for job in here) <= hourly
        assert sum(job.created_at > now - timedelta(days=1) for job in here) <= 6
        assert sum(job.created_at > now - timedelta(days=1) for job in theirs) <= 9
        assert sum(job.state.is_in_work for job in here) <= 5

    async def steps(self, job: Job, action: Step) -> None:
        ways = sorted(STEPS[job.state])
        if not ways:
            return
        to = ways[action.way % len(ways)]
        at = self.house.clock.now()
        if to is JobState.FAILED:
            failure = Failure(action.kind)
            await self.database.write(jobs.step, job, to, at=at, why="", failure=failure)
        elif to is JobState.READY:
            told: Changes = {"cost_microusd": action.cost, "provider_seconds": 60.0, "finished_at": at}
            await self.database.write(jobs.step, job, to, at=at, why="", **told)
        else:
            await self.database.write(jobs.step, job, to, at=at, why="")

    async def adds_up(self) -> None:
        found = await self.jobs()
        kept = await self.database.read(books)
        assert kept == expected_books(found)
        assert all(job.held_microusd >= 0 for job in found)

    async def ends(self) -> None:
        """Every job comes to an end, and what is not known by then is settled: nothing stays held."""
        while unfinished := [job for job in await self.jobs() if not job.state.is_end]:
            for job in unfinished:
                await self.steps(job, Step(0, 1, FailureKind.UNKNOWN, 54_300))
        for job in await self.database.read(bills.unsettled):
            await self.database.write(bills.settle, job, cost_microusd=None)
        await self.adds_up()
        assert sum(job.held_microusd for job in await self.jobs()) == 0
        kept = await self.database.read(books)
        await self.database.write(accounts.rebuild)
        assert await self.database.read(books) == kept


async def tell(url: str, folder: Path, taken: list[Action]) -> None:
    database: Database = await open_database(url)
    try:
        story = Story(House(database, folder, limits=LIMITS, budget_microusd=OPERATOR_CAP))
        await story.begin()
        for action in taken:
            await story.does(action)
            await story.adds_up()
        await story.ends()
    finally:
        await database.close()


@settings(max_examples=60, deadline=None)
@given(actions)
def test_limits_hold_and_money_adds_up_in_sqlite(taken: list[Action]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        path.write_bytes(migrated_file())
        asyncio.run(tell(f"sqlite:///{path}", Path(folder), taken))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions)
def test_limits_hold_and_money_adds_up_in_postgresql(
    postgres_url: str, tmp_path: Path, taken: list[Action]
) -> None:
    migrate_once(postgres_url)
    empty(postgres_url)
    asyncio.run(tell(postgres_url, tmp_path, taken))
