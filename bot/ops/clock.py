"""The clock of the machine."""

import asyncio
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any


class SystemClock:
    """Satisfies `domain.clock.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        return asyncio.sleep(max(0.0, seconds))  # without a frame of its own: thousands of jobs wait here
