"""The history of one model, read once for all tasks that ask at the same time: it takes many requests."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.clock import Clock
from bot.domain.errors import ProviderError
from bot.domain.provider import HistoryRow
from bot.services.protocols import ImageProvider

#: The time between two readings. All that ask meanwhile share the next one.
GAP_SECONDS = 2.0


@dataclass(slots=True)
class _Reading:
    since: datetime
    until: datetime
    rows: Sequence[HistoryRow] | None = None
    error: ProviderError | None = None

    @property
    def is_done(self) -> bool:
        return self.rows is not None or self.error is not None

    def widen(self, since: datetime, until: datetime) -> None:
        self.since, self.until = min(self.since, since), max(self.until, until)


class SharedHistory:
    def __init__(self, *, provider: ImageProvider, clock: Clock, model: str) -> None:
        self._provider = provider
        self._clock = clock
        self._model = model
        self._turn = asyncio.Lock()
        #: The reading that has not begun yet, which others may still join.
        self._next: _Reading | None = None
        self._ended_at = float("-inf")

    async def rows(self, since: datetime, until: datetime) -> list[HistoryRow]:
        """Return the rows of this span, newest first, by a reading that begins after the call.

        Raises `ProviderError`.
        """
        reading = self._joined(since, until)
        async with self._turn:
            if not reading.is_done:
                await self._read(reading)
        if reading.error is not None:
            raise reading.error
        found = reading.rows or ()
        return [row for row in found if row.created_at is None or since <= row.created_at <= until]

    def _joined(self, since: datetime, until: datetime) -> _Reading:
        if self._next is None:
            self._next = _Reading(since, until)
        self._next.widen(since, until)
        return self._next

    async def _read(self, reading: _Reading) -> None:
        await self._clock.sleep(self._ended_at + GAP_SECONDS - self._clock.monotonic())
        if self._next is reading:
            self._next = None
        try:
            rows = self._provider.history(reading.since, reading.until, self._model)
            reading.rows = [row async for row in rows]
        except ProviderError as error:
            reading.error = error
        finally:
            self._ended_at = self._clock.monotonic()
