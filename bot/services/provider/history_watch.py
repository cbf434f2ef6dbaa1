"""Notices that the provider's history cannot be read, and that it can be read again."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.errors import ProviderError, RateLimited
from bot.domain.trouble import Trouble
from bot.services.protocols import ImageProvider
from bot.services.runtime import Runtime

RETRY_SECONDS = 10.0
#: The first page of so short a time is the smallest reading that there is.
SPAN = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class HistoryWatch:
    """A failed reading makes it look again. Only if that fails, too, the history counts as unreadable."""

    runtime: Runtime
    provider: ImageProvider
    model: str
    #: None = not known yet.
    _is_unreadable: bool | None = field(init=False, default=None)
    _doubted: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def troubles(self) -> Mapping[Trouble, bool]:
        return {} if self._is_unreadable is None else {Trouble.HISTORY: self._is_unreadable}

    def failed(self, error: ProviderError) -> None:
        """A reading failed. A rate limit says nothing about the history."""
        if not isinstance(error, RateLimited):
            self._doubted.set()

    def succeeded(self) -> None:
        self._is_unreadable = False
        self._doubted.clear()

    async def run(self) -> None:
        while True:
            await self._doubted.wait()
            await self.runtime.clock.sleep(RETRY_SECONDS)
            if self._doubted.is_set():
                await self._read()

    async def _read(self) -> None:
        now = self.runtime.clock.now()
        try:
            async with aclosing(self.provider.history(now - SPAN, now, self.model)) as rows:  # type: ignore[type-var]  # a generator
                await anext(rows, None)
        except RateLimited as error:
            await self.runtime.clock.sleep(error.retry_after_seconds)
        except ProviderError:
            self._is_unreadable = True
        else:
            self.succeeded()
