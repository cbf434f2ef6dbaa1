"""What the operator blocks: whoever it is gets nothing more, at once and in all servers."""

from datetime import timedelta

import pytest

from bot.domain.errors import Blocked, LimitReached, ServerNotServed
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import GuildId, MemberId
from bot.domain.job import JobState
from bot.domain.limits import LimitField, OperatorLimits
from bot.domain.provider import Failed
from bot.services.admins import operator_blocks
from bot.services.upkeep.retention import Retention
from bot.store.admission import blocks
from tests.builders import GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House

ELSEWHERE, SOMEBODY_ELSE = GuildId(GUILD + 1), MemberId(MEMBER + 1)


async def block(house: House, subject_id: int, reason: str = "", *, lasts: timedelta | None = None) -> int:
    at = house.clock.now()
    return await house.raw_database.write(
        operator_blocks.block, [subject_id], reason=reason, at=at, until=None if lasts is None else at + lasts
    )


async def test_a_blocked_member_is_refused_in_all_servers_and_others_are_not(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits())
    await block(house, MEMBER, "spam")
    for guild in (GUILD, ELSEWHERE):
        with pytest.raises(Blocked) as refusal:
            await house.admit(guild_id=guild)
        assert (refusal.value.reason, refusal.value.is_server) == ("spam", False)
    await house.admit(member=SOMEBODY_ELSE)


async def test_in_a_blocked_server_nobody_gets_anything_and_elsewhere_everybody(
    build_house: BuildHouse,
) -> None:
    house = await build_house(OperatorLimits())
    await block(house, GUILD)
    for member in (MEMBER, SOMEBODY_ELSE):
        with pytest.raises(Blocked) as refusal:
            await house.admit(member=member)
        assert refusal.value.is_server
        await house.admit(member=member, guild_id=ELSEWHERE)


@pytest.mark.parametrize("subject_id", [MEMBER, GUILD])
async def test_a_block_ends_by_itself_and_is_deleted_then(build_house: BuildHouse, subject_id: int) -> None:
    house = await build_house(OperatorLimits())
    await block(house, subject_id, lasts=timedelta(hours=2))
    with pytest.raises(Blocked) as refusal:
        await house.admit()
    assert refusal.value.until == house.clock.now() + timedelta(hours=2)
    house.clock.pass_by(7199)
    with pytest.raises(Blocked):
        await house.admit()
    house.clock.pass_by(1)
    await house.admit()
    house.clock.pass_by(1)
    assert await house.raw_database.read(blocks.everything, at=house.clock.now()) == []
    await Retention(runtime=house.runtime, days=90).forget_the_old()
    assert not await house.raw_database.write(blocks.remove, subject_id)


async def test_a_block_is_taken_back(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits())
    await block(house, MEMBER)
    assert await house.raw_database.write(blocks.remove, MEMBER)
    assert not await house.raw_database.write(blocks.remove, MEMBER)
    await house.admit()


async def test_what_waits_is_cancelled_and_what_is_sent_comes(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits())
    sent = await house.ask()
    await house.settle()
    assert [job.state for job in await house.jobs(sent)] == [JobState.RUNNING]
    house.services.account.pacer.pause(60)
    waiting = await house.ask(a_request(count=2))
    assert await block(house, MEMBER) == 2
    ended = [*await house.until_ended(sent), *await house.until_ended(waiting)]
    assert [job.state for job in ended] == [JobState.DELIVERED, JobState.CANCELLED, JobState.CANCELLED]
    assert house.provider.submits == 1


async def test_a_server_that_is_not_served_gets_nothing(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(), served_guilds=frozenset({ELSEWHERE}))
    with pytest.raises(ServerNotServed):
        await house.admit()
    await house.admit(guild_id=ELSEWHERE)


async def test_attempts_that_come_to_nothing_are_limited_too(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_hour=2))
    first_at = house.clock.now()
    for _ in range(6):
        assert await is_blocked_by_the_filter(house)
    with pytest.raises(LimitReached) as refusal:
        await house.ask()
    rule = refusal.value.rule
    assert (rule.field, rule.limit, refusal.value.used) == (LimitField.ATTEMPTS, 6, 6)
    assert refusal.value.again_at == first_at + timedelta(hours=1)
    house.clock.jump(timedelta(hours=1))
    await house.ask()


async def is_blocked_by_the_filter(house: House) -> bool:
    view = await house.ask()
    await house.until(lambda: bool(house.provider.accepted))
    for request in house.provider.accepted.values():
        request.end = Failed(Failure(FailureKind.BLOCKED))
    (job,) = await house.until_ended(view)
    return job.failure is not None and job.failure.kind is FailureKind.BLOCKED


async def test_cancelled_requests_are_attempts(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(attempts_per_hour=3))
    house.services.account.pacer.pause(3600)
    for number in range(3):
        view = await house.ask(guild_id=GuildId(GUILD + number))
        await house.services.admission.withdraw(view.card.id, "it was cancelled")
    with pytest.raises(LimitReached) as refusal:
        await house.ask(guild_id=ELSEWHERE)
    assert refusal.value.rule.everywhere
