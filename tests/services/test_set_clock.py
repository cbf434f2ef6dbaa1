"""Somebody sets the clock of the machine, by an hour or a day, while pictures are on their way."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.domain.card import CardView
from bot.domain.errors import CourierUnavailable, Doubtful, NotAccepted
from bot.domain.job import JobState
from standins.clock import VirtualClock
from tests.builders import NOON
from tests.services.house import House

JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]


class ClockElsewhere:
    """The provider's clock: it runs with the machine's, but is not set with it."""

    def __init__(self, clock: VirtualClock) -> None:
        self._start = clock.monotonic()
        self.monotonic, self.sleep = clock.monotonic, clock.sleep

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.monotonic() - self._start)


def in_line(house: House) -> Callable[[], bool]:
    house.provider.on_submit.extend([NotAccepted("busy")] * 40)
    return lambda: house.provider.submits == 2


def in_doubt_and_taken(house: House) -> Callable[[], bool]:
    house.provider.lost_answers.append(Doubtful("reset"))
    house.provider.landing = 60.0
    return lambda: house.provider.submits == 1


def in_doubt_and_not_taken(house: House) -> Callable[[], bool]:
    house.provider.on_submit.append(Doubtful("reset"))
    return lambda: house.provider.submits == 1


def in_the_making(house: House) -> Callable[[], bool]:
    return lambda: house.provider.polls >= 1


def on_the_way_to_discord(house: House) -> Callable[[], bool]:
    house.courier.on_picture.extend([CourierUnavailable("down")] * 5)
    return lambda: house.provider.downloads >= 1


@pytest.fixture(autouse=True)
def true_time(house: House) -> None:
    house.provider.clock = ClockElsewhere(house.clock)


async def paid_once_and_delivered(house: House, view: CardView) -> bool:
    (job,) = await house.until_ended(view)
    return job.state is JobState.DELIVERED and len(house.provider.accepted) == 1


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize(
    "moment", [in_line, in_doubt_and_taken, in_doubt_and_not_taken, in_the_making, on_the_way_to_discord]
)
async def test_a_clock_that_is_set_on_the_way_changes_nothing(
    house: House, moment: Callable[[House], Callable[[], bool]], jump: timedelta
) -> None:
    is_reached = moment(house)
    view = await house.ask()
    await house.until(is_reached)
    house.clock.jump(jump)
    assert await paid_once_and_delivered(house, view)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("moment", [in_doubt_and_taken, in_doubt_and_not_taken])
@pytest.mark.parametrize("is_set_right", [True, False])
async def test_a_request_that_was_sent_by_a_wrong_clock_is_found_all_the_same(
    house: House, moment: Callable[[House], Callable[[], bool]], jump: timedelta, *, is_set_right: bool
) -> None:
    is_reached = moment(house)
    house.clock.jump(jump)
    view = await house.ask()
    await house.until(is_reached)
    if is_set_right:
        house.clock.jump(-jump)
    assert await paid_once_and_delivered(house, view)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_clock_that_was_set_while_the_bot_was_down_pays_nothing_twice(
    house: House, jump: timedelta
) -> None:
    is_reached = in_doubt_and_taken(house)
    view = await house.ask()
    await house.until(is_reached)
    house.clock.jump(jump)
    assert await paid_once_and_delivered(await house.restarted(), view)
