"""Stepped time: everything happens that needs no time, before the clock moves on."""

import asyncio
from collections.abc import Callable


async def settled(is_busy: Callable[[], bool]) -> None:
    """Return once the event loop has been idle for a while. `is_busy`: whether threads are at work for it."""
    idle = 0
    while idle < 10:
        await asyncio.sleep(0)
        if is_busy():
            await asyncio.sleep(0.0005)
            idle = 0
        idle += 1
