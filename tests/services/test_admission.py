"""Limits hold for whoever comes at once, and say why."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.errors import Blocked, BudgetSpent, LimitReached
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import GuildId, InteractionId, MemberId
from bot.domain.limits import Allowances, LimitField, LimitOrigin, OperatorLimits
from bot.domain.provider import Failed
from bot.store.admission import blocks
from bot.store.driver.database import Connection, Database, open_database
from bot.store.upkeep.migrate import migrate
from tests.builders import GUILD, MEMBER, a_request
from tests.databases import admit, beside
from tests.services.conftest import BuildHouse
from tests.services.house import PRICE, House

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.mark.parametrize(
    "limits",
    [OperatorLimits(per_hour=3), OperatorLimits(per_day=3), OperatorLimits(running=3)],
    ids=["hour", "day", "running"],
)
async def test_fifty_at_once_get_exactly_the_limit(
    database_url: str, tmp_path: Path, limits: OperatorLimits
) -> None:
    database = await open_database(database_url)
    house = House(database, tmp_path, limits=limits)
    member = MemberId(hash((limits.per_hour, limits.per_day, limits.running)) % 10**12)
    guild = GuildId(member + 1)
    outcomes = await asyncio.gather(
        *(
            house.admit(member=member, guild_id=guild, interaction_id=InteractionId(member + number))
            for number in range(50)
        ),
        return_exceptions=True,
    )
    await database.close()
    refused = [outcome for outcome in outcomes if isinstance(outcome, LimitReached)]
    assert len(refused) == 47
    assert len(outcomes) - len(refused) == 3
    assert not [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, LimitReached)]


async def test_a_refusal_says_which_rule_how_much_is_used_and_when_the_next_is_free(
    build_house: BuildHouse,
) -> None:
    house = await build_house(OperatorLimits(per_day=2))
    first_at = house.clock.now()
    await house.admit()
    house.clock.pass_by(3600)
    await house.admit()
    with pytest.raises(LimitReached) as refusal:
        await house.admit()
    assert refusal.value.rule.field is LimitField.PER_DAY
    assert refusal.value.rule.origin is LimitOrigin.OPERATOR_DEFAULT
    assert refusal.value.used == 2
    assert refusal.value.again_at == first_at + timedelta(days=1)


async def test_of_several_limits_the_one_that_lasts_longest_is_named(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_hour=1, per_day=1, per_week=1, running=9))
    first_at = house.clock.now()
    view = await house.admit()
    assert view.usage is not None
    assert (view.usage.rule.field, view.usage.again_at) == (
        LimitField.PER_WEEK,
        first_at + timedelta(days=7),
    )
    with pytest.raises(LimitReached) as refusal:
        await house.admit()
    assert refusal.value.rule.field is LimitField.PER_WEEK
    assert refusal.value.again_at == first_at + timedelta(days=7)


async def test_at_that_time_the_next_is_free(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_hour=1))
    await house.admit()
    house.clock.pass_by(3600)
    await house.admit()


async def test_more_pictures_at_once_than_the_limit_are_refused_without_a_time(
    build_house: BuildHouse,
) -> None:
    house = await build_house(OperatorLimits(per_hour=3))
    with pytest.raises(LimitReached) as refusal:
        await house.admit(a_request(count=4))
    assert refusal.value.again_at is None


async def test_zero_allowance_refuses_the_first_request(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=0))
    with pytest.raises(LimitReached):
        await house.admit()


async def test_failed_pictures_do_not_count(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=1))
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    await house.until_ended(await house.ask())
    await house.until_ended(await house.ask())
    with pytest.raises(LimitReached):
        await house.ask()


async def test_delivered_pictures_no_longer_count_as_running(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(running=1))
    view = await house.ask()
    with pytest.raises(LimitReached):
        await house.ask()
    await house.until_ended(view)
    await house.ask()


async def test_servers_have_allowances_of_their_own_below_one_ceiling(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=2, ceilings=Allowances(per_day=3)))
    elsewhere = GuildId(GUILD + 1)
    await house.admit(a_request(count=2))
    await house.admit(guild_id=elsewhere)
    with pytest.raises(LimitReached) as refusal:
        await house.admit(guild_id=elsewhere)
    assert refusal.value.rule.origin is LimitOrigin.OPERATOR_CEILING


class WatchedDatabase:
    """Counts the statements of transactions that may have changed something."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.changes = 0

    async def overwrite_deleted(self) -> None:
        await self._database.overwrite_deleted()

    async def write(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        def watched(connection: Connection) -> Any:
            before = connection.changes
            try:
                return fn(connection, *args, **kwargs)
            finally:
                self.changes += connection.changes - before

        return await self._database.write(watched)

    async def read(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._database.read(fn, *args, **kwargs)

    async def close(self) -> None:
        await self._database.close()


async def test_a_refusal_has_changed_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """Or the writer would undo it, and run all that shares its commit once more."""
    migrate(sqlite_url)
    watched = WatchedDatabase(await open_database(sqlite_url))
    house = House(watched, tmp_path, limits=OperatorLimits(per_day=1), budget_microusd=PRICE)
    await house.admit()
    was_admitted, watched.changes = watched.changes, 0
    for other in (MEMBER, MemberId(MEMBER + 1)):
        with pytest.raises((LimitReached, BudgetSpent)):
            await house.admit(member=other)
    assert was_admitted
    assert watched.changes == 0

    await watched.write(blocks.put, GUILD, reason="", at=house.clock.now())
    watched.changes = 0
    with pytest.raises(Blocked):
        await house.admit()
    assert watched.changes == 0
    await watched.close()


async def test_one_interaction_makes_one_request(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=1))
    once = await house.admit(interaction_id=InteractionId(5))
    again = await house.admit(interaction_id=InteractionId(5))
    assert again.card.id == once.card.id
    assert [job.id for job in again.jobs] == [job.id for job in once.jobs]


async def test_the_card_tells_what_is_left(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_hour=10, per_day=3))
    view = await house.admit()
    assert view.usage is not None
    assert view.usage.rule.field is LimitField.PER_DAY
    assert (view.usage.used, view.usage.left) == (1, 2)


