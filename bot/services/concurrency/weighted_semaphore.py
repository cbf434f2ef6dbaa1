"""Room for so many bytes at once: first come, first served. Knows nothing of what they are."""

import asyncio
from collections import deque


class WeightedSemaphore:
    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def acquire(self, size: int) -> None:
        """Return once there is room; what is larger than all of it goes alone."""
        if not self._waiting and self._has_room_for(size):
            self._taken += size
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # granted in this very moment
                self.release(size)
            raise

    def release(self, size: int) -> None:
        """What was taken is free again."""
        self._taken -= size
        while self._waiting and (self._waiting[0][1].done() or self._has_room_for(self._waiting[0][0])):
            waiting, turn = self._waiting.popleft()
            if not turn.done():  # cancelled while it waited
                self._taken += waiting
                turn.set_result(None)

    def _has_room_for(self, size: int) -> bool:
        return self._taken == 0 or self._taken + size <= self._most
