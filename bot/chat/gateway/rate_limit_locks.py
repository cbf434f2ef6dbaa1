"""What a call that is given up half-way leaves closed behind it in discord.py, and what opens it again.

While discord.py waits for a rate limit inside a call, others wait for that call. If it is cancelled then, as
by a timeout, it never tells them to go on, and they would wait for ever. Its other states (the buckets of
routes) look at the time as well, and recover by themselves.
"""

import asyncio
from types import TracebackType

from discord.webhook import async_


class RateLimitGate(asyncio.Event):
    """For discord.py's `HTTPClient._global_over`: closed during a global rate limit, and never for longer."""

    def __init__(self, longest_seconds: float) -> None:
        super().__init__()
        self.longest_seconds = longest_seconds
        self._opening: asyncio.TimerHandle | None = None
        self.set()

    def set(self) -> None:
        self._forget_opening()
        super().set()

    def clear(self) -> None:
        """Close it; whoever does so may never come back to open it."""
        super().clear()
        self._forget_opening()
        self._opening = asyncio.get_running_loop().call_later(self.longest_seconds, self.set)

    def _forget_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None


class TokenLock(async_.AsyncDeferredLock):
    """Held by a call with an interaction's token, also while its rate limit passes; always given back."""

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
