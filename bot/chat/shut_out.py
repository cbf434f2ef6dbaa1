"""While Discord turns this address away, one call at a time finds out whether it still does.

Thousands of cards wait for Discord, each with a pause of its own. All of them together must stay far below
the 10,000 refused requests in ten minutes for which Discord bans an address.
"""

from collections.abc import Awaitable
from typing import TypeVar

from bot.chat.ladder import DISCORD_ERRORS, is_shut_out
from bot.domain.clock import Clock
from bot.domain.errors import CourierUnavailable

#: Ten such calls in ten minutes.
LONGEST_PAUSE_SECONDS = 60.0

T = TypeVar("T")


class ShutOut:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause_seconds = 0.0
        self._closed_until = 0.0

    async def let_through(self, call: Awaitable[T]) -> T:
        """Make the call. Raises `CourierUnavailable` without making it, if another one is to find out."""
        now = self._clock.monotonic()
        if self._pause_seconds and now < self._closed_until:
            _drop(call)
            raise CourierUnavailable("Discord turns this address away")
        self._closed_until = now + self._pause_seconds
        try:
            made = await call
        except DISCORD_ERRORS as error:
            self._heard(is_refused=is_shut_out(error))
            raise
        self._heard(is_refused=False)
        return made

    def _heard(self, *, is_refused: bool) -> None:
        if not is_refused:
            self._pause_seconds = 0.0
            return
        self._pause_seconds = min(LONGEST_PAUSE_SECONDS, max(1.0, self._pause_seconds * 2))
        self._closed_until = self._clock.monotonic() + self._pause_seconds


def _drop(call: Awaitable[object]) -> None:
    """A coroutine that is never awaited warns of it."""
    if (close := getattr(call, "close", None)) is not None:
        close()
