"""The official SDK's loop, re-enacted in virtual time from the source of `segmind.v2`.

The SDK itself sleeps by the wall clock. A test holds `wait` against the real one: same answers, same calls.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from segmind.v2 import DEFAULT_POLL_INTERVAL_S

from benchmarks.account import MinuteLimit, SearchResult
from benchmarks.latencies import Shape

INTERVAL_SECONDS = float(DEFAULT_POLL_INTERVAL_S)


class TooManyRequests(Exception):
    """A 429: the SDK raises it out of whatever it was doing, without its header."""


def wait(is_completed: Callable[[], bool], request: Callable[[], None]) -> Iterator[float]:
    """`AsyncJob.wait`: yields the seconds of each sleep, calls `request` for each GET, the result last.

    The deadline of 600 s is left out: no picture here takes that long.
    """
    while True:
        request()
        if is_completed():
            break
        yield INTERVAL_SECONDS
    request()


class Alone:
    """One `run()` on an account without limits."""

    def __init__(self, provider_seconds: float) -> None:
        self._now = 0.0
        self._requests = 1  # the submit
        for seconds in wait(lambda: self._now >= provider_seconds, self._request):
            self._now += seconds
        self.seen = SearchResult(self._requests, provider_seconds, self._now - provider_seconds)

    def _request(self) -> None:
        self._requests += 1


@dataclass(frozen=True, slots=True)
class Habits:
    """Of those who call the SDK: how many loops at once, and what they do about a 429."""

    loops: int
    pause_seconds: float
    #: Keeps the job, and calls `wait` again. Else the picture is lost, though paid, as it is by `run()`.
    resumes: bool


class Crowd:
    """Loops that share an account, each asking for one picture after the other."""

    def __init__(self, habits: Habits, shape: Shape, *, per_minute: int, seed: int) -> None:
        self._habits = habits
        self._shape = shape
        self._rng = random.Random(seed)
        self._limit = MinuteLimit(per_minute)
        self._now = 0.0
        self._pictures_at: list[float] = []

    def pictures_a_minute(self, minutes: float, warm_up_minutes: float) -> float:
        callers = ((self._rng.random(), number, self._caller()) for number in range(self._habits.loops))
        agenda = list(callers)
        heapq.heapify(agenda)
        end = (warm_up_minutes + minutes) * 60
        while agenda[0][0] < end:
            self._now, number, caller = agenda[0]
            heapq.heapreplace(agenda, (self._now + next(caller), number, caller))
        return sum(at >= warm_up_minutes * 60 for at in self._pictures_at) / minutes

    def _caller(self) -> Iterator[float]:
        while True:
            try:
                self._request()
            except TooManyRequests:
                yield self._habits.pause_seconds
            else:
                yield from self._follow(self._now + self._shape.draw(self._rng))

    def _follow(self, ends_at: float) -> Iterator[float]:
        is_kept = True
        while is_kept:
            try:
                yield from wait(lambda: self._now >= ends_at, self._request)
            except TooManyRequests:
                yield self._habits.pause_seconds
                is_kept = self._habits.resumes
            else:
                self._pictures_at.append(self._now)
                return

    def _request(self) -> None:
        if self._limit.take(self._now) > 0:
            raise TooManyRequests
