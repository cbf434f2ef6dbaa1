"""A cache of values read from Discord. Callers that wait for the same value share one request.

cachetools has no such cache: it neither shares a request that is under way, nor keeps failures for a shorter
time.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.domain.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_REMEMBERED = 2000


@dataclass(slots=True)
class _Reading(Generic[V]):
    at: float
    task: asyncio.Task[V | None]


class ReadThroughCache(Generic[K, V]):
    def __init__(
        self,
        read: Callable[[K], Coroutine[Any, Any, V | None]],
        clock: Clock,
        *,
        remembered_seconds: float,
        retry_seconds: float,
    ) -> None:
        """`read` raises nothing, ends within seconds, and returns None if the value cannot be read now.

        After such a failure, the value is requested again only after `retry_seconds`.
        """
        self._read = read
        self._clock = clock
        self._remembered_seconds = remembered_seconds
        self._retry_seconds = retry_seconds
        self._readings: OrderedDict[K, _Reading[V]] = OrderedDict()

    async def of(self, key: K) -> V | None:
        """Return None if the value cannot be read now."""
        reading = self._readings.get(key)
        if reading is None or not self._is_fresh(reading):
            task = asyncio.create_task(self._read(key), name="reading")
            reading = self._readings[key] = _Reading(self._clock.monotonic(), task)
            if len(self._readings) > MOST_REMEMBERED:
                self._readings.popitem(last=False)
        return await asyncio.shield(reading.task)

    def forget(self, key: K) -> None:
        """Drop a changed value. A request under way may return the old one, to its present callers only."""
        self._readings.pop(key, None)

    def forget_all(self) -> None:
        self._readings.clear()

    def _is_fresh(self, reading: _Reading[V]) -> bool:
        if not reading.task.done():
            return True
        is_known = reading.task.result() is not None
        seconds = self._remembered_seconds if is_known else self._retry_seconds
        return self._clock.monotonic() - reading.at < seconds