async def test_what_admission_says_is_used_is_what_the_card_reads_later(build_house: BuildHouse) -> None:
    house = await build_house(
        OperatorLimits(running=9, per_hour=5, per_day=6, ceilings=Allowances(per_day=7))
    )
    for count in (2, 1, 2):  # the last of them takes what is left of the hour
        view = await house.admit(a_request(count=count))
        assert view.usage is not None
        assert view.usage == (await house.services.gallery.view(view.card.id, GUILD)).usage
        house.clock.pass_by(60)
    assert view.usage is not None
    assert view.usage.left == 0
    house.clock.pass_by(3600)
    view = await house.admit()
    assert view.usage == (await house.services.gallery.view(view.card.id, GUILD)).usage


async def test_the_first_and_last_that_is_allowed_says_when_the_next_is(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_hour=1))
    view = await house.admit()
    assert view.usage is not None
    assert view.usage.again_at == house.clock.now() + timedelta(hours=1)


async def test_usage_says_when_the_next_is_free_and_when_all_are(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=2, running=5))
    first_at = house.clock.now()
    await house.admit()
    house.clock.pass_by(3600)
    view = await house.admit()
    running, per_day = await house.services.gallery.usage(GUILD, MEMBER)
    next_free, all_free = first_at + timedelta(days=1), first_at + timedelta(days=1, hours=1)
    assert (running.again_at, running.resets_at) == (None, None)
    assert (per_day.again_at, per_day.resets_at) == (next_free, all_free)
    assert view.usage == per_day
    house.clock.pass_by(86400)
    _, per_day = await house.services.gallery.usage(GUILD, MEMBER)
    assert (per_day.used, per_day.resets_at) == (0, None)


async def test_usage_lists_every_rule(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_hour=5, running=2))
    await house.admit()
    usages = await house.services.gallery.usage(GUILD, MEMBER)
    assert {(usage.rule.field, usage.used) for usage in usages} == {
        (LimitField.PER_HOUR, 1),
        (LimitField.RUNNING, 1),
        (LimitField.ATTEMPTS, 1),
    }


async def test_an_interaction_that_is_admitted_elsewhere_in_the_same_moment_is_read_back(
    postgres: Database, postgres_url: str, tmp_path: Path
) -> None:
    """By a program that does not wait for our writers' lock: then the unique index decides."""
    house = House(postgres, tmp_path)
    interaction = InteractionId(77)
    with beside(postgres_url) as elsewhere:
        (job,) = admit(elsewhere, interaction_id=interaction)
        asking = asyncio.create_task(house.admit(interaction_id=interaction))
        async with asyncio.timeout(20):
            while not elsewhere.scalar(text(WAITING)):  # noqa: ASYNC110  the server does not tell
                await asyncio.sleep(0.01)
    view = await asking
    assert view.card.id == job.card_id
    assert [other.id for other in view.jobs] == [job.id]
