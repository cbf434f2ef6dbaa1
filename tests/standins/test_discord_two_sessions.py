"""Two sessions of one shard, as while one gateway hands it over to another: both hear all that happens."""

from __future__ import annotations

import asyncio
from typing import Any

from standins.fake_discord.person import Person
from tests.standins.raw_client import RawClient
from tests.standins.sockets import Socket, Sockets

MESSAGE = 4
SHARDS = 2


async def identified(sockets: Sockets, shard: int) -> Socket:
    socket = await sockets.open()
    await socket.identify(shard=[shard, SHARDS])
    return socket


def home(sockets: Sockets) -> int:
    """The shard in which members ask."""
    return (sockets.fake.world.channel("pictures").guild.id >> 22) % SHARDS


async def both_hear_of(name: str, *both: Socket) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = await asyncio.gather(*(socket.hear_of(name) for socket in both))
    return first, second


async def test_both_hear_of_each_message(sockets: Sockets) -> None:
    both = [await identified(sockets, home(sockets)) for _ in range(2)]
    said = Person(sockets.fake.world, "ada").say("pictures", "hello")
    first, second = await both_hear_of("MESSAGE_CREATE", *both)
    assert first == second
    assert first["id"] == str(said.id)


async def test_both_hear_of_each_interaction_and_the_first_answer_counts(
    raw: RawClient, sockets: Sockets
) -> None:
    both = [await identified(sockets, home(sockets)) for _ in range(2)]
    ask = Person(raw.fake.world, "ada").slash("pictures", "echo")
    first, second = await both_hear_of("INTERACTION_CREATE", *both)
    assert (first["id"], first["token"]) == (str(ask.interaction.id), ask.interaction.token)
    assert first == second
    assert (await raw.callback(ask, MESSAGE, {"content": "one"})).status == 200
    again = await raw.callback(ask, MESSAGE, {"content": "two"})
    assert (again.status, again.code) == (400, 40060)
    assert (await ask.message()).content == "one"


async def test_the_other_shard_hears_of_neither(raw: RawClient, sockets: Sockets) -> None:
    here, elsewhere = home(sockets), 1 - home(sockets)
    both = [await identified(sockets, here) for _ in range(2)]
    other = await identified(sockets, elsewhere)
    ada = Person(raw.fake.world, "ada")
    ada.say("pictures", "hello")
    ada.slash("pictures", "echo")
    await both_hear_of("INTERACTION_CREATE", *both)
    await other.say(1, None)
    heard = []
    while (frame := await other.hear())["op"] != 11:
        heard.append(frame["t"])
    assert set(heard) <= {"GUILD_CREATE"}


async def test_once_one_has_closed_the_other_hears_on(sockets: Sockets) -> None:
    old, new = [await identified(sockets, home(sockets)) for _ in range(2)]
    await old.close(1000)
    await old.close_code()
    said = Person(sockets.fake.world, "ada").say("pictures", "hello")
    assert (await new.hear_of("MESSAGE_CREATE"))["id"] == str(said.id)
    assert sockets.fake.is_connected
