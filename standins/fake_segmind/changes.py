"""Waiting for something to become true, without polling."""

import asyncio
from collections.abc import Callable


class Changes:
    """Whoever changes something calls `notify`; whoever waits has a condition looked at after each change."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def notify(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, predicate: Callable[[], object], timeout: float) -> None:  # noqa: ASYNC109  a deadline in real seconds, as of pytest
        """Raise TimeoutError if it is still not true after `timeout` real seconds."""
        async with asyncio.timeout(timeout):
            while not predicate():
                await self._next.wait()
