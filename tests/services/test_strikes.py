"""Strikes: what gives one, the ladder that leads to blocks, and what moderators do with them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.block import THE_BOT, BlockedHere
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, GuildId, JobId, MemberId
from bot.domain.job import JobState
from bot.domain.provider import Failed
from bot.domain.strikes import StrikeCause, StrikeProblem, StrikeRefused, StrikeRules, StrikeStep
from bot.domain.word_list import WordAction, WordRefused
from tests.builders import GUILD, MEMBER, a_request
from tests.services.house import House

MODERATOR, ELSEWHERE = MemberId(MEMBER + 7), GuildId(GUILD + 1)
LOG = ChannelId(4711)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def turn_on(house: House, *causes: StrikeCause, steps: tuple[StrikeStep, ...] = ()) -> None:
    def changed(rules: StrikeRules) -> StrikeRules:
        rules = replace(rules, is_on=True, steps=steps or rules.steps)
        return replace(rules, causes=frozenset(causes)) if causes else rules

    await house.services.administration.set_strikes(GUILD, MODERATOR, changed)


async def filtered(house: House, count: int = 1) -> JobId:
    view = await house.ask(a_request(count=count))
    await house.until(lambda: len(house.provider.accepted) > 0 and bool(view))
    for request in house.provider.accepted.values():
        request.end = request.end or Failed(Failure(FailureKind.BLOCKED))
    jobs = await house.until_ended(view)
    assert {job.failure and job.failure.kind for job in jobs} == {FailureKind.BLOCKED}
    return jobs[0].id


async def struck(house: House, times: int = 1) -> None:
    for _ in range(times):
        await house.services.strike_list.add(GUILD, MODERATOR, MEMBER, "spam")


async def count(house: House) -> int:
    return (await house.services.strike_list.page(GUILD, MEMBER, 0)).standing.count


async def is_blocked(house: House) -> bool:
    return await house.services.block_list.of(GUILD, MEMBER) is not None


async def test_without_an_admin_who_turns_them_on_nothing_is_a_strike(house: House) -> None:
    await filtered(house)
    with pytest.raises(StrikeRefused) as refused:
        await struck(house)
    assert refused.value.problem is StrikeProblem.OFF
    await turn_on(house)
    assert await count(house) == 0


async def test_what_the_filter_refuses_is_one_strike_for_a_request_of_several_pictures(house: House) -> None:
    await turn_on(house)
    await filtered(house, count=3)
    assert await count(house) == 1


async def test_a_cause_that_is_switched_off_is_no_strike(house: House) -> None:
    await turn_on(house, StrikeCause.REMOVAL)
    await filtered(house)
    assert await count(house) == 0


async def test_a_word_of_the_list_is_a_strike_and_the_refusal_tells_of_it(house: House) -> None:
    await turn_on(house)
    await house.services.word_lists.add(GUILD, MODERATOR, "grape", WordAction.REFUSE)
    for number in range(1, 4):
        with pytest.raises(WordRefused) as refused:
            await house.admit(a_request(prompt="a grape"))
        assert refused.value.standing is not None
        assert refused.value.standing.count == number
        assert (refused.value.block is not None) == (number == 3)
    with pytest.raises(BlockedHere) as blocked:
        await house.admit()
    assert blocked.value.block == refused.value.block
    assert blocked.value.block.actor_id == THE_BOT
    assert blocked.value.block.until == house.clock.now() + HOUR


async def test_a_picture_that_a_moderator_removes_is_a_strike_and_ones_own_is_not(house: House) -> None:
    await turn_on(house)
    for by in (MEMBER, MODERATOR):
        (job,) = await house.until_ended(await house.ask())
        await house.services.moderation.remove(job.id, GUILD, by)
        assert await count(house) == (by == MODERATOR)


@pytest.mark.parametrize(
    ("strikes", "length"), [(2, None), (3, HOUR), (4, HOUR), (5, DAY), (8, 7 * DAY), (9, 7 * DAY)]
)
async def test_the_ladder_leads_to_longer_blocks(
    house: House, strikes: int, length: timedelta | None
) -> None:
    await turn_on(house)
    await struck(house, strikes)
    block = await house.services.block_list.of(GUILD, MEMBER)
    assert (block and block.until) == (length and house.clock.now() + length)


async def test_strikes_fade(house: House) -> None:
    await turn_on(house)
    await struck(house, 2)
    house.clock.jump(DAY)
    await struck(house)
    assert await count(house) == 3
    assert not await is_blocked(house)
    house.clock.jump(6 * DAY)
    assert await count(house) == 1


async def test_a_ladder_does_not_shorten_a_block(house: House) -> None:
    await turn_on(house)
    await house.services.block_list.block(GUILD, MODERATOR, MEMBER, None, "spam")
    await struck(house, 8)
    block = await house.services.block_list.of(GUILD, MEMBER)
    assert block is not None
    assert (block.until, block.actor_id) == (None, MODERATOR)


async def test_a_block_by_the_ladder_cancels_what_waits(house: House) -> None:
    await turn_on(house, steps=(StrikeStep(count=1, within=DAY, block=DAY),))
    view = await house.ask()
    await house.until(lambda: bool(house.provider.accepted))
    waiting = await house.admit(a_request(count=2))
    for request in house.provider.accepted.values():
        request.end = Failed(Failure(FailureKind.BLOCKED))
    await house.until_ended(view)
    assert [job.state for job in await house.jobs(waiting)] == [JobState.CANCELLED] * 2


async def test_what_is_forgiven_no_longer_counts(house: House) -> None:
    await turn_on(house)
    await struck(house, 2)
    page = await house.services.strike_list.page(GUILD, MEMBER, 0)
    await house.services.strike_list.forgive(GUILD, MODERATOR, MEMBER, page.strikes[0].id)
    assert await count(house) == 1
    await struck(house)
    assert not await is_blocked(house)
    await house.services.strike_list.forgive(GUILD, MODERATOR, MEMBER)
    assert await count(house) == 0
    with pytest.raises(StrikeRefused):
        await house.services.strike_list.forgive(GUILD, MODERATOR, MEMBER)


async def test_a_strike_of_another_server_is_not_forgiven_from_here(house: House) -> None:
    await turn_on(house)
    await struck(house)
    page = await house.services.strike_list.page(GUILD, MEMBER, 0)
    with pytest.raises(StrikeRefused):
        await house.services.strike_list.forgive(ELSEWHERE, MODERATOR, MEMBER, page.strikes[0].id)
    assert await count(house) == 1


async def test_the_log_channel_is_told_of_a_block_once(house: House) -> None:
    await house.services.administration.set_log_channel(GUILD, MODERATOR, LOG)
    await turn_on(house)
    house.notices.on_notice.append(CourierUnavailable())
    await struck(house, 3)
    await house.until(lambda: bool(house.notices.blocked_members))
    after = await house.restarted()
    await after.advance(180)
    ((block, channel_id),) = house.notices.blocked_members
    assert (block.member_id, channel_id) == (MEMBER, LOG)
    assert after.notices.blocked_members == []


async def test_a_log_channel_that_cannot_be_written_to_is_given_up(house: House) -> None:
    await house.services.administration.set_log_channel(GUILD, MODERATOR, LOG)
    await turn_on(house)
    house.notices.on_notice.append(CardGone())
    await struck(house, 3)
    await house.advance(180)
    assert house.notices.blocked_members == []


async def test_blocks_of_moderators_are_not_told_in_the_log_channel(house: House) -> None:
    await house.services.administration.set_log_channel(GUILD, MODERATOR, LOG)
    await house.services.block_list.block(GUILD, MODERATOR, MEMBER, DAY, "")
    await house.advance(120)
    assert house.notices.blocked_members == []


async def test_strikes_outlive_a_restart(house: House) -> None:
    await turn_on(house)
    await struck(house, 2)
    after = await house.restarted()
    await struck(after)
    assert await is_blocked(after)


STEP = StrikeStep(count=3, within=DAY, block=HOUR)


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ([], StrikeProblem.NO_STEP),
        ([replace(STEP, count=0)], StrikeProblem.COUNT_OUT_OF_RANGE),
        ([replace(STEP, count=101)], StrikeProblem.COUNT_OUT_OF_RANGE),
        ([replace(STEP, within=91 * DAY)], StrikeProblem.WINDOW_OUT_OF_RANGE),
        ([STEP, replace(STEP, block=DAY)], StrikeProblem.SAME_COUNT),
        ([replace(STEP, count=4), replace(STEP, block=DAY)], StrikeProblem.SHORTER_BLOCK),
        ([replace(STEP, count=4), replace(STEP, block=None)], StrikeProblem.SHORTER_BLOCK),
    ],
)
async def test_a_ladder_that_makes_no_sense_is_refused_and_the_old_one_stays(
    house: House, steps: list[StrikeStep], problem: StrikeProblem
) -> None:
    with pytest.raises(StrikeRefused) as refused:
        await house.services.administration.set_strikes(
            GUILD, MODERATOR, lambda rules: replace(rules, steps=steps)
        )
    assert refused.value.problem is problem
    settings = await house.services.administration.settings(GUILD)
    assert settings.choices.strikes == StrikeRules()
