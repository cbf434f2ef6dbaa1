"""One WebSocket to Discord: discord.py's own, which outlives what it cannot read, and hangs up quickly."""

import asyncio
from contextlib import suppress
from typing import Any

import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure

from bot.chat.gateway.shard_status import ShardStatus
from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)

#: What discord.py raises to itself.
FORESEEN = (ReconnectWebSocket, WebSocketClosure, discord.ConnectionClosed, OSError)
#: A dead connection answers no good-bye; discord.py would wait for 30 seconds.
HANG_UP_SECONDS = 1.0


class UnreadableFrame(ConnectionError):
    """What comes is no frame of the gateway: the connection is given up for a new one."""


class ListeningClient(discord.AutoShardedClient):
    """The part of `GatewayClient` that its shards and their connections use."""

    shard_status: ShardStatus
    metrics: Metrics

    async def token_is_good(self) -> bool:
        """See `GatewayClient`."""
        raise NotImplementedError


class Connection(DiscordWebSocket):
    #: Whether HELLO was heard; before, nobody else knows of this connection.
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
        except Exception as error:  # whatever it stumbles over, the next connection may do better
            self.client.metrics.loop_errors.labels(loop="gateway").inc()
            log.error("a frame cannot be read; connecting anew", error=type(error).__name__)
            raise UnreadableFrame("a frame cannot be read") from error
        # A dispatch has a new sequence, and the answer to a heartbeat a new latency.
        if (self.sequence, self.latency) != before and self.shard_id is not None:
            self.client.shard_status.note_event(self.shard_id)

    async def poll_event(self) -> None:
        """Nothing is left of a connection that was given up before HELLO."""
        try:
            await super().poll_event()
        except asyncio.CancelledError:
            if not self.is_dialled:
                await self.close()
            raise

    async def close(self, code: int = 4000) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_SECONDS):
                await super().close(code)
