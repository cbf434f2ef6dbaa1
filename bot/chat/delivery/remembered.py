"""What is worth remembering while the process lives, but not for ever."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

KEPT = 10_000


class Remembered(Generic[K]):
    """The newest things that were added; the oldest make room."""

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
