"""One WebSocket to Discord: discord.py's, which survives unreadable frames and closes quickly."""

import asyncio
from contextlib import suppress
from typing import Any

import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure

from bot.chat.gateway.shard_status import ShardStatus
from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)

#: Exceptions that discord.py itself uses and handles.
FORESEEN = (ReconnectWebSocket, WebSocketClosure, discord.ConnectionClosed, OSError)
#: A dead connection does not answer the close frame; discord.py would wait for 30 seconds.
HANG_UP_SECONDS = 1.0
#: Its number in RFC 6455.
CLOSE_FRAME = 8


class UnreadableFrame(ConnectionError):
    """The data is no frame of the gateway: the connection is replaced by a new one."""


class ListeningClient(discord.AutoShardedClient):
    """The part of `GatewayClient` that its shards and their connections use."""

    shard_status: ShardStatus
    metrics: Metrics

    async def token_is_good(self) -> bool:
        """See `GatewayClient`."""
        raise NotImplementedError


class Connection(DiscordWebSocket):
    #: Whether HELLO was received. Before, no other part knows of this connection.
    is_dialled = False

    @property
    def client(self) -> ListeningClient:
        return self._connection._get_client()  # type: ignore[return-value]  # noqa: SLF001  all that it knows of it

    async def received_message(self, msg: Any, /) -> None:
        before = self.sequence, self.latency
        try:
            await super().received_message(msg)
        except FORESEEN:
            raise
        except Exception as error:  # whatever cannot be read, the next connection may do better
            self.client.metrics.loop_errors.labels(loop="gateway").inc()
            log.error("gateway frame cannot be read; reconnecting", error=type(error).__name__)
            raise UnreadableFrame("a frame cannot be read") from error
        # A dispatch has a new sequence, and the answer to a heartbeat a new latency.
        if (self.sequence, self.latency) != before and self.shard_id is not None:
            self.client.shard_status.note_event(self.shard_id)

    async def send_heartbeat(self, data: Any) -> None:
        """Note the time before the sending. discord.py notes it in a thread, and maybe after the answer.

        It would then take the interval for the delay, and warn that the shard is 41 s behind.
        """
        if self._keep_alive is not None:
            self._keep_alive.beat()
        await super().send_heartbeat(data)

    async def poll_event(self) -> None:
        """Close a connection that is given up before HELLO."""
        try:
            await super().poll_event()
        except asyncio.CancelledError:
            if not self.is_dialled:
                await self.close()
            raise

    async def say_good_bye(self, code: int) -> None:
        """Send the close frame alone. `close` would drop all that has been sent before Discord reads it."""
        await self.socket.send_frame(code.to_bytes(2, "big"), CLOSE_FRAME)  # type: ignore[arg-type]  # any number

    async def close(self, code: int = 4000) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_SECONDS):
                await super().close(code)
