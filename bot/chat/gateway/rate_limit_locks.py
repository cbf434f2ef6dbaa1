"""Two of discord.py's locks for rate limits, which a cancelled call would leave locked.

While discord.py waits for a rate limit inside a call, other calls wait for that one. If it is cancelled then,
as by a timeout, it never unlocks, and the others would wait without an end. discord.py's other locks (the
buckets of routes) also look at the time, and recover by themselves.
"""

import asyncio
from types import TracebackType

from discord.webhook import async_


class RateLimitGate(asyncio.Event):
    """discord.py's event `HTTPClient._global_over`: closed during a global rate limit, and never longer."""

    def __init__(self, longest_seconds: float) -> None:
        super().__init__()
        self.longest_seconds = longest_seconds
        self._opening: asyncio.TimerHandle | None = None
        self.set()

    def set(self) -> None:
        self._forget_opening()
        super().set()

    def clear(self) -> None:
        """Close it, and open it after a while even if the caller never does."""
        super().clear()
        self._forget_opening()
        self._opening = asyncio.get_running_loop().call_later(self.longest_seconds, self.set)

    def _forget_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None


class TokenLock(async_.AsyncDeferredLock):
    """Held by a call with an interaction's token while it waits for a rate limit, and always released."""

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self.delta:
                await asyncio.sleep(self.delta)
        finally:
            self.lock.release()
