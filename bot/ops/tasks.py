"""The owner of background tasks: it keeps track of each, and logs each failure."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from typing import Any

import structlog

from bot.ops.metrics import Metrics

Work = Coroutine[object, object, object]
#: The wait before a failed task runs again, long enough not to fill the log.
AGAIN_SECONDS = 10.0

log = structlog.stdlib.get_logger(__name__)


class TaskOwner:
    """Starts tasks, logs and counts the exceptions that end them, and cancels all at `close`."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Work, name: str) -> asyncio.Task[Any]:
        """Run `work`. `name` is a label in metrics: the kind of task, never one job's id."""
        if self._is_closed:
            work.close()
            raise RuntimeError(f"{name}: tasks can no longer be started")
        context = copy_context()  # for both, so that what is logged at the end says what the task worked on
        task = asyncio.create_task(work, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._ended, context=context)
        return task

    def keep(
        self, run: Callable[[], Work], name: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> asyncio.Task[Any]:
        """Run a loop that has to go on: if it fails, it is started again after a while."""

        async def again_and_again() -> None:
            while True:
                await self._watch(run(), name)
                await sleep(AGAIN_SECONDS)

        return self.start(again_and_again(), name)

    async def close(self, grace_seconds: float = 5.0) -> None:
        """Cancel all tasks and wait for them; log those that go on for longer than the grace period."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, running = await asyncio.wait(set(self._tasks), timeout=grace_seconds)
            for task in running:
                log.error("task does not end", task=task.get_name())

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(task.get_name(), error)

    async def _watch(self, work: Work, name: str) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  logged, as for every task; nothing else awaits it
            self._failed(name, error)

    def _failed(self, name: str, error: BaseException) -> None:
        self._metrics.loop_errors.labels(loop=name).inc()
        log.error("task failed", task=name, exc_info=error)
