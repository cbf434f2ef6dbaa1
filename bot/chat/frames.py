"""What comes over the gateway and is no frame at all: the connection is given up for a new one.

discord.py itself would end over it, and the process with that. It knows its connection by a class, which is
changed for the whole process; clients that have not asked for it are left as they are.
"""

from typing import Any
from weakref import WeakKeyDictionary

import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure

from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)

#: What discord.py raises to itself, and knows how to go on after.
FORESEEN = (ReconnectWebSocket, WebSocketClosure, discord.ConnectionClosed, OSError)

_receive = DiscordWebSocket.received_message
_asked: WeakKeyDictionary[object, Metrics] = WeakKeyDictionary()


class UnreadableFrame(ConnectionError):
    """After a connection's error discord.py makes a new one, with growing pauses, and resumes the session."""


def connect_anew_after_unreadable(client: discord.Client, metrics: Metrics) -> None:
    _asked[client._connection] = metrics  # noqa: SLF001  all that a connection knows of its client
    DiscordWebSocket.received_message = _receive_or_give_up  # type: ignore[method-assign]  # it has no other place


async def _receive_or_give_up(self: DiscordWebSocket, frame: Any, /) -> None:
    try:
        await _receive(self, frame)
    except FORESEEN:
        raise
    except Exception as error:  # whatever it stumbles over, the next connection may do better
        metrics = _asked.get(self._connection)
        if metrics is None:
            raise
        metrics.loop_errors.labels(loop="gateway").inc()
        log.error("a frame cannot be read; connecting anew", error=type(error).__name__)
        await self.close()
        raise UnreadableFrame("a frame cannot be read") from error
