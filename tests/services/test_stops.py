"""A picture that was being sent when its member was blocked: it may finish, but it is never sent again."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.errors import Doubtful
from bot.domain.ids import MemberId
from bot.domain.job import JobState
from bot.services.admins import operator_blocks
from tests.builders import GUILD, MEMBER
from tests.services.house import House
from tests.services.test_erasures import asked

MODERATOR = MemberId(MEMBER + 7)
Stop = Callable[[House], Awaitable[object]]


async def by_a_moderator(house: House) -> None:
    await house.services.block_list.block(GUILD, MODERATOR, MEMBER, None, "")


async def by_the_operator(house: House) -> None:
    at = house.clock.now()
    await house.raw_database.write(operator_blocks.block, [MEMBER], reason="", at=at)


async def of_the_server(house: House) -> None:
    at = house.clock.now()
    await house.raw_database.write(operator_blocks.block, [GUILD], reason="", at=at)


async def by_a_deletion(house: House) -> None:
    await house.services.erasures.begin(asked(house, MEMBER))


STOPS = [by_a_moderator, by_the_operator, of_the_server, by_a_deletion]


@pytest.mark.parametrize("stop", STOPS)
async def test_what_was_never_accepted_is_not_sent_again(house: House, stop: Stop) -> None:
    house.provider.on_submit.append(Doubtful("reset"))
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    await house.settle()
    assert [job.state for job in await house.jobs(view)] == [JobState.UNRESOLVED]
    await stop(house)
    (job,) = await house.until_ended(view)
    assert (job.state, job.held_microusd) == (JobState.CANCELLED, 0)
    assert (house.provider.submits, len(house.provider.accepted)) == (1, 0)


@pytest.mark.parametrize("stop", STOPS)
async def test_what_was_accepted_comes(house: House, stop: Stop) -> None:
    house.provider.lost_answers.append(Doubtful("reset"))
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    await stop(house)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1


async def test_what_was_never_accepted_is_sent_again_if_the_block_is_over_by_then(house: House) -> None:
    house.provider.on_submit.append(Doubtful("reset"))
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    await by_a_moderator(house)
    await house.services.block_list.unblock(GUILD, MODERATOR, MEMBER)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert (house.provider.submits, len(house.provider.accepted)) == (2, 1)
