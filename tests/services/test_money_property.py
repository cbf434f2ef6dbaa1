"""Whatever happens, in whatever order and at whatever time the clock says: limits hold, and money adds up."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.access import Actor
from bot.domain.administration import RuleScope, RuleSubject
from bot.domain.errors import BudgetSpent, LimitReached, Refusal
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, GuildId, JobId
from bot.domain.job import STEPS, Job, JobState
from bot.domain.limits import LimitField
from bot.domain.money import Month
from bot.domain.quality import Quality
from bot.services.limits.budgets import BudgetWarnings
from bot.store.driver.database import Database, open_database
from bot.store.pictures import accounts, bills, jobs
from bot.store.pictures.jobs import Changes
from tests.builders import CHANNEL, a_request
from tests.databases import empty, migrate_once, migrated_file
from tests.services.books import Books, expected_books, jobs_and_books, parts
from tests.services.house import House
from tests.services.money_actions import (
    ATTEMPTS,
    CEILING,
    CHANNELS,
    GUILD_CAP,
    GUILDS,
    HOURLY_CEILING,
    LIMITS,
    MAX_COUNTS_AS,
    MAX_PRICE,
    MEMBERS,
    MONTHLY_CEILING,
    OPERATOR_CAP,
    Action,
    Admit,
    Cancel,
    Jump,
    Price,
    SetRule,
    Settle,
    Step,
    Warn,
    Withdraw,
    stories,
)

HOURS = {
    LimitField.PER_HOUR: 1,
    LimitField.PER_DAY: 24,
    LimitField.PER_WEEK: 7 * 24,
    LimitField.PER_MONTH: 30 * 24,
}
THREAD = ChannelId(CHANNEL + 1000)


class Story:
    def __init__(self, house: House) -> None:
        self.house = house
        self.database = house.raw_database
        self.prices = house.services.prices
        #: What admins have set, by server, subject and limit.
        self.rules: dict[tuple[GuildId, RuleSubject, LimitField], int | None] = {}
        #: What was held for each job at its admission, as long as it was not given back.
        self.estimates: dict[JobId, int] = {}
        #: All of them, as `look` has read them.
        self.jobs: list[Job] = []

    async def begin(self) -> None:
        admin = self.house.services.administration
        await admin.set_budget(GUILDS[0], MEMBERS[0], GUILD_CAP)
        await admin.set_log_channel(GUILDS[0], MEMBERS[0], CHANNEL)
        for guild, counts_as in zip(GUILDS, MAX_COUNTS_AS, strict=True):
            await admin.set_max_counts_as(guild, MEMBERS[0], counts_as)
        await self.sets(SetRule(0, RuleScope.CHANNEL, 0, LimitField.PER_WEEK, 3))
        for number, limit in enumerate([6, 2]):
            await self.sets(SetRule(0, RuleScope.ROLE, number, LimitField.PER_HOUR, limit))

    async def look(self) -> Books:
        """Once for each action: what reading costs is the way to the thread and back."""
        self.jobs, kept = await self.database.read(jobs_and_books)
        return kept

    async def does(self, action: Action) -> None:
        match action:
            case Admit():
                await self.admits(action)
            case Jump(minutes):
                self.house.clock.jump(timedelta(minutes=minutes))
            case Price(microusd):
                self.prices.expected_microusd["luma-uni-1"] = microusd
            case SetRule():
                await self.sets(action)
            case Warn():
                await self.warns()
            case _:
                if self.jobs:
                    await self.changes(self.jobs[action.job % len(self.jobs)], action)

    async def changes(self, job: Job, action: Step | Cancel | Withdraw | Settle) -> None:
        match action:
            case Step():
                await self.steps(job, action)
            case Cancel():
                actor = Actor(
                    guild_id=job.guild_id, channel_id=CHANNEL, member_id=job.member_id, is_moderator=False
                )
                with suppress(Refusal):
                    await self.house.services.gallery.cancel(job.card_id, actor)
            case Withdraw():
                await self.house.services.admission.withdraw(job.card_id, "never answered")
            case Settle(_, cost):
                settled = await self.database.write(bills.settle, job, cost_microusd=cost)
                assert (settled is not None) == job.state.is_end

    # --- limits ---

    async def sets(self, action: SetRule) -> None:
        guild, subject = GUILDS[action.guild], action.subject
        self.rules[guild, subject, action.field] = action.limit
        changes = {action.field: action.limit}
        await self.house.services.administration.set_limits(guild, MEMBERS[0], subject, changes)

    def limit(self, field: LimitField, action: Admit) -> int:
        """What holds in the server, by the precedence as it is documented."""
        guild = GUILDS[action.guild]

        def of(subject: RuleSubject) -> int | None:
            return self.rules.get((guild, subject, field))

        own = of(RuleSubject.member(MEMBERS[action.member]))
        of_roles = [
            limit for role in action.roles if (limit := of(RuleSubject.role(guild, role))) is not None
        ]
        everyones = of(RuleSubject.everyone(guild))
        operators = LIMITS.of(field)
        assert operators is not None
        first_set = (own, max(of_roles, default=None), everyones, operators)
        ceiling = LIMITS.ceilings.of(field)
        holds = next(limit for limit in first_set if limit is not None)
        return min(holds, operators if ceiling is None else ceiling)

    def used_of(self, action: Admit) -> dict[str, tuple[int, int]]:
        """Of each limit, what is used and what it is."""
        now = self.house.clock.now()
        member, guild = MEMBERS[action.member], GUILDS[action.guild]
        asked = [job for job in self.jobs if job.member_id == member]
        counted = [job for job in asked if job.state.counts]
        here = [job for job in counted if job.guild_id == guild]
        channel = CHANNELS[action.guild][action.channel]
        in_channel = [job for job in here if job.channel_id == channel]

        def since(found: list[Job], hours: int) -> int:
            return sum(job.weight for job in found if job.created_at > now - timedelta(hours=hours))

        def by_field(found: list[Job]) -> dict[LimitField, int]:
            over_time = {field: since(found, hours) for field, hours in HOURS.items()}
            return {**over_time, LimitField.RUNNING: sum(job.weight for job in found if job.state.is_in_work)}

        of_channel = {
            f"{field} in channel": (used, limit)
            for field, used in by_field(in_channel).items()
            if (limit := self.rules.get((guild, RuleSubject.channel(channel), field))) is not None
        }
        return {
            **{field.value: (used, self.limit(field, action)) for field, used in by_field(here).items()},
            **of_channel,
            "per_hour everywhere": (since(counted, 1), HOURLY_CEILING),
            "per_day everywhere": (since(counted, 24), CEILING),
            "per_month everywhere": (since(counted, 720), MONTHLY_CEILING),
            "attempts everywhere": (since(asked, 1), ATTEMPTS),
        }

    async def admits(self, action: Admit) -> None:
        money_before, limits_before = self.used(), self.used_of(action)
        guild, is_max = GUILDS[action.guild], action.quality is Quality.MAX
        each = MAX_PRICE if is_max else self.prices.microusd
        price = each * action.count
        asked = action.count * (MAX_COUNTS_AS[action.guild] if is_max else 1)
        channel = CHANNELS[action.guild][action.channel]
        where = {"channel_id": THREAD, "parent": channel} if action.is_in_thread else {"channel_id": channel}
        has_room = all(used + asked <= limit for used, limit in limits_before.values())
        asking = self.house.admit(
            a_request(count=action.count, quality=action.quality),
            member=MEMBERS[action.member],
            guild_id=guild,
            roles=action.roles,
            **where,
        )
        (outcome,) = await asyncio.gather(asking, return_exceptions=True)
        match outcome:
            case BudgetSpent(is_operators=is_operators):
                assert has_room
                cap = OPERATOR_CAP if is_operators else GUILD_CAP
                used = money_before.total() if is_operators else money_before[guild]
                assert used + price > cap
            case LimitReached(rule=rule, used=used):
                place = " everywhere" if rule.everywhere else " in channel" if rule.channel_id else ""
                name = f"{rule.field}{place}"
                assert (used, rule.limit) == limits_before[name]
                assert used + asked > rule.limit
            case BaseException():
                raise outcome
            case _:
                assert has_room
                assert money_before.total() + price <= OPERATOR_CAP
                assert guild != GUILDS[0] or money_before[guild] + price <= GUILD_CAP
                self.estimates |= dict.fromkeys((job.id for job in outcome.jobs), each)

    # --- money ---

    def used(self) -> Counter[GuildId]:
        month = Month.of(self.house.clock.now())
        counted = Counter[GuildId]()
        for job in self.jobs:
            if Month.of(job.created_at) == month:
                counted[job.guild_id] += job.held_microusd + (job.cost_microusd or 0)
        return counted

    def budgets_hold(self, found: list[Job]) -> None:
        """Passed only by what pictures turned out dearer than was held for them."""
        used, dearer = Counter[tuple[Month, GuildId | None]](), Counter[tuple[Month, GuildId | None]]()
        for job in found:
            if job.cost_microusd is None and not job.held_microusd:
                self.estimates[job.id] = 0
            for guild in (job.guild_id, None):
                key = (Month.of(job.created_at), guild)
                used[key] += job.held_microusd + (job.cost_microusd or 0)
                dearer[key] += max(0, (job.cost_microusd or 0) - self.estimates[job.id])
        caps = {GUILDS[0]: GUILD_CAP, None: OPERATOR_CAP}
        for (month, guild), sum_ in used.items():
            assert guild not in caps or sum_ <= caps[guild] + dearer[month, guild]

    def holds_what_it_should(self, job: Job) -> None:
        """All that was held for it, or nothing; of a paid picture without a bill, as it may be settled."""
        is_unpaid = job.finished_at is None and (
            job.state is JobState.CANCELLED
            or (job.failure is not None and job.failure.kind in (FailureKind.BLOCKED, FailureKind.DISCORD))
        )
        if job.cost_microusd is not None or is_unpaid:
            assert job.held_microusd == 0
        elif not job.state.is_end:
            assert job.held_microusd == self.estimates[job.id]
        else:
            assert job.held_microusd in (0, self.estimates[job.id])

    async def warns(self) -> None:
        """Each share at most once in a month, and none that is reached left out."""
        house = self.house
        warnings = BudgetWarnings(runtime=house.runtime, notices=house.notices, prices=self.prices)
        await warnings.post_due()
        told = [(warned.resets_at, warned.percent) for warned in house.notices.warned]
        assert len(told) == len(set(told))
        month, used = Month.of(house.clock.now()), self.used()[GUILDS[0]]
        is_spent = used + self.prices.microusd > GUILD_CAP
        reached = 100 if is_spent else 80 if used >= GUILD_CAP * 0.8 else 0
        assert max((percent for at, percent in told if at == month.ends_at), default=0) >= reached

    async def steps(self, job: Job, action: Step) -> None:
        ways = sorted(STEPS[job.state])
        if not ways:
            return
        to = ways[action.way % len(ways)]
        at = self.house.clock.now()
        if to is JobState.FAILED:
            failure = Failure(action.kind)
            await self.database.write(jobs.step, job, to, at=at, why="", failure=failure)
        elif job.state is JobState.RUNNING:
            told: Changes = {"cost_microusd": action.cost, "provider_seconds": 60.0, "finished_at": at}
            await self.database.write(jobs.step, job, to, at=at, why="", **told)
        else:
            await self.database.write(jobs.step, job, to, at=at, why="")

    async def adds_up(self) -> None:
        kept = await self.look()
        assert kept == expected_books(self.jobs)
        for job in self.jobs:
            self.holds_what_it_should(job)
        assert all(part >= 0 for book in kept for amounts in book.values() for part in parts(amounts))
        self.budgets_hold(self.jobs)

    async def ends(self) -> None:
        """Every job comes to an end, and what is not known by then is settled: nothing stays held."""
        while unfinished := [job for job in self.jobs if not job.state.is_end]:
            for job in unfinished:
                await self.steps(job, Step(0, 1, FailureKind.UNKNOWN, 54_300))
            await self.look()
        for job in await self.database.read(bills.unsettled):
            await self.database.write(bills.settle, job, cost_microusd=None)
        await self.adds_up()
        assert sum(job.held_microusd for job in self.jobs) == 0
        kept = await self.look()
        await self.database.write(accounts.rebuild)
        assert await self.look() == kept


async def tell(url: str, folder: Path, taken: list[Action]) -> None:
    database: Database = await open_database(url)
    try:
        story = Story(
            House(
                database,
                folder,
                limits=LIMITS,
                budget_microusd=OPERATOR_CAP,
                max_unit_price_microusd=MAX_PRICE,
            )
        )
        await story.begin()
        for action in taken:
            await story.does(action)
            await story.adds_up()
        await story.ends()
    finally:
        await database.close()


@pytest.mark.fuzz
@settings(max_examples=max(10, 2 * settings().max_examples // 5))
@given(stories)
def test_limits_hold_and_money_adds_up_in_sqlite(taken: list[Action]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        path.write_bytes(migrated_file())
        asyncio.run(tell(f"sqlite:///{path}", Path(folder), taken))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories)
def test_limits_hold_and_money_adds_up_in_postgresql(
    postgres_url: str, tmp_path: Path, taken: list[Action]
) -> None:
    migrate_once(postgres_url)
    empty(postgres_url)
    asyncio.run(tell(postgres_url, tmp_path, taken))
