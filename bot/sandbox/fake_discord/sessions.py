"""One gateway session: its numbered dispatches, kept for a RESUME, and the connection that carries them."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from aiohttp import web

from bot.sandbox.fake_discord.model import Json

DISPATCH = 0
_MOST_REPLAYED = 10_000


class Connection:
    """A WebSocket with one writer, so that frames leave in the order in which they were queued."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._socket = socket
        self._frames: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def send(self, payload: Json) -> None:
        self.send_text(json.dumps(payload))

    def send_text(self, frame: str) -> None:
        self._frames.put_nowait(frame)

    def send_bytes(self, frame: bytes) -> None:
        self._frames.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close in order, after what is queued."""
        self._frames.put_nowait(code)

    def abort(self) -> None:
        """Break the connection without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def end(self) -> None:
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            frame = await self._frames.get()
            try:
                if isinstance(frame, int):
                    await self._socket.close(code=frame)
                    return
                if isinstance(frame, bytes):
                    await self._socket.send_bytes(frame)
                else:
                    await self._socket.send_str(frame)
            except ConnectionError:
                return  # the reader sees it too, and ends the connection


class Session:
    """What outlives a connection: the shard, the intents, and the dispatches since the start."""

    def __init__(self, session_id: str, shard: tuple[int, int], intents: int) -> None:
        self.id = session_id
        self.shard = shard
        self.intents = intents
        self.connection: Connection | None = None
        self._sequence = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=_MOST_REPLAYED)

    def covers(self, guild_id: int) -> bool:
        shard_id, shards = self.shard
        return (guild_id >> 22) % shards == shard_id

    def dispatch(self, name: str, data: Any) -> None:
        """Send it now, or keep it until the client resumes."""
        self._sequence += 1
        frame = json.dumps({"op": DISPATCH, "t": name, "s": self._sequence, "d": data})
        self._sent.append((self._sequence, frame))
        if self.connection is not None:
            self.connection.send_text(frame)

    def resume(self, connection: Connection, after: int) -> None:
        """Carry on over a new connection, with what the client missed."""
        self.connection = connection
        for sequence, frame in self._sent:
            if sequence > after:
                connection.send_text(frame)
        self.dispatch("RESUMED", {})
