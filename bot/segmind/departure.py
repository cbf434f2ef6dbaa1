"""The body of the paid request. It asks at the last moment, on an open connection, whether to send itself."""

from collections.abc import AsyncIterator, Awaitable, Callable

from bot.fault_points import Point, reach

MayLeave = Callable[[], Awaitable[bool]]


class HeldBack(Exception):
    """The body ends the request before it is complete; see `Departure.was_held_back`."""


class Departure:
    def __init__(self, data: bytes, may_leave: MayLeave) -> None:
        self._data = data
        self._may_leave = may_leave
        #: The server has received headers at most, and nothing that it could accept.
        self.was_held_back = False

    @property
    def length(self) -> int:
        return len(self._data)

    async def body(self) -> AsyncIterator[bytes]:
        reach(Point.SUBMIT_BEFORE)
        if not await self._may_leave():
            self.was_held_back = True
            raise HeldBack
        yield self._data


async def always() -> bool:
    return True
