"""How often a message that cannot be brought up to date is tried, and for how long."""

import random
from datetime import datetime, timedelta

import pytest

from bot.services.cards.retry_times import LONGEST_PAUSE, PATIENCE, next_try
from tests.builders import NOON


def tries(*, is_barred: bool) -> list[datetime]:
    rng, found, now = random.Random(1), [], NOON
    while (at := next_try(now, NOON, rng, is_barred=is_barred)) is not None:
        found.append(at)
        now = at
    return found


@pytest.mark.parametrize(("is_barred", "most_at_first", "most"), [(False, 30, 100), (True, 6, 60)])
def test_it_is_tried_for_a_week_and_ever_more_seldom(
    is_barred: bool,  # noqa: FBT001  a parameter of pytest's
    most_at_first: int,
    most: int,
) -> None:
    found = tries(is_barred=is_barred)
    assert PATIENCE <= found[-1] - NOON <= PATIENCE + LONGEST_PAUSE * 1.2
    assert 25 < len(found) < most
    assert sum(one < NOON + timedelta(hours=1) for one in found) < most_at_first
    first, last = found[1] - found[0], found[-1] - found[-2]
    assert first < last / 10


def test_a_clock_that_was_set_back_does_not_hurry() -> None:
    earlier = NOON - timedelta(days=30)
    at = next_try(earlier, NOON, random.Random(1), is_barred=False)
    assert at is not None
    assert timedelta(0) < at - earlier < timedelta(minutes=2)
