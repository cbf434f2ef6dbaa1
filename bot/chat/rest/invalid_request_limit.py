"""Keeps the bot far below Discord's limit of invalid requests: 10,000 in ten minutes ban an address.

Thousands of cards may wait for Discord, each with its own retries. While Discord blocks this address, only
one call at a time finds out whether it still does. After many refusals with different reasons, calls are also
made one by one.
"""

from collections import deque
from collections.abc import Awaitable
from typing import TypeVar

from bot.chat.rest.error_codes import DISCORD_ERRORS, is_invalid, is_shut_out
from bot.domain.clock import Clock
from bot.domain.errors import CourierUnavailable

#: Ten such calls in ten minutes.
LONGEST_PAUSE_SECONDS = 60.0
#: With one call a second after that, a sixth of what bans an address.
MANY_REFUSED, WITHIN_SECONDS = 1_000, 600.0
ONE_BY_ONE_SECONDS = 1.0

T = TypeVar("T")


class InvalidRequestLimit:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause_seconds = 0.0
        self._closed_until = 0.0
        #: When the latest calls were refused.
        self._refused_at = deque[float](maxlen=MANY_REFUSED)

    async def let_through(self, call: Awaitable[T]) -> T:
        """Make the call. Raises `CourierUnavailable` without making it while another call is to find out."""
        now = self._clock.monotonic()
        pause = self._pause_seconds or self._pause_after_many(now)
        if pause and now < self._closed_until:
            _drop(call)
            raise CourierUnavailable("Discord blocks this address, or may soon")
        self._closed_until = now + pause
        try:
            made = await call
        except DISCORD_ERRORS as error:
            if is_invalid(error):
                self._refused_at.append(self._clock.monotonic())
            self._heard(is_refused=is_shut_out(error))
            raise
        self._heard(is_refused=False)
        return made

    def _pause_after_many(self, now: float) -> float:
        is_full = len(self._refused_at) == MANY_REFUSED
        return ONE_BY_ONE_SECONDS if is_full and now - self._refused_at[0] < WITHIN_SECONDS else 0.0

    def _heard(self, *, is_refused: bool) -> None:
        if not is_refused:
            self._pause_seconds = 0.0
            return
        self._pause_seconds = min(LONGEST_PAUSE_SECONDS, max(1.0, self._pause_seconds * 2))
        self._closed_until = self._clock.monotonic() + self._pause_seconds


def _drop(call: Awaitable[object]) -> None:
    """Close the coroutine: Python warns of one that is never awaited."""
    if (close := getattr(call, "close", None)) is not None:
        close()
