"""The measurement of the event loop's lag, which is the first sign of blocking work."""

import asyncio
from collections.abc import Callable


async def watch_loop_lag(observe: Callable[[float], object], every_seconds: float = 0.25) -> None:
    """Pass the seconds by which the loop was late for each wake-up to `observe`, until cancelled.

    It measures the real loop, so it reads the loop's own time, not the bot's clock.
    """
    loop = asyncio.get_running_loop()
    while True:
        due_at = loop.time() + every_seconds
        await asyncio.sleep(every_seconds)
        observe(max(0.0, loop.time() - due_at))
