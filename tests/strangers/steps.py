"""What every library has to bring about on the stand-in, judged by what the stand-in saw of it."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from standins.clock import VirtualClock
from standins.fake_discord.asks import Ask
from standins.fake_discord.demo import demo_world
from standins.fake_discord.model import Guild, Message
from standins.fake_discord.person import Person
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import World

SHARDS = 2
COMMANDS = {"greet", "edit", "upload"}
PATIENCE_SECONDS = 60.0
"""For each thing that is waited for: shards begin five seconds apart, and some libraries redial late."""
_LOWEST_ERROR = 400
_STUMBLED = re.compile(r"^.*(?:\bERROR\b|Traceback|Error\b).*$", re.MULTILINE)


class NotSoError(Exception):
    """Something came about that should not have, or otherwise than it should."""


@dataclass(frozen=True)
class Stage:
    fake: FakeDiscord
    picture: bytes
    log: Path
    """What the library prints."""

    async def until(self, condition: Callable[[World], object]) -> None:
        """Raises ConditionNotMetError."""
        await self.fake.world.until(condition, within_seconds=PATIENCE_SECONDS)

    def guild_of(self, shard: int) -> Guild:
        return next(one for one in self.fake.world.guilds.values() if shard_of(one.id) == shard)

    def ask(self, command: str, *, shard: int = 0, **options: str) -> Ask:
        """The owner of a guild on that shard uses the command in its first channel."""
        guild = self.guild_of(shard)
        owner = Person(self.fake.world, guild.owner.username)
        channel = next(iter(guild.channels.values()))
        return owner.slash(channel, command, **options)


def shard_of(guild_id: int) -> int:
    return (guild_id >> 22) % SHARDS


def world_with_a_guild_on_each_shard() -> World:
    world = demo_world(VirtualClock())
    while {shard_of(one) for one in world.guilds} != set(range(SHARDS)):
        world.snowflakes.go_on(world.snowflakes.last + (1 << 22))
        guild = world.add_guild("Lighthouse", world.user("otto"))
        world.add_channel(guild, "lamp room")
    world.app.token = (
        f"{b64encode(str(world.app.id).encode()).decode()}.strange.token"  # hikari looks into it
    )
    world.answer_within_seconds = PATIENCE_SECONDS  # so that what is asked during an outage is answered after
    return world


async def log_in(stage: Stage) -> None:
    await stage.until(lambda _: stage.fake.is_connected)


async def register(stage: Stage) -> None:
    await stage.until(lambda world: {one.name for one in world.commands.values()} == COMMANDS)


async def answer(stage: Stage) -> None:
    await _greeted(stage.ask("greet", name="Ada"), "Ada")


async def edit(stage: Stage) -> None:
    message = await stage.ask("edit").message(within_seconds=PATIENCE_SECONDS)
    await stage.until(lambda _: message.content == "second" and message.edited_at)


async def upload(stage: Stage) -> None:
    message = await stage.ask("upload").message(within_seconds=PATIENCE_SECONDS)
    _check(message.content == "done", f"said {message.content!r}")
    sent = [(one.filename, one.data) for one in message.attachments]
    _check(sent == [("picture.png", stage.picture)], f"uploaded {[name for name, _ in sent]}")


async def shard(stage: Stage) -> None:
    await stage.until(lambda _: stage.fake.gateway.shards == {(one, SHARDS) for one in range(SHARDS)})
    await _greet_everywhere(stage)


async def resume(stage: Stage) -> None:
    """What is asked while it is away is answered once it is back, and no new session was begun for that."""
    gateway = stage.fake.gateway
    shards, starts = gateway.shards, gateway.session_starts.remaining
    stage.fake.faults.cut_gateway()
    await stage.until(lambda _: not stage.fake.is_connected)
    await _greet_everywhere(stage)
    await stage.until(lambda _: gateway.shards == shards)
    _check(gateway.session_starts.remaining == starts, "began a new session")


async def no_error(stage: Stage) -> None:
    """Nothing was refused, and nothing was logged that the library stumbled over."""
    refused = {
        f"{one.route} {one.status} {one.response}"
        for one in stage.fake.requests
        if one.status is None or one.status >= _LOWEST_ERROR
    }
    _check(not refused, "; ".join(sorted(refused)))
    stumbled = _STUMBLED.search(stage.log.read_text())
    _check(not stumbled, f"logged {stumbled and stumbled[0]!r}")


STEPS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "log in": log_in,
    "register": register,
    "answer": answer,
    "edit": edit,
    "upload": upload,
    "shard": shard,
    "resume": resume,
    "no error": no_error,
}


async def _greet_everywhere(stage: Stage) -> None:
    names = [f"shard {number}" for number in range(SHARDS)]
    asks = [stage.ask("greet", shard=number, name=name) for number, name in enumerate(names)]
    await asyncio.gather(*map(_greeted, asks, names))


async def _greeted(ask: Ask, name: str) -> None:
    message: Message = await ask.message(within_seconds=PATIENCE_SECONDS)
    _check(message.content == f"Hello {name}", f"said {message.content!r}")


def _check(is_so: object, otherwise: str) -> None:
    if not is_so:
        raise NotSoError(otherwise)
