"""One owner for background tasks: none is forgotten, and none fails unseen."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial

import structlog

from bot.ops.metrics import Metrics

Work = Coroutine[object, object, object]
#: Before something that failed is run again: not so soon that it fills the log.
AGAIN_SECONDS = 10.0

log = structlog.stdlib.get_logger(__name__)


class TaskOwner:
    """Starts tasks, logs and counts the exception that ends one, and ends them all at `close`."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Work, name: str) -> asyncio.Task[None]:
        """Run `work`. `name` is a label in metrics: the kind of task, never one job's id."""
        if self._is_closed:
            work.close()
            raise RuntimeError(f"{name}: tasks can no longer be started")
        task = asyncio.create_task(self._watch(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, work))
        return task

    def keep(
        self, run: Callable[[], Work], name: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Like `start`, for a loop that has to go on: if it fails, it is run again in a while."""

        async def again_and_again() -> None:
            while True:
                await self._watch(run(), name)
                await sleep(AGAIN_SECONDS)

        self.start(again_and_again(), name)

    async def close(self, grace_seconds: float = 5.0) -> None:
        """Cancel all tasks and wait for their ends; one that goes on for longer than the grace is logged."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, stubborn = await asyncio.wait(set(self._tasks), timeout=grace_seconds)
            for task in stubborn:
                log.error("task does not end", task=task.get_name())

    def _ended(self, work: Work, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        work.close()  # a task that is cancelled before its first step never awaits it

    async def _watch(self, work: Work, name: str) -> None:
        try:
            await work
        except Exception:  # whatever it is, nobody else awaits this task
            self._metrics.loop_errors.labels(loop=name).inc()
            log.exception("task failed", task=name)
