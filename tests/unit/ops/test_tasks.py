"""No background task is forgotten or fails unseen."""

import asyncio
import gc

import pytest
import structlog
from structlog.testing import capture_logs

from bot.ops.metrics import Metrics
from bot.ops.tasks import AGAIN_SECONDS, TaskOwner


async def fail() -> None:
    structlog.contextvars.bind_contextvars(job="j1")
    raise ValueError("broken")


async def test_an_exception_is_logged_and_counted() -> None:
    metrics = Metrics()
    owner = TaskOwner(metrics)
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        await asyncio.wait({owner.start(fail(), "sweep")})
    (line,) = lines
    assert (line["event"], line["log_level"], line["task"], line["job"]) == (
        "task failed",
        "error",
        "sweep",
        "j1",
    )
    assert 'bot_loop_errors_total{loop="sweep"} 1.0' in metrics.as_text().decode()


async def test_a_finished_task_is_let_go() -> None:
    owner = TaskOwner(Metrics())
    task = owner.start(asyncio.sleep(0), "brief")
    assert len(owner) == 1
    await task
    await asyncio.sleep(0)
    assert len(owner) == 0


async def test_closing_cancels_and_waits_for_every_end() -> None:
    owner = TaskOwner(Metrics())
    ended = []

    async def tidy_up(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(number)

    for number in range(3):
        owner.start(tidy_up(number), "tidy")
    await asyncio.sleep(0)
    await owner.close()
    assert sorted(ended) == [0, 1, 2]


async def test_a_task_that_never_began_is_closed_without_a_warning() -> None:
    owner = TaskOwner(Metrics())
    owner.start(asyncio.sleep(9), "unborn")
    await owner.close()
    gc.collect()  # an un-awaited coroutine would warn here, and warnings are errors
    assert len(owner) == 0


async def test_a_task_that_ignores_its_end_does_not_hold_up_the_rest() -> None:
    owner = TaskOwner(Metrics())
    release = asyncio.Event()

    async def cling() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    task = owner.start(cling(), "clinging")
    await asyncio.sleep(0)
    with capture_logs() as lines:
        await owner.close(grace_seconds=0.01)
    assert [line["task"] for line in lines] == ["clinging"]
    release.set()
    await task


async def test_nothing_starts_after_the_end() -> None:
    owner = TaskOwner(Metrics())
    await owner.close()
    with pytest.raises(RuntimeError, match="late"):
        owner.start(asyncio.sleep(0), "late")


async def test_what_has_to_go_on_is_run_again_in_a_while() -> None:
    metrics = Metrics()
    owner = TaskOwner(metrics)
    waits: list[float] = []
    goes_on = asyncio.Event()

    async def loop() -> None:
        if len(waits) < 2:
            raise ValueError("broken")
        goes_on.set()
        await asyncio.Event().wait()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    with capture_logs() as lines:
        owner.keep(loop, "sweep", sleep)
        await asyncio.wait_for(goes_on.wait(), 5)
    assert waits == [AGAIN_SECONDS] * 2
    assert [line["event"] for line in lines] == ["task failed"] * 2
    assert 'bot_loop_errors_total{loop="sweep"} 2.0' in metrics.as_text().decode()
    await owner.close()
    assert len(owner) == 0
