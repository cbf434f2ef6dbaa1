"""Graceful shutdown: work that is costly to repeat may finish, and everything else stops at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Drain:
    """Knows which tasks are doing something that is costly to repeat, such as the paid POST."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()
        self._busy: set[asyncio.Task[Any]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def has_begun(self) -> bool:
        return self._begun.is_set()

    async def begun(self) -> None:
        """Return once the shutdown has begun."""
        await self._begun.wait()

    def is_busy(self, task: asyncio.Task[Any]) -> bool:
        """Return whether the task is in a busy block. At its end the task is cancelled."""
        return task in self._busy

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Delay the shutdown until the block ends. If it has begun by then, the task is cancelled there."""
        task = asyncio.current_task()
        assert task is not None, "asyncio runs this in a task"
        if self.has_begun():
            raise asyncio.CancelledError
        self._busy.add(task)
        self._idle.clear()
        try:
            yield
        finally:
            self._busy.discard(task)
            if not self._busy:
                self._idle.set()
            if self.has_begun():
                task.cancel()

    async def begin(self, grace_seconds: float) -> None:
        """Allow no new busy block; return when the last one has ended, or after the grace period."""
        self._begun.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), grace_seconds)
