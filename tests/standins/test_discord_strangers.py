"""What other libraries count on besides what discord.py needs; `make strangers` runs these libraries."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from standins.fake_discord.ids import made_at
from standins.fake_discord.model import Channel
from tests.standins.raw_client import ECHO, RawClient
from tests.standins.sockets import ALL_HEARD, Sockets
from tests.standins.test_discord_rules import BAD_COMMANDS, command

UNDOCUMENTED_IN_READY = {
    "_trace": list,
    "user_settings": dict,
    "session_type": str,
    "private_channels": list,  # eris
    "relationships": list,
    "presences": list,
    "guild_join_requests": list,
}


async def test_ready_has_what_discord_sends_undocumented(sockets: Sockets) -> None:
    ready = await (await sockets.open()).identify()
    assert {name: type(ready.get(name)) for name in UNDOCUMENTED_IN_READY} == UNDOCUMENTED_IN_READY


async def test_the_undocumented_intent_17_is_taken(sockets: Sockets) -> None:
    """interactions.py sends it wherever nobody chose intents."""
    await (await sockets.open()).identify(intents=ALL_HEARD | 1 << 17)


async def test_the_application_has_a_summary(raw: RawClient) -> None:
    """Which interactions.py demands."""
    for path in ("/oauth2/applications/@me", "/applications/@me"):
        assert (await raw.ask("GET", path)).body["summary"] == ""


def archived_at(guild: dict[str, Any], thread: Channel) -> datetime:
    found = next(one for one in guild["threads"] if one["id"] == str(thread.id))
    return datetime.fromisoformat(found["thread_metadata"]["archive_timestamp"])


async def test_a_thread_tells_since_when_it_is_open_or_archived(sockets: Sockets) -> None:
    """Without it, hikari drops the whole guild."""
    world = sockets.fake.world
    thread = world.channel("night scenes")
    socket = await sockets.open()
    await socket.identify()
    made = archived_at(await socket.hear_of("GUILD_CREATE"), thread)
    assert abs(made - made_at(thread.id)) < timedelta(seconds=1)
    world.set_archived(thread, archived=True)
    update = await socket.hear_of("THREAD_UPDATE")
    assert datetime.fromisoformat(update["thread_metadata"]["archive_timestamp"]) == thread.archive_changed_at


async def test_each_further_shard_is_noticed(sockets: Sockets) -> None:
    gateway = sockets.fake.gateway
    two = asyncio.create_task(sockets.fake.world.until(lambda _: len(gateway.shards) == 2))
    connected = [await sockets.open() for _ in range(2)]
    for shard, socket in enumerate(connected):
        await socket.identify(shard=[shard, 2])
    await two
    assert gateway.shards == {(0, 2), (1, 2)}
    sockets.fake.faults.cut_gateway()
    await sockets.fake.world.until(lambda _: not gateway.shards)


@pytest.mark.parametrize("of_a_guild", [False, True])
async def test_one_command_is_put_beside_the_others(raw: RawClient, *, of_a_guild: bool) -> None:
    """As nextcord registers them, one by one."""
    world = raw.fake.world
    guild = f"/guilds/{world.guild('Lantern Studio').id}" if of_a_guild else ""
    path = f"/applications/{world.app.id}{guild}/commands"
    await raw.ask("PUT", path, [ECHO])
    created = await raw.ask("POST", path, command())
    again = await raw.ask("POST", path, command(description="another"))
    assert (created.status, again.status) == (201, 200)
    assert (again.body["id"], again.body["description"]) == (created.body["id"], "another")
    assert [one["name"] for one in (await raw.ask("GET", path)).body] == ["echo", "paint"]


@pytest.mark.parametrize(("body", "path", "code"), BAD_COMMANDS)
async def test_one_command_keeps_the_same_rules(
    raw: RawClient, body: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    answered = await raw.ask("POST", f"/applications/{raw.fake.world.app.id}/commands", body)
    assert code in answered.wrong(*path[1:])


async def test_a_sixteenth_menu_is_one_too_many(raw: RawClient) -> None:
    """One is there already."""
    path = f"/applications/{raw.fake.world.app.id}/commands"
    answers = [await raw.ask("POST", path, {"name": f"Menu {n}", "type": 3}) for n in range(15)]
    assert [one.status for one in answers] == [*[201] * 14, 400]
    assert answers[-1].code == 30032
