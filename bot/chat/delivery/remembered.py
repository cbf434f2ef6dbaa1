"""A set of bounded size, for things that are worth remembering for a while."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

KEPT = 10_000


class Remembered(Generic[K]):
    """Keeps the newest things that were added, and drops the oldest."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._things: dict[K, None] = {}

    def __contains__(self, thing: K) -> bool:
        return thing in self._things

    def add(self, thing: K) -> None:
        self._things.pop(thing, None)
        self._things[thing] = None
        if len(self._things) > self._kept:
            del self._things[next(iter(self._things))]
