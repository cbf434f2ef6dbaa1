"""What an account of 50 requests a minute yields when polls count, and what members wait for it.

In virtual time: an endless line of members before the bot's real services; the SDK's loop, re-enacted.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.account import SearchResult
from benchmarks.latencies import NARROW
from benchmarks.sdk_loop import Alone, Crowd, Habits
from benchmarks.table import print_table, ratio
from benchmarks.virtual_bot import VirtualBot, virtual_bot

PER_MINUTE = 50
SEED = 7


@dataclass(frozen=True, slots=True)
class Size:
    warm_up_minutes: float = 10
    minutes: float = 30
    #: How many always wait in line, where the line is endless.
    line: int = 25
    loops: Sequence[int] = (1, 2, 5, 10, 20, 50, 100)
    pauses: Sequence[float] = (1.0, 15.0, 60.0)
    #: Pictures a minute, where members come at random.
    arrivals: Sequence[float] = (1, 5, 10)


async def main(size: Size | None = None) -> None:
    size = size or Size()
    await print_endless_line(size)
    await print_arrivals(size)


# --- an endless line -----------------------------------------------------------------------------------


async def print_endless_line(size: Size) -> None:
    ours, refused = await pictures_of_the_bot(size)
    rng = random.Random(SEED)
    alone = fmean(Alone(NARROW.draw(rng)).seen.requests for _ in range(1000))
    rows = [
        (f"ours ({refused} requests refused)", f"{ours:.2f}", ""),
        _row("the SDK's loop, if it were never refused", PER_MINUTE / alone, ours),
        _best("the SDK's loop: a 429 ends it", size, ours, resumes=False),
        _best("the SDK's loop, resumed by its caller", size, ours, resumes=True),
    ]
    title = f"Pictures a minute, {PER_MINUTE} requests a minute, polls count ({NARROW.name})"
    print_table(title, ("an endless line", "a minute", "ours against it"), rows)


def _row(name: str, theirs: float, ours: float) -> tuple[str, str, str]:
    return name, f"{theirs:.2f}", ratio(ours, theirs) if theirs else "-"


def _best(name: str, size: Size, ours: float, *, resumes: bool) -> tuple[str, str, str]:
    """The habits that suit the SDK best."""

    def yield_of(habits: Habits) -> float:
        crowd = Crowd(habits, NARROW, per_minute=PER_MINUTE, seed=SEED)
        return crowd.pictures_a_minute(size.minutes, size.warm_up_minutes)

    tried = [Habits(loops, pause, resumes) for loops in size.loops for pause in size.pauses]
    theirs, best = max(((yield_of(habits), habits) for habits in tried), key=lambda one: one[0])
    return _row(f"{name} ({best.loops} at once, {best.pause_seconds:g} s after a 429)", theirs, ours)


async def pictures_of_the_bot(size: Size) -> tuple[float, int]:
    """A minute; and how many requests were refused."""
    async with virtual_bot(NARROW, per_minute=PER_MINUTE, seed=SEED) as bot:
        await keep_in_line(bot, size.line, size.warm_up_minutes)
        before = len(bot.courier.delivered_after)
        await keep_in_line(bot, size.line, size.minutes)
        delivered = len(bot.courier.delivered_after) - before
        return delivered / size.minutes, bot.account.limit.refused


async def keep_in_line(bot: VirtualBot, line: int, minutes: float) -> None:
    clock = bot.house.clock
    end = clock.monotonic() + minutes * 60
    while clock.monotonic() < end:
        while bot.waiting_in_line() < line:
            await bot.ask()
            await bot.house.settle()
        clock.wake_next()
        await bot.house.settle()


# --- members who come at random ------------------------------------------------------------------------


async def print_arrivals(size: Size) -> None:
    rows = []
    for a_minute in size.arrivals:
        delivered, seen = await delivered_to_arrivals(a_minute, size)
        made = fmean(one.provider_seconds for one in seen)
        requests = fmean(one.requests for one in seen)
        times = f"{made:.1f}", f"{fmean(delivered):.1f}", ratio(fmean(delivered), made)
        rows.append((f"{a_minute:g} a minute", *times, f"{requests:.1f}"))
    print_table(
        "Seconds from admission to delivery on the same account, members coming at random",
        ("they come", "being made", "delivered", "ratio", "requests a picture"),
        rows,
    )


async def delivered_to_arrivals(a_minute: float, size: Size) -> tuple[list[float], list[SearchResult]]:
    """Seconds from admission to delivery; and what it took to see the pictures."""
    async with virtual_bot(NARROW, per_minute=PER_MINUTE, seed=SEED) as bot:
        rng = random.Random(SEED)
        await let_come(bot, rng, a_minute, size.warm_up_minutes)
        before = len(bot.account.seen)
        await let_come(bot, rng, a_minute, size.minutes)
        return list(bot.courier.delivered_after.values())[before:], bot.account.seen[before:]


async def let_come(bot: VirtualBot, rng: random.Random, a_minute: float, minutes: float) -> None:
    clock = bot.house.clock
    end = clock.monotonic() + minutes * 60
    while (pause := rng.expovariate(a_minute / 60)) < end - clock.monotonic():
        await bot.house.advance(pause)
        await bot.ask()
    await bot.house.advance(end - clock.monotonic())
