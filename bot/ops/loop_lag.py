"""Measures how late the event loop is: the first sign of blocking work where none should be."""

import asyncio
from collections.abc import Callable


async def watch_loop_lag(observe: Callable[[float], object], every_seconds: float = 0.25) -> None:
    """Until cancelled, pass to `observe` by how many seconds the loop was late for each wake-up.

    This is about the real loop, so it reads the loop's own time and none that a test steps by hand.
    """
    loop = asyncio.get_running_loop()
    while True:
        due_at = loop.time() + every_seconds
        await asyncio.sleep(every_seconds)
        observe(max(0.0, loop.time() - due_at))
