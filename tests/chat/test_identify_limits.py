"""How sessions are begun: counted, ever more slowly, and never so many that Discord resets the token."""

import asyncio
import random
from pathlib import Path

import discord
import pytest
import yarl

from bot.chat.gateway.identify_limits import IdentifyLimits
from bot.chat.gateway.session_resume import PAUSES, ReconnectAttempts
from bot.chat.gateway.shard import DIAL_SECONDS, READY_SECONDS, RESUME_DIAL_SECONDS, RESUME_SECONDS
from bot.chat.gateway.shard_status import ShardStatus
from bot.ops.metrics import Metrics
from bot.services.shards import AllShards
from standins.clock import VirtualClock
from tests.builders import stepped_clock

DAY = 86_400.0
HOUR = 3600.0


class Limits:
    """What Discord says of the limit; it can be silent."""

    def __init__(self, remaining: int = 1000, *, max_concurrency: int = 1) -> None:
        self.remaining, self.max_concurrency = remaining, max_concurrency
        self.reset_after_seconds = DAY
        self.is_silent = False

    async def read(self) -> discord.SessionStartLimits:
        if self.is_silent:
            raise discord.GatewayNotFound
        told = {
            "total": 1000,
            "remaining": self.remaining,
            "reset_after": round(self.reset_after_seconds * 1000),
        }
        return discord.SessionStartLimits(**told, max_concurrency=self.max_concurrency)


def made(limits: Limits, metrics: Metrics | None = None) -> tuple[IdentifyLimits, VirtualClock]:
    clock = stepped_clock()
    return of_a_process(limits, None, clock, metrics), clock


def of_a_process(
    limits: Limits, file: Path | None, clock: VirtualClock, metrics: Metrics | None = None
) -> IdentifyLimits:
    return IdentifyLimits(
        read=limits.read,
        among_gateways=AllShards(),
        file=file,
        clock=clock,
        rng=random.Random(0),
        metrics=metrics or Metrics(),
    )


async def taken(starts: IdentifyLimits, limits: Limits, clock: VirtualClock, shard_id: int = 0) -> float:
    """Begin a session, and tell how long that had to wait."""
    before = clock.monotonic()
    turn = asyncio.create_task(starts.turn(shard_id))
    async with asyncio.timeout(30.0):
        while not turn.done():
            clock.wake_next()
            await asyncio.sleep(0)
    await turn
    limits.remaining -= 1
    return clock.monotonic() - before


async def begun(starts: IdentifyLimits, limits: Limits, clock: VirtualClock, seconds: float) -> int:
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


@pytest.mark.parametrize("left", [999, 500, 99, 2, 1])
async def test_the_first_session_of_a_process_is_begun_at_once_while_one_is_left(
    tmp_path: Path, left: int
) -> None:
    limits, clock = Limits(remaining=left), stepped_clock()
    assert await taken(of_a_process(limits, tmp_path / "starts.json", clock), limits, clock) == 0.0


async def test_each_shards_first_session_waits_for_nothing_but_its_turn(tmp_path: Path) -> None:
    limits, clock = Limits(remaining=50), stepped_clock()
    starts = of_a_process(limits, tmp_path / "starts.json", clock)
    assert [await taken(starts, limits, clock, shard) for shard in range(4)] == [0.0, 5.0, 5.0, 5.0]


@pytest.mark.parametrize("is_new", [True, False])
async def test_where_none_is_left_nobody_begins_one_before_there_are_more(*, is_new: bool) -> None:
    """One more, and Discord resets the token; also where the last one was begun long ago."""
    limits, clock = Limits(remaining=0 if is_new else 1), stepped_clock()
    starts = of_a_process(limits, None, clock)
    if not is_new:
        await taken(starts, limits, clock)
        starts.lasted(0)
        clock.pass_by(2 * DAY)
    limits.reset_after_seconds = HOUR
    turn = asyncio.create_task(starts.turn(0))
    await settled()
    assert starts.held_until > clock.monotonic() + HOUR
    limits.remaining = 1000
    clock.wake_next()
    await turn
    assert HOUR <= clock.monotonic() - (1000.0 if is_new else 1000.0 + 2 * DAY) < HOUR + 10


