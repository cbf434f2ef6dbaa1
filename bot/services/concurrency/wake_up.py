"""A wake-up for a loop that otherwise looks once in a while."""

import asyncio
from collections.abc import Awaitable, Callable


class WakeUp:
    def __init__(self) -> None:
        self._sent = asyncio.Event()

    def send(self) -> None:
        """Let the loop look at once, or again if it is looking."""
        self._sent.set()

    async def wait(self, sleep: Callable[[float], Awaitable[None]], seconds: float) -> None:
        """Wait for a wake-up, but no longer than this."""
        waiting = [asyncio.ensure_future(self._sent.wait()), asyncio.ensure_future(sleep(seconds))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        self._sent.clear()
