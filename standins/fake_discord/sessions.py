"""One gateway session: its numbered dispatches, kept for a RESUME, and the connection that carries them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from standins.fake_discord.close_codes import CloseCode, reason
from standins.fake_discord.frames import Encoder, RefusedError, frame, plain
from standins.fake_discord.model import Json

DISPATCH = 0
_MOST_REPLAYED = 10_000
MOST_HEARD, PER_SECONDS = 120, 60.0
"""How many frames a client may send in which time, including heartbeats."""


class Connection:
    """A WebSocket with one writer, so that frames leave in the order in which they were queued."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._socket = socket
        self._frames: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())
        self._alarm: asyncio.TimerHandle | None = None
        self._heard: deque[float] = deque(maxlen=MOST_HEARD)
        self.encode: Encoder = plain
        self.is_closing = False

    def send(self, payload: Json) -> None:
        self.send_text(frame(payload))

    def send_text(self, text: str) -> None:
        self._frames.put_nowait(text)

    def send_bytes(self, data: bytes) -> None:
        """Send frames as they are, without compression."""
        self._frames.put_nowait(data)

    def close(self, code: int) -> None:
        """Close in order, after what is queued."""
        self.is_closing = True
        self._frames.put_nowait(code)

    def count_heard(self) -> None:
        """Count a frame from the client. Raises RefusedError when it is one too many."""
        now = time.monotonic()
        if len(self._heard) == MOST_HEARD and now - self._heard[0] < PER_SECONDS:
            raise RefusedError(CloseCode.RATE_LIMITED)
        self._heard.append(now)

    def call_later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do this unless the connection ends or this is called again before."""
        self._stop_alarm()
        self._alarm = asyncio.get_running_loop().call_later(seconds, act)

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()

    def abort(self) -> None:
        """Break the connection without a close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def end(self) -> None:
        self._stop_alarm()
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            queued = await self._frames.get()
            try:
                if isinstance(queued, int):
                    await self._socket.close(code=queued, message=reason(queued))
                    return
                sent = self.encode(queued) if isinstance(queued, str) else queued
                if isinstance(sent, bytes):
                    await self._socket.send_bytes(sent)
                else:
                    await self._socket.send_str(sent)
            except ConnectionError:
                return  # the reader sees it too, and ends the connection


class Session:
    """The state that a RESUME needs: the shard, the intents, and the dispatches since the start."""

    def __init__(self, session_id: str, shard: tuple[int, int], intents: int) -> None:
        self.id = session_id
        self.shard = shard
        self.intents = intents
        self.connection: Connection | None = None
        self.sequence = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=_MOST_REPLAYED)

    def covers(self, guild_id: int) -> bool:
        shard_id, shards = self.shard
        return (guild_id >> 22) % shards == shard_id

    def dispatch(self, name: str, data: Any) -> None:
        """Send it now, or keep it until the client resumes."""
        self.sequence += 1
        text = frame({"op": DISPATCH, "t": name, "s": self.sequence, "d": data})
        self._sent.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send_text(text)

    def resume(self, connection: Connection, after: int) -> None:
        """Carry on over a new connection, with what the client missed."""
        self.connection = connection
        for sequence, text in self._sent:
            if sequence > after:
                connection.send_text(text)
        self.dispatch("RESUMED", {})
