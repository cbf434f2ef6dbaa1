"""A semaphore for sizes, such as bytes in memory: first come, first served."""

import asyncio
from collections import deque


class WeightedSemaphore:
    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def acquire(self, size: int) -> None:
        """Wait until there is room. A size larger than the whole semaphore is let in alone."""
        if not self._waiting and self._has_room_for(size):
            self._taken += size
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # granted at the same moment
                self.release(size)
            raise

    def release(self, size: int) -> None:
        """Free what was acquired."""
        self._taken -= size
        while self._waiting and (self._waiting[0][1].done() or self._has_room_for(self._waiting[0][0])):
            waiting, turn = self._waiting.popleft()
            if not turn.done():  # cancelled while it waited
                self._taken += waiting
                turn.set_result(None)

    def _has_room_for(self, size: int) -> bool:
        return self._taken == 0 or self._taken + size <= self._most
