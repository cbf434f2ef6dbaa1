"""How late a finished picture is seen, and by how many requests, against the SDK's loop.

In virtual time, without network: ours is the bot's real pacer, timing and worker on an account of 3,000
requests a minute, which is never short; the SDK's loop then looks at the very same pictures.
"""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.account import SearchResult
from benchmarks.latencies import NARROW, SHAPES, Shape
from benchmarks.sdk_loop import INTERVAL_SECONDS, Alone
from benchmarks.table import print_table, ratio
from benchmarks.virtual_bot import virtual_bot
from bot.domain.poll_timing import CompletionTimes

PER_MINUTE = 3000
AT_ONCE = 10
SEED = 7


@dataclass(frozen=True, slots=True)
class Size:
    warm_up: int = 150
    pictures: int = 250
    #: For what is only reckoned.
    draws: int = 100_000
    prices: Sequence[float] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Means:
    requests: float
    waiting: float

    @classmethod
    def of(cls, seen: Sequence[SearchResult]) -> "Means":
        return cls(fmean(one.requests for one in seen), fmean(one.waiting_seconds for one in seen))


async def main(size: Size | None = None) -> None:
    size = size or Size()
    await print_shapes(size)
    print_curve(size)


# --- both, shape by shape ------------------------------------------------------------------------------


async def print_shapes(size: Size) -> None:
    rows = []
    for shape in SHAPES:
        seen = await seen_by_the_bot(shape, size)
        ours, sdk = Means.of(seen), Means.of([Alone(one.provider_seconds).seen for one in seen])
        waiting = f"{sdk.waiting:.3f}", f"{ours.waiting:.3f}", ratio(ours.waiting, sdk.waiting)
        least = ratio(least_waiting(shape, sdk.requests - 2, size.draws), INTERVAL_SECONDS / 2)
        requests = f"{sdk.requests:.1f}", f"{ours.requests:.1f}", ratio(ours.requests, sdk.requests)
        rows.append((shape.name, *waiting, least, *requests))
    print_table(
        "Seconds from completion until seen, and requests for each picture",
        ("pictures take", "SDK waits", "ours", "ratio", "least", "SDK asks", "ours", "ratio"),
        rows,
        "least: no timing whatsoever waits less, on average, with as many requests as the SDK",
    )


async def seen_by_the_bot(shape: Shape, size: Size) -> list[SearchResult]:
    async with virtual_bot(shape, per_minute=PER_MINUTE, seed=SEED) as bot:
        await bot.make(size.warm_up, at_once=AT_ONCE)
        before = len(bot.account.seen)
        await bot.make(size.pictures, at_once=AT_ONCE)
        return bot.account.seen[before:]


def least_waiting(shape: Shape, polls: float, draws: int) -> float:
    """(∫√(f·S))² / 2·polls, by the shape itself: what is not known to whoever has to learn it."""
    rng = random.Random(SEED)
    ends = Counter(int(shape.draw(rng)) for _ in range(draws))
    survival, root = 1.0, 0.0
    for second in range(max(ends) + 1):
        share = ends[second] / draws
        root += math.sqrt(share * (survival - share / 2))
        survival -= share
    return root**2 / (2 * polls)


# --- ours, at other prices -----------------------------------------------------------------------------


def print_curve(size: Size) -> None:
    """The one knob: what a request is worth. On a scarce account the pacer turns it up by itself."""
    rng = random.Random(SEED)
    times = CompletionTimes()
    for _ in range(size.warm_up):
        times.observe(NARROW.draw(rng))
    ends = [NARROW.draw(rng) for _ in range(10 * size.pictures)]
    sdk = Means.of([Alone(end).seen for end in ends])
    rows = []
    for price in size.prices:
        ours = Means.of([asked_at_price(times, price, end) for end in ends])
        requests = f"{ours.requests:.1f}", ratio(ours.requests, sdk.requests)
        rows.append((f"{price:g}", *requests, f"{ours.waiting:.2f}", ratio(ours.waiting, sdk.waiting)))
    print_table(
        f"What a request is worth, in seconds, and what comes of it ({NARROW.name})",
        ("worth", "requests", "of the SDK's", "waits", "of the SDK's"),
        rows,
    )


def asked_at_price(times: CompletionTimes, price: float, end: float) -> SearchResult:
    age, requests = 0.0, 2  # submit and result
    while age < end:
        age += times.gap(age, price)
        requests += 1
    return SearchResult(requests, end, age - end)
