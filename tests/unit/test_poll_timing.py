import math
import random
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.poll_timing import (
    CHEAPEST_REQUEST_SECONDS,
    DEAREST_REQUEST_SECONDS,
    LONGEST_GAP_SECONDS,
    SHORTEST_GAP_SECONDS,
    CompletionTimes,
    request_seconds,
)


def polls_and_wait(end: float, next_gap: Callable[[float], float]) -> tuple[int, float]:
    """How often a request that ends after `end` seconds is asked about, and how long it then waits."""
    age, polls = 0.0, 0
    while age < end:
        age += next_gap(age)
        polls += 1
    return polls, age - end


def learned(rng: random.Random, count: int = 200) -> CompletionTimes:
    times = CompletionTimes()
    for _ in range(count):
        times.observe(rng.lognormvariate(4.1, 0.25))
    return times


@given(
    age=st.floats(0, 100_000),
    price=st.floats(CHEAPEST_REQUEST_SECONDS, DEAREST_REQUEST_SECONDS),
    seen=st.lists(st.floats(0, 10_000), max_size=20),
)
def test_the_next_poll_is_never_too_soon_and_never_far(age: float, price: float, seen: list[float]) -> None:
    times = CompletionTimes()
    for seconds in seen:
        times.observe(seconds)
    assert SHORTEST_GAP_SECONDS <= times.gap(age, price) <= LONGEST_GAP_SECONDS


def test_polls_gather_where_pictures_usually_end() -> None:
    times = learned(random.Random(1))
    assert times.gap(10, 0.05) > 4 * times.gap(60, 0.05)


def test_dear_requests_are_fewer() -> None:
    times = learned(random.Random(1))
    cheap, _ = polls_and_wait(62, lambda age: times.gap(age, 0.01))
    dear, _ = polls_and_wait(62, lambda age: times.gap(age, 1.0))
    assert dear * 4 < cheap


def test_no_more_requests_than_a_fixed_second_wait_half_as_long() -> None:
    rng = random.Random(2)
    times = learned(rng)
    ends = [rng.lognormvariate(4.1, 0.25) for _ in range(400)]
    fixed = [polls_and_wait(end, lambda _: 1.0) for end in ends]
    ours = [polls_and_wait(end, lambda age: times.gap(age, CHEAPEST_REQUEST_SECONDS)) for end in ends]
    assert sum(polls for polls, _ in ours) <= sum(polls for polls, _ in fixed)
    assert sum(wait for _, wait in ours) * 2 <= sum(wait for _, wait in fixed)


def test_what_was_seen_lately_outweighs_the_prior() -> None:
    times = CompletionTimes(usual_seconds=62)
    for _ in range(60):
        times.observe(6.0)
    assert 5 < times.quantile(0.5) < 8


def test_requests_are_dear_only_where_they_are_short() -> None:
    prices = [request_seconds(share) for share in (0.0, 0.5, 0.7, 0.9, 1.0)]
    assert prices[0] == prices[1] == CHEAPEST_REQUEST_SECONDS
    assert prices == sorted(prices)
    assert math.isclose(prices[-1], DEAREST_REQUEST_SECONDS)
