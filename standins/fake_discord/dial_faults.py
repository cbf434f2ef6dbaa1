"""The gateway's addresses and sessions, and how they fail on request: dead hosts, dead sessions.

A door is an address at which clients dial. There are two, as in life: the main gateway's, and the one where
READY sends clients to resume.
"""

from __future__ import annotations

import asyncio
import math
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from standins.fake_discord.sessions import Connection

INVALID_SESSION, RECONNECT = 9, 7
AUTHENTICATION_FAILED = 4004


class DoorState(Enum):
    OPEN = auto()
    BUSY = auto()
    """The handshake is answered 503."""
    REFUSING = auto()
    """No process listens."""
    HANGING = auto()
    """The connection is accepted, and the handshake is never answered."""
    RESETTING = auto()
    """The connection is accepted, and broken at once."""
    SILENT = auto()
    """The handshake is answered, and then nothing is said, not even HELLO."""


class Door:
    """An address of its own at which the gateway answers; the first start chooses a port that is kept."""

    def __init__(self, host: str, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        self._host = host
        self._port = 0
        self._answer = answer
        self._state = DoorState.OPEN
        self._turned = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._site: web.SockSite | None = None
        self.dials = 0
        """How many connections were asked for here while the address listened."""

    @property
    def url(self) -> str:
        return f"ws://{self._host}:{self._port}"

    @property
    def state(self) -> DoorState:
        return self._state

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._handle)
        self._state = DoorState.OPEN
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen()

    async def close(self) -> None:
        self._release()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = self._site = None

    async def turn(self, state: DoorState) -> None:
        """Switch it for new connections; open ones stay open, those that hang are broken."""
        self._state = state
        self._release()
        if state is DoorState.REFUSING:
            if self._site is not None:
                await self._site.stop()
                self._site = None
        else:
            await self._listen()

    async def _listen(self) -> None:
        if self._runner is None or self._site is not None:
            return
        listener = socket.create_server((self._host, self._port))
        self._port = listener.getsockname()[1]
        self._site = web.SockSite(self._runner, listener)
        await self._site.start()

    def _release(self) -> None:
        self._turned.set()
        self._turned = asyncio.Event()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.dials += 1
        if self._state is DoorState.OPEN:
            return await self._answer(request)
        if self._state is DoorState.BUSY:
            return web.Response(status=503)
        if self._state is DoorState.SILENT:
            await web.WebSocketResponse().prepare(request)
        if self._state in {DoorState.SILENT, DoorState.HANGING}:
            await self._turned.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)


@dataclass
class SessionFaults:
    """The fate of each IDENTIFY and RESUME while it is set."""

    invalidates: bool = False
    """Op 9: begin a new session. What is resumed is forgotten."""
    closes_with: int | None = None
    """This close code."""
    is_silent: bool = False
    """No answer."""

    def spoil(self, connection: Connection) -> bool:
        """Say whether at least one of them has happened."""
        if self.invalidates:
            connection.send({"op": INVALID_SESSION, "d": False})
        elif self.closes_with is not None:
            connection.close(self.closes_with)
        return self.invalidates or self.closes_with is not None or self.is_silent

    def clear(self) -> None:
        self.invalidates, self.closes_with, self.is_silent = False, None, False


@dataclass
class SessionStarts:
    """The sessions that the application may begin until the limit resets; `remaining` is counted down."""

    total: int = 1000
    remaining: int = 1000
    reset_after_seconds: float = 86_400.0
    max_concurrency: int = 1
    window_seconds: float = 0.0
    """In which `max_concurrency` sessions may begin. Discord's is 5; without one, restarts need not wait."""
    refused: int = 0
    """How many were begun too early."""
    _last: dict[int, float] = field(default_factory=dict)

    def is_due(self, shard_id: int) -> bool:
        """Say whether no other shard with the same remainder began a session within the window."""
        now, bucket = time.monotonic(), shard_id % self.max_concurrency
        if now - self._last.get(bucket, -math.inf) < self.window_seconds:
            self.refused += 1
            return False
        self._last[bucket] = now
        return True

    def spend(self) -> bool:
        """Count one session; False if none was left."""
        self.remaining -= 1
        if self.remaining >= 0:
            return True
        self.remaining = 0
        return False

    def as_json(self) -> dict[str, int]:
        return {
            "total": self.total,
            "remaining": self.remaining,
            "reset_after": round(self.reset_after_seconds * 1000),
            "max_concurrency": self.max_concurrency,
        }
