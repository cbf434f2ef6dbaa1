"""The page before a stand-in, and its wire as a browser speaks it: for tests without a browser."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.bot_process import BotProcess
from sandbox.page.server import Page
from sandbox.page.stage import Machinery, Stage
from standins.clock import VirtualClock
from standins.fake_discord.server import FakeDiscord
from standins.fake_segmind.facade import FakeSegmind
from tests.standins.little_bot import running_discord

WITHIN_SECONDS = 8.0
#: Says that it is there, and goes only when it is told to.
PATIENT_BOT = "import time; print('\\x1b[32mready\\x1b[0m', flush=True); time.sleep(60)"

#: Asked for off loopback.
TOKEN = "a-token-of-the-tests"

Json = dict[str, Any]


class Refused(Exception):
    """The act was answered with words instead of a result."""


@dataclass
class OpenPage:
    url: str
    discord: FakeDiscord
    segmind: FakeSegmind
    bot: BotProcess
    stop: Callable[[], Awaitable[None]]

    @property
    def world(self) -> Any:
        return self.discord.world


@asynccontextmanager
async def open_page(
    folder: Path, *, script: str = PATIENT_BOT, host: str = "127.0.0.1"
) -> AsyncIterator[OpenPage]:
    """The page on a free port. The bot's process is a script; the bot that Discord sees is another matter."""
    clock = VirtualClock()
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(running_discord(clock))
        segmind = await stack.enter_async_context(FakeSegmind())
        bot = BotProcess({}, folder / "bot.log", (sys.executable, "-c", script))
        stage = Stage(Machinery(discord, clock, segmind, bot))
        page = Page(discord.world, stage, token=TOKEN, host=host, port=0)
        await page.start()
        stack.push_async_callback(bot.stop)
        stack.push_async_callback(page.stop)
        yield OpenPage(page.url, discord, segmind, bot, page.stop)


class Viewer:
    """One person's connection. `snapshot` is what came first; `heard` is every event after it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._changed = asyncio.Event()
        self.snapshot: Json = {}
        self.heard: list[Json] = []

    async def listen(self) -> None:
        async for message in self._socket:
            self._take(message.json())
            self._changed.set()
            self._changed = asyncio.Event()

    def _take(self, event: Json) -> None:
        if event["type"] == "snapshot":
            self.snapshot = event
        elif event["type"] == "answer":
            self._answers.pop(event["id"]).set_result(event)
        else:
            self.heard.append(event)

    async def act(self, action: str, **parameters: Any) -> Json:
        """The result. Raises Refused with the words that the person reads."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        waiting = self._answers[number]
        await self._socket.send_json({"id": number, "action": action, **parameters})
        answer = await asyncio.wait_for(waiting, WITHIN_SECONDS)
        if "refused" in answer:
            raise Refused(answer["refused"])
        result: Json = answer["result"]
        return result

    async def welcomed(self) -> None:
        async with asyncio.timeout(WITHIN_SECONDS):
            while not self.snapshot:
                await self._changed.wait()

    async def until(self, kind: str, matches: Callable[[Json], object] = bool) -> Json:
        """The first event of that kind that matches, heard already or soon."""
        async with asyncio.timeout(WITHIN_SECONDS):
            while True:
                for event in self.heard:
                    if event["type"] == kind and matches(event):
                        return event
                await self._changed.wait()

    def channel(self, name: str) -> Json:
        """The channel by name, as this person sees it."""
        channels = [one for guild in self.snapshot["guilds"] for one in guild["channels"]]
        found: Json = next(one for one in channels if one["name"] == name)
        return found

    def channel_names(self) -> list[str]:
        return [one["name"] for guild in self.snapshot["guilds"] for one in guild["channels"]]


@asynccontextmanager
async def viewing(page: OpenPage, who: str) -> AsyncIterator[Viewer]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{page.url}live?as={who}") as socket:
        viewer = Viewer(socket)
        listening = asyncio.create_task(viewer.listen())
        await viewer.welcomed()
        try:
            yield viewer
        finally:
            await socket.close()
            await listening


async def upload(page: OpenPage, who: str, name: str, data: bytes) -> str:
    """The key under which the person's next act can use the file."""
    query = {"as": who, "name": name, "type": "image/png"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{page.url}files", params=query, data=data) as response,
    ):
        key: str = (await response.json())["key"]
        return key
