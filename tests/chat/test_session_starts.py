"""How sessions are begun: counted, ever more slowly, and never so many that Discord resets the token."""

import asyncio
import random

import discord
import pytest

from bot.chat.gateway.hearing import Hearing
from bot.chat.gateway.pauses import Pauses
from bot.chat.gateway.session_starts import SessionStarts
from bot.chat.gateway.shard import (
    DIAL_SECONDS,
    MOST_FAILED,
    PAUSES,
    READY_SECONDS,
    RESUME_DIAL_SECONDS,
    RESUME_SECONDS,
)
from bot.ops.metrics import Metrics
from tests.stepped_clock import SteppedClock

DAY = 86_400.0
HOUR = 3600.0


class Limits:
    """What Discord says of the limit; it can be silent."""

    def __init__(self, remaining: int = 1000, *, max_concurrency: int = 1) -> None:
        self.remaining, self.max_concurrency = remaining, max_concurrency
        self.is_silent = False

    async def read(self) -> discord.SessionStartLimits:
        if self.is_silent:
            raise discord.GatewayNotFound
        told = {"total": 1000, "remaining": self.remaining, "reset_after": round(DAY * 1000)}
        return discord.SessionStartLimits(**told, max_concurrency=self.max_concurrency)


def made(limits: Limits, metrics: Metrics | None = None) -> tuple[SessionStarts, SteppedClock]:
    clock = SteppedClock()
    starts = SessionStarts(read=limits.read, clock=clock, rng=random.Random(0), metrics=metrics or Metrics())
    return starts, clock


async def begun(starts: SessionStarts, limits: Limits, clock: SteppedClock, seconds: float) -> int:
    """How many sessions are begun in that time if Discord refuses every one of them."""
    before, until = limits.remaining, clock.monotonic() + seconds

    async def again_and_again() -> None:
        while True:
            await starts.turn(0)
            limits.remaining -= 1

    trying = asyncio.create_task(again_and_again())
    await settled()
    while clock.wake_next(until):
        await settled()
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)
    return before - limits.remaining


async def settled() -> None:
    """Until everybody waits for the clock again."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_an_hour_of_refused_sessions_takes_a_fifth_of_the_days() -> None:
    limits = Limits()
    starts, clock = made(limits)
    assert 120 < await begun(starts, limits, clock, HOUR) < 260


@pytest.mark.parametrize("is_silent", [False, True])
async def test_a_day_of_refused_sessions_does_not_spend_them_all(*, is_silent: bool) -> None:
    limits = Limits()
    starts, clock = made(limits)
    limits.is_silent = is_silent
    await begun(starts, limits, clock, DAY)
    assert 0 < limits.remaining < 500


async def test_a_process_that_is_started_again_and_again_does_not_spend_them_all() -> None:
    """Each one begins a session at once, and ends; few are left."""
    limits = Limits(remaining=99)
    starts, clock = made(limits)
    waiting = asyncio.create_task(starts.turn(0))
    await settled()
    assert not waiting.done()
    assert starts.held_until > clock.monotonic() + 600
    clock.wake_next()
    await waiting


async def test_a_lasting_session_is_followed_by_a_new_one_at_once() -> None:
    limits = Limits()
    starts, clock = made(limits)
    await begun(starts, limits, clock, 300.0)
    starts.lasted(0)
    clock.pass_by(5.0)
    await starts.turn(0)


async def test_shards_of_different_groups_begin_together_and_those_of_one_in_turn() -> None:
    limits = Limits(max_concurrency=2)
    starts, clock = made(limits)
    turns = [asyncio.create_task(starts.turn(shard)) for shard in range(4)]
    await settled()
    assert [turn.done() for turn in turns] == [True, True, False, False]
    clock.wake_next()
    await settled()
    clock.wake_next()
    await asyncio.gather(*turns)
    assert clock.monotonic() == 1005.0


async def test_what_is_left_is_a_metric_and_little_of_it_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    limits, metrics = Limits(remaining=101), Metrics()
    starts, clock = made(limits, metrics)
    await begun(starts, limits, clock, DAY / 4)
    assert metrics.session_starts_left._value.get() == limits.remaining < 100
    assert capsys.readouterr().out.count("few sessions are left before Discord resets") == 1


def test_the_way_back_takes_less_than_thirty_seconds_whatever_is_dead() -> None:
    """The longest pause, one more dial in vain, and one that takes as long as a dial may."""
    between = sum(PAUSES.first_seconds * 2**n for n in range(MOST_FAILED - 1))
    assert MOST_FAILED * max(RESUME_DIAL_SECONDS, RESUME_SECONDS) + between < 30
    assert PAUSES.longest_seconds + max(DIAL_SECONDS, READY_SECONDS) < 30


@pytest.mark.parametrize("failures", range(1, 40))
def test_pauses_grow_and_end(failures: int) -> None:
    pauses = Pauses(first_seconds=1.0, longest_seconds=10.0)
    after = pauses.after(failures, random.Random(failures))
    assert 0.75 * min(2 ** (failures - 1), 10) <= after <= min(2 ** (failures - 1), 10)


def test_deaf_is_whoever_has_one_shard_that_hears_nothing() -> None:
    clock = SteppedClock()
    hearing = Hearing(clock.monotonic)
    assert not hearing.is_whole
    hearing.expect([0, 1])
    hearing.begin(0)
    clock.pass_by(30)
    assert not hearing.is_whole
    assert hearing.silent_seconds == 30
    hearing.word(1)
    assert hearing.silent_seconds == 30
    hearing.end(0)
    assert hearing.heard == 0


def test_all_hear_once_each_does() -> None:
    hearing = Hearing(SteppedClock().monotonic)
    hearing.expect([0, 1])
    hearing.begin(0)
    hearing.begin(1)
    assert hearing.is_whole
