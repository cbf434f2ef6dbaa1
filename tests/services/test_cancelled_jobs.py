"""However a block arises, what waits is cancelled, its task ends, and its card says so."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.domain.access import Actor
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import MemberId
from bot.domain.job import Job, JobState
from bot.domain.strikes import StrikeRules, StrikeStep
from bot.domain.word_list import WordAction, WordRefused
from tests.builders import CHANNEL, GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House
from tests.services.test_approvals import in_state

MODERATOR = MemberId(MEMBER + 7)
DAY = timedelta(days=1)
FIRST_STRIKE_BLOCKS = StrikeStep(count=1, within=DAY, block=DAY)


@dataclass(frozen=True, slots=True)
class Scene:
    house: House
    delivered: Job
    held: Job
    running: Job


async def by_a_moderator(at: Scene) -> None:
    await at.house.services.block_list.block(GUILD, MODERATOR, MEMBER, DAY, "")


async def with_a_rejection(at: Scene) -> None:
    block = at.house.services.block_list.drawn_up(GUILD, MODERATOR, MEMBER, DAY, "")
    await at.house.services.approvals.reject(at.held.id, GUILD, MODERATOR, "", block=block)


async def by_a_strike_of_a_moderator(at: Scene) -> None:
    await at.house.services.strike_list.add(GUILD, MODERATOR, MEMBER, "")


async def by_a_removal(at: Scene) -> None:
    await at.house.services.moderation.remove(at.delivered.id, GUILD, MODERATOR)


async def by_a_deletion(at: Scene) -> None:
    moderator = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MODERATOR, is_moderator=True)
    await at.house.services.gallery.delete([at.delivered.id], moderator)


async def by_a_refused_word(at: Scene) -> None:
    with pytest.raises(WordRefused):
        await at.house.admit(a_request(prompt="a grape"))


async def by_the_filter(at: Scene) -> None:
    failure = Failure(FailureKind.BLOCKED)
    assert await at.house.services.sweep.ledger.fail(at.running, "blocked by the filter", failure)


@pytest.fixture
async def scene(build_house: BuildHouse) -> Scene:
    house = await build_house()
    services = house.services
    words = "[refuse]\ngrape\n[hold]\nfox"
    await services.word_lists.add(GUILD, MODERATOR, words, WordAction.REFUSE)

    def first_strike_blocks(rules: StrikeRules) -> StrikeRules:
        return replace(rules, is_on=True, steps=(FIRST_STRIKE_BLOCKS,))

    await services.administration.set_strikes(GUILD, MODERATOR, first_strike_blocks)
    (delivered,) = await house.until_ended(await house.ask(a_request(prompt="an owl")))
    held = await in_state(house, (await house.ask(a_request(prompt="a fox"))).jobs[0], JobState.HELD)
    running = await in_state(house, (await house.ask(a_request(prompt="an owl"))).jobs[0], JobState.RUNNING)
    return Scene(house, delivered, held, running)


@pytest.mark.parametrize(
    "block",
    [
        by_a_moderator,
        with_a_rejection,
        by_a_strike_of_a_moderator,
        by_a_removal,
        by_a_deletion,
        by_a_refused_word,
        by_the_filter,
    ],
)
async def test_a_block_ends_what_waits_wherever_it_comes_from(
    scene: Scene, block: Callable[[Scene], Awaitable[None]]
) -> None:
    house, tasks = scene.house, scene.house.services.gallery.cancelled_jobs.job_tasks
    house.services.account.pacer.pause(3600)
    waiting = await house.ask(a_request(prompt="an owl", count=2))
    await house.settle()
    assert all(job.id in tasks for job in waiting.jobs)
    await block(scene)
    await house.advance(5)
    assert [job.state for job in await house.jobs(waiting)] == [JobState.CANCELLED] * 2
    assert not any(job.id in tasks for job in waiting.jobs)
    assert house.courier.states[waiting.card.id][-1] == [JobState.CANCELLED] * 2
    assert await house.services.block_list.of(GUILD, MEMBER) is not None


async def test_the_refusal_of_a_word_its_strike_and_the_block_are_one_transaction(scene: Scene) -> None:
    """A kill in between would leave a refusal without its strike."""
    await by_a_refused_word(scene)  # the list is at hand now
    await scene.house.services.block_list.unblock(GUILD, MODERATOR, MEMBER)
    await scene.house.settle()
    writes = scene.house.database.writes
    await by_a_refused_word(scene)
    assert scene.house.database.writes == writes + 1
    assert await scene.house.services.block_list.of(GUILD, MEMBER) is not None
