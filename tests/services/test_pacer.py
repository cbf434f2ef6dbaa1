import asyncio

import pytest

from bot.domain.ids import JobId, MemberId
from bot.domain.poll_timing import PLENTY, Supply
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.services.provider.pacer import REQUESTS_PER_PICTURE, TURN_SECONDS, WINDOW_SECONDS, Pacer
from tests.builders import stepped_clock

ADA, BEN = MemberId(1), MemberId(2)


class Line:
    """A pacer that runs, and a log of who had a turn when."""

    def __init__(self, *, per_minute: int, polls_count: bool = True) -> None:
        self.clock = stepped_clock()
        self.pacer = Pacer(
            per_minute=per_minute, polls_count=polls_count, clock=self.clock, metrics=Metrics()
        )
        self.tasks = TaskOwner(Metrics())
        self.tasks.start(self.pacer.run(), "pacer")
        self.turns: list[tuple[str, float]] = []
        self._started = self.clock.monotonic()

    def submit(self, job: int, member: MemberId = ADA) -> "asyncio.Task[None]":
        return self._wait(f"submit {job}", self.pacer.submit_turn(JobId(job), member))

    def poll(self, name: str = "poll") -> "asyncio.Task[None]":
        return self._wait(name, self.pacer.poll_turn())

    def result(self) -> "asyncio.Task[None]":
        return self._wait("result", self.pacer.result_turn())

    def _wait(self, name: str, turn: object) -> "asyncio.Task[None]":
        async def wait() -> None:
            await turn  # type: ignore[misc]  # a coroutine of one of the three kinds
            self.turns.append((name, self.clock.monotonic() - self._started))

        return self.tasks.start(wait(), "turn")

    async def settle(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        await self.settle()
        while self.clock.wake_next(end):
            await self.settle()
        self.clock.pass_by(end - self.clock.monotonic())

    def names(self) -> list[str]:
        return [name for name, _ in self.turns]


async def test_no_window_of_a_minute_holds_more_than_the_account_allows() -> None:
    line = Line(per_minute=5)
    for job in range(12):
        line.submit(job)
    await line.advance(200)
    times = [at for _, at in line.turns]
    assert len(times) == 12
    assert all(later - earlier >= WINDOW_SECONDS for earlier, later in zip(times, times[5:], strict=False))
    await line.tasks.close()


@pytest.mark.parametrize("gap_seconds", [0.0, 0.03, 0.07, 0.2])
async def test_requests_close_together_are_never_more_in_a_minute(gap_seconds: float) -> None:
    line = Line(per_minute=5)
    for number in range(15):
        line.poll(f"poll {number}")
        await line.advance(gap_seconds)
    await line.advance(3 * WINDOW_SECONDS)
    times = [time for _, time in line.turns]
    assert len(times) == 15
    nearly = WINDOW_SECONDS - 1e-6  # sums of floats
    assert all(later - earlier > nearly for earlier, later in zip(times, times[5:], strict=False))
    await line.tasks.close()


async def test_members_take_turns() -> None:
    line = Line(per_minute=1)
    for job in (1, 2, 3):
        line.submit(job)
    line.submit(4, BEN)
    await line.advance(300)
    assert line.names() == ["submit 1", "submit 4", "submit 2", "submit 3"]
    await line.tasks.close()


async def test_who_asks_for_what_is_refused_at_once_is_not_next_again_at_once() -> None:
    line = Line(per_minute=100)
    for job in (1, 2, 3):
        line.submit(job)
        await line.advance(1)
        line.pacer.release(JobId(job))
    await race(line, 4, 5)
    assert line.names()[3:] == ["submit 5", "submit 4"]
    await line.tasks.close()


async def test_a_turn_counts_no_longer_than_a_picture_takes() -> None:
    line = Line(per_minute=100)
    line.submit(1)
    await line.advance(1)
    line.pacer.release(JobId(1))
    await line.advance(TURN_SECONDS)
    await race(line, 2, 3)
    assert line.names()[1:] == ["submit 2", "submit 3"]
    await line.tasks.close()


async def race(line: Line, adas: int, bens: int) -> None:
    """Ada asks just before Ben, while nobody has a turn."""
    line.pacer.pause(5)
    line.submit(adas)
    line.submit(bens, BEN)
    await line.advance(10)


async def test_results_go_before_polls() -> None:
    line = Line(per_minute=1)
    line.poll("first")
    await line.settle()
    line.poll("second")
    line.result()
    await line.advance(2 * WINDOW_SECONDS + 1)
    assert line.names() == ["first", "result", "second"]
    await line.tasks.close()


async def test_a_long_line_does_not_starve_the_polls() -> None:
    line = Line(per_minute=8)
    for job in range(100):
        line.submit(job)
    for _ in range(20):
        line.poll()
    await line.advance(59)
    share = 8 / REQUESTS_PER_PICTURE
    assert line.names().count("poll") == 8 - share
    await line.tasks.close()


async def test_with_nothing_else_to_do_submits_take_all_there_is() -> None:
    line = Line(per_minute=8)
    for job in range(20):
        line.submit(job)
    await line.advance(10)
    assert len(line.turns) == 8
    await line.tasks.close()


async def test_polls_that_do_not_count_are_free_but_heed_a_pause() -> None:
    line = Line(per_minute=1, polls_count=False)
    line.pacer.pause(30)
    for _ in range(5):
        line.poll()
    await line.advance(29)
    assert line.names() == []
    await line.advance(2)
    assert line.names() == ["poll"] * 5
    await line.tasks.close()


async def test_who_leaves_the_line_takes_no_turn() -> None:
    line = Line(per_minute=1)
    line.submit(1)
    await line.settle()
    gone = line.submit(2)
    line.submit(3)
    await line.settle()
    assert line.pacer.places() == {2: 1, 3: 2}
    gone.cancel()
    await line.settle()
    assert line.pacer.places() == {3: 1}
    await line.advance(WINDOW_SECONDS + 1)
    assert line.names() == ["submit 1", "submit 3"]
    await line.tasks.close()


async def test_a_job_resumed_with_the_provider_counts_as_running() -> None:
    line = Line(per_minute=1)
    line.pacer.occupy(JobId(9), ADA)
    line.submit(1, ADA)
    line.submit(2, BEN)
    await line.advance(90)
    assert line.names() == ["submit 2", "submit 1"]
    await line.tasks.close()


@pytest.mark.parametrize("per_minute", [5, 50])
async def test_requests_get_scarce_as_the_minute_fills_up(per_minute: int) -> None:
    line = Line(per_minute=per_minute)
    idle = line.pacer.supply()
    rates = []
    for _ in range(per_minute):
        line.poll()
        await line.settle()
        rates.append(line.pacer.supply().requests_a_second)
    assert rates == sorted(rates, reverse=True)
    assert rates[0] < idle.requests_a_second
    assert rates[-1] == 0
    await line.advance(WINDOW_SECONDS + 1)
    assert line.pacer.supply() == idle
    await line.tasks.close()


async def test_pictures_in_work_share_the_requests() -> None:
    line = Line(per_minute=50)
    alone = line.pacer.supply().requests_a_second
    for job in range(4):
        line.pacer.occupy(JobId(job), ADA)
    assert line.pacer.supply().requests_a_second == alone / 4
    await line.tasks.close()


async def test_whoever_waits_in_line_loses_by_each_request() -> None:
    line = Line(per_minute=1)
    for job in range(4):
        line.submit(job)
    await line.settle()
    assert line.pacer.supply() == Supply(requests_a_second=0, line_seconds=3 * WINDOW_SECONDS)
    await line.tasks.close()


async def test_polls_that_do_not_count_are_never_scarce() -> None:
    line = Line(per_minute=1, polls_count=False)
    line.submit(1)
    await line.settle()
    assert line.pacer.supply() == PLENTY
    await line.tasks.close()
