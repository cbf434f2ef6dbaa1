"""A blocked event loop shows."""

import asyncio
import time

from bot.ops.loop_lag import watch_loop_lag


async def test_a_loop_that_was_blocked_shows_by_how_long() -> None:
    observed: asyncio.Queue[float] = asyncio.Queue()
    watching = asyncio.create_task(watch_loop_lag(observed.put_nowait, every_seconds=0.001))
    async with asyncio.timeout(10):
        await observed.get()
        time.sleep(0.2)  # noqa: ASYNC251  (the very thing to be noticed)
        assert max(await observed.get(), await observed.get()) > 0.1
    watching.cancel()
