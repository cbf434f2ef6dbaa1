"""The gateway without a library in between, frame by frame."""

from __future__ import annotations

from typing import Any

import aiohttp

from standins.fake_discord.dispatches import Intents
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import DEFAULT_TOKEN

ALL_HEARD = int(Intents.GUILDS | Intents.GUILD_MESSAGES)


class Socket:
    """A WebSocket to the gateway, frame by frame."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def say(self, op: int, data: Any) -> None:
        await self._socket.send_json({"op": op, "d": data})

    async def say_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def hear(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self._socket.receive_json(timeout=5)
        return frame

    async def hear_of(self, name: str) -> dict[str, Any]:
        """The data of the next dispatch of that name; others are passed over."""
        while True:
            frame = await self.hear()
            if frame.get("t") == name:
                return dict(frame["d"])

    async def close_code(self) -> int | None:
        while (await self._socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
            pass
        return self._socket.close_code

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)

    async def identify(self, **changes: Any) -> dict[str, Any]:
        await self.say(2, {"token": DEFAULT_TOKEN, "intents": ALL_HEARD} | changes)
        return await self.hear_of("READY")


class Sockets:
    def __init__(self, fake: FakeDiscord, session: aiohttp.ClientSession) -> None:
        self.fake = fake
        self._session = session
        self.hello: dict[str, Any] = {}

    async def dial(self, query: str = "") -> aiohttp.ClientWebSocketResponse:
        """A connection of which nothing is read yet."""
        return await self._session.ws_connect(self.fake.gateway_url + query)

    async def open(self) -> Socket:
        socket = Socket(await self.dial())
        hello = await socket.hear()
        assert hello["op"] == 10
        self.hello = hello["d"]
        return socket
