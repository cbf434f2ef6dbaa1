"""A queue for edits that only show how a picture waits. All other requests go first, and few run at a time.

A card is read when its turn comes, so that one edit shows all changes since the last. If its picture has been
delivered by then, the edit is dropped.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.ids import CardId

#: Many more would be in the way of first answers and pictures, which share the connections to Discord.
AT_ONCE = 10


class EditTurns:
    """First come, first served; a card that is no longer only waiting does not wait here any more."""

    def __init__(self, most: int = AT_ONCE) -> None:
        self._most = most
        self._under_way = 0
        self._waiting: OrderedDict[CardId, asyncio.Future[None]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, card_id: CardId, *, is_urgent: bool) -> AsyncIterator[None]:
        """Wait for a turn, unless it is urgent. One card takes one turn at a time."""
        if not is_urgent and self._under_way >= self._most:
            await self._wait(card_id)
        else:
            self._under_way += 1
        try:
            yield
        finally:
            self._end()

    def hurry(self, card_id: CardId) -> None:
        """Give the card its turn at once if it waits for one."""
        turn = self._waiting.pop(card_id, None)
        if turn is not None:
            self._grant(turn)

    async def _wait(self, card_id: CardId) -> None:
        turn = self._waiting[card_id] = asyncio.get_running_loop().create_future()
        try:
            await turn
        except asyncio.CancelledError:
            if self._waiting.pop(card_id, None) is None:
                self._end()  # it was granted at the same moment
            raise

    def _grant(self, turn: "asyncio.Future[None]") -> None:
        self._under_way += 1
        turn.set_result(None)

    def _end(self) -> None:
        self._under_way -= 1
        while self._waiting and self._under_way < self._most:
            _, turn = self._waiting.popitem(last=False)
            self._grant(turn)
