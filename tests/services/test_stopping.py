"""SIGTERM: what is dear to repeat finishes, the rest stops at once, and nothing is lost."""

import asyncio

import pytest

from bot.domain.job import JobState
from bot.services.concurrency.drain import Drain
from tests.services.house import House


async def test_a_drain_waits_for_what_is_busy() -> None:
    drain = Drain()
    done: list[str] = []
    go_on = asyncio.Event()

    async def pay() -> None:
        with drain.busy():
            await go_on.wait()
            done.append("paid")
        await asyncio.sleep(0)
        done.append("went on")

    task = asyncio.create_task(pay())
    await asyncio.sleep(0)
    stopping = asyncio.create_task(drain.begin(5))
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["paid"]


async def test_once_a_drain_has_begun_nothing_dear_is_begun() -> None:
    drain = Drain()
    await drain.begin(0.01)
    with pytest.raises(asyncio.CancelledError), drain.busy():
        pytest.fail("must not be entered")


async def test_a_drain_gives_up_on_what_hangs() -> None:
    drain = Drain()

    async def hang() -> None:
        with drain.busy():
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0)
    await asyncio.wait_for(drain.begin(0.01), 1)
    task.cancel()


async def test_a_stopped_bot_goes_on_where_it_was(house: House) -> None:
    view = await house.ask()
    await house.until(lambda: house.provider.polls >= 1)
    await house.services.stop()
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1
