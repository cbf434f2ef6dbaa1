"""One at a time for each thing, and no lock of a thing that nobody works on or waits for."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class KeyedLocks(Generic[K]):
    """A lock is not forgotten by whether it is locked: between two turns it is not, and yet waited for."""

    def __init__(self) -> None:
        self._locks: dict[K, asyncio.Lock] = {}
        #: How many have a turn or wait for one.
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
