"""Several processes of the bot on one PostgreSQL database, between both stand-ins."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from cryptography.fernet import Fernet

from sandbox.bot_process import BotProcess
from standins.fake_discord.model import Channel, Message
from tests.journeys.town import PATIENCE_SECONDS, SIGNS_OF_A_BUG, Town
from tests.networks import Machine
from tests.shown_pictures import job_ids_of

#: Several shards are connected within this time, although they begin sessions one after the other.
SHARDS_SECONDS = 45.0
SECRET_KEY = Fernet.generate_key().decode()


class Fleet:
    """A gateway, which is the town's bot, and other processes beside it."""

    def __init__(self, town: Town, url: str) -> None:
        self.town = town
        self.settings = {"DATABASE_URL": url, "QUEUE": "procrastinate", "SECRET_KEY": SECRET_KEY}
        self.others: list[BotProcess] = []

    async def start_gateway(self, **settings: str) -> None:
        await self.town.open(**self.settings, **settings)

    async def start(
        self, command: str = "worker", on: Machine | None = None, /, **settings: str
    ) -> BotProcess:
        """Start one more process, a worker or a gateway, here or on another machine."""
        number = len(self.others) + 1
        folder = self.town.folder / f"other-{number}"
        environment = self.town.environment(**{**self.settings, "DATA_DIR": str(folder), **settings})
        there = () if on is None else on.command
        words = (*there, sys.executable, "-m", "sandbox.leash", command, "--env-file", os.devnull)
        process = BotProcess(environment, folder.with_suffix(".log"), words)
        self.others.append(process)
        await process.start()
        return process

    async def ask(self, prompt: str, count: int = 4, channel: Channel | str = "pictures") -> Message:
        return await self.town.person("ada").slash(channel, "imagine", prompt=prompt, count=count).message()

    async def channels_on_all_shards(self, count: int) -> list[Channel]:
        """Add servers until there is one on each shard, and return a channel in each where ada may ask."""
        world, found = self.town.world, dict[int, Channel]()
        while len(found) < count:
            guild = world.add_guild(f"Server {len(world.guilds)}", world.user("otto"))
            world.add_member(guild, world.user("ada"))
            found[(guild.id >> 22) % count] = world.add_channel(guild, f"pictures-{guild.id}")
            await asyncio.sleep(0.001)  # which shard it is, the time decides
        return [found[shard_id] for shard_id in range(count)]

    async def until_connected(self, *shards: tuple[int, int], within_seconds: float = SHARDS_SECONDS) -> None:
        """Wait until exactly these shards are connected."""
        await self.town.until(lambda: self.town.discord.gateway.shards == set(shards), within_seconds)

    async def health(self, process: BotProcess) -> Mapping[str, Any]:
        told = re.findall(r"serving /healthz and /metrics .* port=(\d+)", "\n".join(process.lines))
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{told[-1]}/healthz") as answer,
        ):
            found: Mapping[str, Any] = await answer.json()
            return found

    async def until_pictures(
        self, messages: Sequence[Message], count: int = 4, within_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait until each card shows all of its pictures, each once."""
        await self.town.until(
            lambda: all(len(one.attachments) == len(set(job_ids_of(one))) == count for one in messages),
            within_seconds,
        )

    async def until_said(self, process: BotProcess, words: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in "\n".join(process.lines):  # noqa: ASYNC110  another process says it
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        await asyncio.gather(*(process.stop() for process in (self.town.bot, *self.others)))
        for log in self.town.folder.glob("other-*.log"):
            for words in SIGNS_OF_A_BUG:
                assert words not in log.read_text()

    async def start_two_workers(self) -> tuple[BotProcess, BotProcess]:
        """The second does not do the chores of all."""
        first = await self.start()
        await self.until_said(first, "doing the chores")
        second = await self.start()
        await self.until_said(second, "waiting to take over")
        return first, second
