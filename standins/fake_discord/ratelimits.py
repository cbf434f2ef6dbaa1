"""Discord's rate limits and their headers, so that a client behaves as it does at Discord.

Windows are in real seconds: a client waits in real time, whatever the clock says.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from standins.fake_discord.model import Json


@dataclass(frozen=True)
class Limit:
    requests: int
    seconds: float


WEBHOOK = Limit(5, 2.0)
"""For one token; undocumented, as observed."""
MESSAGE = Limit(5, 5.0)
"""For one channel, posts and edits apart."""
OTHER = Limit(50, 1.0)
GENEROUS = Limit(100_000, 1.0)
GLOBAL = Limit(50, 1.0)
"""Over all routes that need the application's token."""


@dataclass
class _Window:
    started: float
    used: int = 0


@dataclass(frozen=True)
class Verdict:
    headers: dict[str, str]
    refusal: Json | None = None
    """The body of a 429."""


class RateLimits:
    """Fixed windows for each bucket; without `is_strict`, the limits are too high to reach."""

    def __init__(self, *, is_strict: bool = True) -> None:
        self._is_strict = is_strict
        self._windows: dict[str, _Window] = {}
        self._last_sweep = 0.0

    def admit(self, bucket: str, major: str, limit: Limit, *, is_global: bool) -> Verdict:
        """Count one request of a bucket (route) and its major parameter (channel, token)."""
        now = time.monotonic()
        self._sweep(now)
        limit = limit if self._is_strict else GENEROUS
        if is_global and self._is_strict and (left := self._take("global", GLOBAL, now)[1]) is not None:
            return Verdict(_refusal_headers("global", left), _refusal(left, is_global=True))
        window, left = self._take(f"{bucket} {major}", limit, now)
        headers = _headers(bucket, window, limit, now)
        if left is not None:
            return Verdict(headers | _refusal_headers("user", left), _refusal(left, is_global=False))
        return Verdict(headers)

    def _take(self, key: str, limit: Limit, now: float) -> tuple[_Window, float | None]:
        """The window after this request, and the seconds to wait if there was no room."""
        window = self._windows.get(key)
        if window is None or now - window.started >= limit.seconds:
            window = self._windows[key] = _Window(now)
        if window.used >= limit.requests:
            return window, window.started + limit.seconds - now
        window.used += 1
        return window, None

    def _sweep(self, now: float) -> None:
        """Drop old windows now and then, so that tokens do not pile up."""
        if now - self._last_sweep < 10 * MESSAGE.seconds:
            return
        self._last_sweep = now
        still = {key: one for key, one in self._windows.items() if now - one.started < MESSAGE.seconds}
        self._windows = still


def _headers(bucket: str, window: _Window, limit: Limit, now: float) -> dict[str, str]:
    reset_after = window.started + limit.seconds - now
    return {
        "X-RateLimit-Limit": str(limit.requests),
        "X-RateLimit-Remaining": str(limit.requests - window.used),
        "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(bucket.encode()).hexdigest()[:32],
    }


def _refusal_headers(scope: str, seconds: float) -> dict[str, str]:
    headers = {"Retry-After": str(int(seconds) + 1), "Via": "1.1 google", "X-RateLimit-Scope": scope}
    return headers | {"X-RateLimit-Global": "true"} if scope == "global" else headers


def _refusal(seconds: float, *, is_global: bool) -> Json:
    return {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": is_global}