async def test_restarts_in_quick_succession_wait_ever_longer_and_do_not_spend_them_all(
    tmp_path: Path,
) -> None:
    """For a day, each process begins a session at once if it may, and ends."""
    limits, clock, pauses = Limits(remaining=99), stepped_clock(), list[float]()
    until = clock.monotonic() + DAY
    while clock.monotonic() < until and limits.remaining > 1:
        starts = of_a_process(limits, tmp_path / "starts.json", clock)
        pauses.append(await taken(starts, limits, clock))
        clock.pass_by(1.0)
    assert pauses[0] == 0.0
    assert pauses[1] <= 5.0
    assert pauses[:10] == sorted(pauses[:10])
    assert limits.remaining > 20
    assert max(pauses) <= DAY / limits.remaining


async def test_restarts_far_apart_do_not_wait(tmp_path: Path) -> None:
    limits, clock = Limits(remaining=90), stepped_clock()
    for _ in range(20):
        assert await taken(of_a_process(limits, tmp_path / "starts.json", clock), limits, clock) == 0.0
        clock.pass_by(DAY / limits.remaining)


async def test_restarts_are_not_slowed_down_while_enough_are_left(tmp_path: Path) -> None:
    limits, clock = Limits(remaining=900), stepped_clock()
    for _ in range(20):
        assert await taken(of_a_process(limits, tmp_path / "starts.json", clock), limits, clock) == 0.0
    assert not (tmp_path / "starts.json").exists()


@pytest.mark.parametrize(
    "left",
    ["", "[]", '{"starts": 1e308, "at": 1e18}', '{"starts": NaN}', '{"starts": "x"}', "\0", '{"a": null}'],
)
async def test_whatever_the_file_holds_nobody_waits_for_ever(tmp_path: Path, left: str) -> None:
    (tmp_path / "starts.json").write_text(left)
    limits, clock = Limits(remaining=50), stepped_clock()
    assert await taken(of_a_process(limits, tmp_path / "starts.json", clock), limits, clock) <= DAY / 50


async def test_a_disk_that_takes_nothing_keeps_nobody_from_beginning_a_session(tmp_path: Path) -> None:
    limits, clock = Limits(remaining=50), stepped_clock()
    assert await taken(of_a_process(limits, tmp_path / "no" / "starts.json", clock), limits, clock) == 0.0


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


async def test_the_next_one_waits_from_the_identify_on_not_from_the_turn() -> None:
    limits = Limits()
    starts, clock = made(limits)
    await starts.turn(0)
    clock.pass_by(4.0)
    await starts.leave(0)
    assert await taken(starts, limits, clock, 1) == 5.0


async def test_who_dials_for_so_long_that_the_next_one_begins_waits_for_that() -> None:
    limits = Limits()
    starts, clock = made(limits)
    await starts.turn(0)
    assert await taken(starts, limits, clock, 1) == 5.0
    await starts.leave(1)
    clock.pass_by(1.0)
    leaving = asyncio.create_task(starts.leave(0))
    await settled()
    assert not leaving.done()
    clock.wake_next()
    await leaving
    assert clock.monotonic() == 1010.0


async def test_shards_of_unknown_groups_begin_one_after_the_other() -> None:
    """Discord allows two groups, but does not say so: other gateways may have read it."""
    limits = Limits(max_concurrency=2)
    starts, clock = made(limits)
    limits.is_silent = True
    assert await taken(starts, limits, clock, 0) == 0.0
    assert await taken(starts, limits, clock, 1) == 5.0
    limits.is_silent = False
    assert await taken(starts, limits, clock, 2) == 5.0
    assert await taken(starts, limits, clock, 3) == 0.0


