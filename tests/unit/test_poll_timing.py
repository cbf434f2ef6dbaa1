import random
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.poll_timing import (
    DEAREST_REQUEST_SECONDS,
    LONGEST_GAP_SECONDS,
    PLENTY,
    SHORTEST_GAP_SECONDS,
    CompletionTimes,
    Supply,
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
    price=st.floats(0.0001, DEAREST_REQUEST_SECONDS),
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
    price = times.request_seconds(PLENTY)
    ours = [polls_and_wait(end, lambda age: times.gap(age, price)) for end in ends]
    assert sum(polls for polls, _ in ours) <= sum(polls for polls, _ in fixed)
    assert sum(wait for _, wait in ours) * 2 <= sum(wait for _, wait in fixed)


def test_what_was_seen_lately_outweighs_the_prior() -> None:
    times = CompletionTimes(usual_seconds=62)
    for _ in range(60):
        times.observe(6.0)
    assert 5 < times.quantile(0.5) < 8


def test_a_request_is_dearer_the_fewer_there_are() -> None:
    times = learned(random.Random(1))
    prices = [times.request_seconds(Supply(requests_a_second=rate)) for rate in (10.0, 1.0, 0.1, 0.0)]
    assert prices == sorted(prices)
    assert prices[0] == times.request_seconds(PLENTY)
    assert prices[-1] == DEAREST_REQUEST_SECONDS


def test_a_request_is_worth_no_less_than_what_the_line_loses_by_it() -> None:
    times = learned(random.Random(1))
    assert times.request_seconds(Supply(requests_a_second=10.0, line_seconds=7.0)) == 7.0


@given(
    peak=st.floats(3, 300),
    sigma=st.floats(0.05, 0.6),
    requests_a_second=st.floats(0.05, 1.0),
)
def test_a_picture_takes_about_as_many_polls_as_it_is_priced_for(
    peak: float, sigma: float, requests_a_second: float
) -> None:
    """Whatever the shape: so many a second while it may end, and one that sees the end."""
    rng = random.Random(3)
    times = CompletionTimes(peak)
    ends = [peak * rng.lognormvariate(0, sigma) for _ in range(200)]
    for end in ends:
        times.observe(end)
    price = times.request_seconds(Supply(requests_a_second))
    polls = sum(polls_and_wait(end, lambda age: times.gap(age, price))[0] for end in ends) / len(ends)
    mean = sum(ends) / len(ends)
    assert polls <= mean + 1.5
    assert polls <= requests_a_second * 2 * mean + 3
