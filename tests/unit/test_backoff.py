"""A wait for each failure in a row."""

from random import Random

import pytest

from bot.domain.backoff import Backoff


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0.0), (1, 2.0), (2, 5.0), (3, 15.0), (99, 15.0)])
def test_the_last_wait_is_repeated(failures: int, seconds: float) -> None:
    assert Backoff((2.0, 5.0, 15.0)).after(failures) == seconds


def test_a_wait_is_spread_to_both_sides() -> None:
    rng = Random(1)
    waits = [Backoff((10.0,)).spread_after(1, rng) for _ in range(200)]
    assert 7.0 <= min(waits) < 8.0
    assert 12.0 < max(waits) <= 13.0


@pytest.mark.parametrize("failures", range(1, 40))
def test_doubled_waits_grow_and_end(failures: int) -> None:
    after = Backoff.doubling(1.0, 10.0).spread_after(failures, Random(failures))
    assert 0.75 * min(2 ** (failures - 1), 10) <= after <= min(2 ** (failures - 1), 10)
