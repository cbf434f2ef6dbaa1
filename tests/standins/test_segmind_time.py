"""How long the stand-in takes, and how that is set and sped up."""

import asyncio
import random

import pytest

from standins.changes import Changes
from standins.clock import VirtualClock
from standins.fake_segmind import FakeSegmind
from standins.fake_segmind.model import MODELS
from standins.fake_segmind.pace import Pace
from tests.builders import stepped_clock


@pytest.mark.parametrize(("model", "mean_seconds"), [("luma-uni-1", 62), ("luma-uni-1-max", 86)])
def test_pictures_take_as_long_as_the_models_do_on_average(model: str, mean_seconds: float) -> None:
    rng = random.Random(1)
    durations = [MODELS[model].duration_seconds(rng) for _ in range(5000)]
    assert sum(durations) / len(durations) == pytest.approx(mean_seconds, rel=0.02)
    assert min(durations) > 15


async def finished_after(speed: float, latency: float) -> float:
    """Seconds of the clock until one picture is done."""
    clock = stepped_clock()
    async with FakeSegmind(clock=clock, speed=speed, latency=latency, small=True) as stand_in:
        job = stand_in._state.workshop.accept("luma-uni-1", {"prompt": "a fox"})
        while not job.done.is_set():
            clock.wake_next()
            await asyncio.sleep(0.001)
        assert job.bill.finished_at is not None
        return (job.bill.finished_at - job.bill.accepted_at).total_seconds()


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 60.0), (10.0, 6.0)])
async def test_speed_divides_the_duration(speed: float, seconds: float) -> None:
    assert await finished_after(speed, 60.0) == pytest.approx(seconds)


async def test_a_new_speed_holds_for_work_that_is_under_way() -> None:
    clock = stepped_clock()
    pace = Pace(clock)
    work = asyncio.ensure_future(pace.work_until(100.0))
    await asyncio.sleep(0)
    clock.pass_by(50)
    pace.speed = 10
    for _ in range(5):
        await asyncio.sleep(0)
    assert clock.wake_next(until=clock.monotonic() + 5.001)
    await asyncio.wait_for(work, timeout=1)


def test_time_does_not_stand_still_or_run_backwards() -> None:
    for speed in (0, -1):
        with pytest.raises(ValueError, match="speed"):
            Pace(VirtualClock(), speed)


async def test_metrics_tell_the_time_that_it_took() -> None:
    async with FakeSegmind(latency=0.2, small=True) as stand_in:
        job = stand_in._state.workshop.accept("luma-uni-1", {"prompt": "a fox"})
        await stand_in.until(job.done.is_set)
    assert job.metrics["total_time"] == pytest.approx(0.2, abs=0.15)


async def test_the_latency_can_be_drawn_from_a_distribution() -> None:
    drawn: list[float] = []

    def latency(rng: random.Random) -> float:
        drawn.append(rng.random() / 100)
        return drawn[-1]

    async with FakeSegmind(small=True, seed=4) as stand_in:
        stand_in.latency = latency
        for _ in range(3):
            stand_in._state.workshop.accept("luma-uni-1", {"prompt": "a fox"})
        await stand_in.until(lambda: len(stand_in.paid) == 3)
    assert len(set(drawn)) == 3


async def test_waiting_ends_with_the_change_or_with_the_deadline() -> None:
    changes = Changes()
    seen: list[int] = []

    def change() -> None:
        seen.append(1)
        changes.notify()

    asyncio.get_running_loop().call_later(0.02, change)
    await changes.until(lambda: seen, within_seconds=5)
    with pytest.raises(TimeoutError):
        await changes.until(lambda: len(seen) == 2, within_seconds=0.05)
