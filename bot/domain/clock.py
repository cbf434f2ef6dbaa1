"""The time as the bot sees it: passed in, so that tests step it by hand."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day, aware, in UTC. May jump when the machine's clock is set."""

    def monotonic(self) -> float:
        """Seconds since some moment; never jumps."""

    async def sleep(self, seconds: float) -> None:
        """Return `seconds` later by `monotonic`; at once, after giving others a turn, if not positive."""
