"""A lock for each key, which is removed when no task holds it or waits for it."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class KeyedLocks(Generic[K]):
    """Counts the tasks for each key: between two holders a lock is free, but others wait for it."""

    def __init__(self) -> None:
        self._locks: dict[K, asyncio.Lock] = {}
        #: How many tasks hold each lock or wait for it.
        self._users: dict[K, int] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def of(self, thing: K) -> AsyncIterator[None]:
        self._users[thing] = self._users.get(thing, 0) + 1
        try:
            async with self._locks.setdefault(thing, asyncio.Lock()):
                yield
        finally:
            self._users[thing] -= 1
            if not self._users[thing]:
                del self._users[thing], self._locks[thing]