async def test_how_many_groups_there_are_stays_known_while_discord_is_silent() -> None:
    limits = Limits(remaining=999, max_concurrency=2)
    starts, clock = made(limits)
    await taken(starts, limits, clock, 0)
    limits.is_silent = True
    assert await taken(starts, limits, clock, 1) == 0.0


async def test_what_is_left_is_a_metric_and_little_of_it_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    limits, metrics = Limits(remaining=101), Metrics()
    starts, clock = made(limits, metrics)
    await begun(starts, limits, clock, DAY / 4)
    assert metrics.session_starts_left._value.get() == limits.remaining < 100
    assert capsys.readouterr().out.count("few session starts are left before Discord resets") == 1


def test_one_dial_in_vain_and_the_longest_pause_take_less_than_thirty_seconds() -> None:
    assert PAUSES.longest_seconds + max(DIAL_SECONDS, READY_SECONDS) < 30


def lost_again_and_again(times: int) -> ReconnectAttempts:
    """A session that was heard each time, for a moment."""
    attempts = ReconnectAttempts(random.Random(times))
    attempts.remember("session", 1, yarl.URL("wss://resume.example"))
    for _ in range(times):
        attempts.end(is_good=False, has_heard=True, is_dialled=True)
    return attempts


@pytest.mark.parametrize("times", [1, 3, 10, 1000])
@pytest.mark.parametrize("is_dialled", [True, False])
def test_a_dead_resume_host_is_left_within_thirty_seconds_also_on_a_bad_day(
    times: int, *, is_dialled: bool
) -> None:
    attempts = lost_again_and_again(times)
    seconds = 0.0
    while attempts.session is not None and attempts.session.address is not None:
        seconds += attempts.pause() + max(RESUME_DIAL_SECONDS, RESUME_SECONDS)
        attempts.end(is_good=False, has_heard=False, is_dialled=is_dialled)
    assert seconds + attempts.pause() < 30


@pytest.mark.parametrize("times", [1, 1000])
def test_a_session_that_the_main_gateway_does_not_resume_is_left_within_thirty_seconds(times: int) -> None:
    attempts = lost_again_and_again(times)
    for _ in range(3):
        attempts.end(is_good=False, has_heard=False, is_dialled=False)
    seconds = 0.0
    while attempts.session is not None:
        seconds += attempts.pause() + RESUME_SECONDS
        attempts.end(is_good=False, has_heard=False, is_dialled=True)
    assert seconds + attempts.pause() < 30


def test_where_nobody_can_be_dialled_pauses_grow_and_the_session_is_kept() -> None:
    attempts = lost_again_and_again(1)
    for _ in range(20):
        attempts.end(is_good=False, has_heard=False, is_dialled=False)
    assert attempts.session is not None
    assert attempts.session.address is None
    assert attempts.pause() > 0.7 * PAUSES.longest_seconds


def test_what_is_heard_for_a_moment_only_is_dialled_ever_more_slowly() -> None:
    pauses = [lost_again_and_again(times).pause() for times in (1, 2, 9)]
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2


def test_deaf_is_whoever_has_one_shard_that_hears_nothing() -> None:
    clock = stepped_clock()
    shard_status = ShardStatus(clock.monotonic)
    assert not shard_status.is_complete
    shard_status.expect([0, 1])
    shard_status.note_connected(0)
    clock.pass_by(30)
    assert not shard_status.is_complete
    assert shard_status.silent_seconds == 30
    shard_status.note_event(1)
    assert shard_status.silent_seconds == 30
    shard_status.note_disconnected(0)
    assert shard_status.connected == 0


def test_all_hear_once_each_does() -> None:
    shard_status = ShardStatus(stepped_clock().monotonic)
    shard_status.expect([0, 1])
    shard_status.note_connected(0)
    shard_status.note_connected(1)
    assert shard_status.is_complete
