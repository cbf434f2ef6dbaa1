"""The gateway: who gets in, what is replayed, what an unprivileged bot reads, which shard hears what."""

from __future__ import annotations

import asyncio

import discord
import pytest

from standins.fake_discord.dispatches import Intents
from standins.fake_discord.interactions import open_interaction
from standins.fake_discord.model import InteractionKind
from standins.fake_discord.permissions import WITHOUT_BOT, Permissions
from standins.fake_discord.person import Person, Upload
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import DEFAULT_TOKEN
from tests.standins.little_bot import LittleBot, png, running_bot
from tests.standins.sockets import ALL_HEARD, Sockets


async def test_heartbeats_are_acknowledged_unless_deaf(sockets: Sockets) -> None:
    socket = await sockets.open()
    await socket.say(1, None)
    assert (await socket.hear())["op"] == 11
    sockets.fake.gateway.is_deaf = True
    await socket.say(1, None)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.hear(), 0.05)


async def test_a_privileged_intent_is_taken_once_it_is_toggled(sockets: Sockets) -> None:
    sockets.fake.world.app.has_message_content = True
    ready = await (await sockets.open()).identify(intents=int(Intents.MESSAGE_CONTENT))
    assert ready["application"]["flags"] == 1 << 19


async def test_ready_is_followed_by_the_guilds(sockets: Sockets) -> None:
    socket = await sockets.open()
    ready = await socket.identify()
    assert ready["resume_gateway_url"] == sockets.fake.resume_door.url
    assert {one["id"] for one in ready["guilds"]} == {str(one) for one in sockets.fake.world.guilds}
    guild = await socket.hear_of("GUILD_CREATE")
    assert guild["name"] == "Lantern Studio"
    assert [one["name"] for one in guild["channels"]] == ["pictures", "general", "after-dark"]
    assert [one["name"] for one in guild["threads"]] == ["night scenes"]
    assert sockets.fake.is_connected


async def test_each_shard_hears_of_its_own_guilds(sockets: Sockets) -> None:
    world = sockets.fake.world
    by_shard: dict[int, list[str]] = {}
    for shard in range(2):
        ready = await (await sockets.open()).identify(shard=[shard, 2])
        by_shard[shard] = [one["id"] for one in ready["guilds"]]
    expected = {shard: [str(one) for one in world.guilds if (one >> 22) % 2 == shard] for shard in range(2)}
    assert by_shard == expected
    assert sorted(map(len, by_shard.values())) != [0, 0]


async def test_what_was_missed_is_replayed(sockets: Sockets) -> None:
    socket = await sockets.open()
    ready = await socket.identify()
    await socket.hear_of("GUILD_CREATE")
    sockets.fake.faults.cut_gateway()
    await socket.close_code()
    await sockets.fake.world.until(lambda _: not sockets.fake.is_connected)
    said = Person(sockets.fake.world, "ada").say("pictures", "missed")
    again = await sockets.open()
    await again.say(6, {"token": DEFAULT_TOKEN, "session_id": ready["session_id"], "seq": 3})
    assert (await again.hear_of("MESSAGE_CREATE"))["id"] == str(said.id)
    assert (await again.hear())["t"] == "RESUMED"


async def test_an_unknown_session_is_invalid(sockets: Sockets) -> None:
    socket = await sockets.open()
    await socket.say(6, {"token": DEFAULT_TOKEN, "session_id": "unknown", "seq": 1})
    assert await socket.hear() == {"op": 9, "d": False, "s": None, "t": None}


async def test_a_session_ends_with_a_normal_close(sockets: Sockets) -> None:
    socket = await sockets.open()
    ready = await socket.identify()
    await socket.close(1000)
    await sockets.fake.world.until(lambda _: not sockets.fake.is_connected)
    again = await sockets.open()
    await again.say(6, {"token": DEFAULT_TOKEN, "session_id": ready["session_id"], "seq": 1})
    assert (await again.hear())["op"] == 9


async def test_messages_are_blank_unless_they_concern_the_bot(sockets: Sockets) -> None:
    socket = await sockets.open()
    await socket.identify()
    ada = Person(sockets.fake.world, "ada")
    plain = ada.say("pictures", "secret", files=[Upload("cat.png", png())])
    shown = await socket.hear_of("MESSAGE_CREATE")
    assert (shown["content"], shown["attachments"], shown["member"]["roles"]) == ("", [], [])
    ada.say("pictures", "@Lantern night", reply_to=plain, files=[Upload("dog.png", png())])
    shown = await socket.hear_of("MESSAGE_CREATE")
    assert shown["content"].endswith("night")
    assert [one["filename"] for one in shown["attachments"]] == ["dog.png"]
    assert (shown["referenced_message"]["content"], shown["referenced_message"]["attachments"]) == ("", [])


async def test_with_the_privileged_intent_all_is_read(sockets: Sockets) -> None:
    sockets.fake.world.app.has_message_content = True
    socket = await sockets.open()
    await socket.identify(intents=ALL_HEARD | int(Intents.MESSAGE_CONTENT))
    Person(sockets.fake.world, "ada").say("pictures", "secret")
    assert (await socket.hear_of("MESSAGE_CREATE"))["content"] == "secret"


async def test_what_the_bot_may_not_see_is_not_told(sockets: Sockets) -> None:
    world = sockets.fake.world
    hidden = world.channel("general")
    world.set_overwrite(hidden, world.app.user, deny=Permissions.VIEW_CHANNEL)
    socket = await sockets.open()
    await socket.identify()
    guild = await socket.hear_of("GUILD_CREATE")
    assert [one["name"] for one in guild["channels"]] == ["pictures", "___hidden___", "after-dark"]
    ada = Person(world, "ada")
    ada.say(hidden, "unheard")
    heard = ada.say("pictures", "heard")
    assert (await socket.hear_of("MESSAGE_CREATE"))["id"] == str(heard.id)


async def test_changes_of_the_world_are_told(sockets: Sockets) -> None:
    world = sockets.fake.world
    socket = await sockets.open()
    await socket.identify()
    pictures = world.channel("pictures")
    world.set_overwrite(pictures, world.app.user, deny=Permissions.ATTACH_FILES)
    changed = await socket.hear_of("CHANNEL_UPDATE")
    assert changed["permission_overwrites"][0]["deny"] == str(int(Permissions.ATTACH_FILES))
    world.set_premium_tier(pictures.guild, 3)
    assert (await socket.hear_of("GUILD_UPDATE"))["premium_tier"] == 3
    said = Person(world, "ada").say(pictures, "x")
    Person(world, "ada").delete(said)
    assert (await socket.hear_of("MESSAGE_DELETE"))["id"] == str(said.id)
    world.delete_channel(pictures)
    assert (await socket.hear_of("CHANNEL_DELETE"))["id"] == str(pictures.id)
    world.remove_app(pictures.guild)
    assert await socket.hear_of("GUILD_DELETE") == {"id": str(pictures.guild.id)}


async def test_many_messages_deleted_at_once_are_told_once(sockets: Sockets) -> None:
    world = sockets.fake.world
    socket = await sockets.open()
    await socket.identify()
    said = [Person(world, "ada").say("pictures", text) for text in ("one", "two")]
    world.delete_messages(said)
    Person(world, "ada").delete(Person(world, "ada").say("pictures", "three"))
    told = await socket.hear_of("MESSAGE_DELETE_BULK")
    assert told["ids"] == [str(message.id) for message in said]
    assert (await socket.hear_of("MESSAGE_DELETE"))["id"] not in told["ids"]


async def test_of_a_channel_deleted_with_its_threads_the_channel_alone_is_told(sockets: Sockets) -> None:
    world = sockets.fake.world
    socket = await sockets.open()
    await socket.identify()
    pictures = world.channel("pictures")
    world.add_thread(pictures, "sketches")
    world.delete_channel(pictures)
    world.delete_channel(world.add_thread(world.channel("general"), "notes"))
    while (told := await socket.hear())["t"] != "THREAD_DELETE":
        last = told
    assert last["t"] == "THREAD_CREATE"
    assert told["d"]["name"] == "notes"


async def test_guilds_may_be_held_back(sockets: Sockets) -> None:
    sockets.fake.gateway.holds_guilds_back = True
    world = sockets.fake.world
    socket = await sockets.open()
    ready = await socket.identify()
    assert len(ready["guilds"]) == len(world.guilds)
    said = Person(world, "ada").say("pictures", "hello")
    told = await socket.hear()
    assert (told["t"], told["d"]["id"]) == ("MESSAGE_CREATE", str(said.id))


async def test_a_server_without_the_bot_user_is_heard_of_by_interactions_only(sockets: Sockets) -> None:
    world = sockets.fake.world
    lounge = world.channel("lounge")
    world.remove_bot(lounge.guild)
    socket = await sockets.open()
    ready = await socket.identify()
    assert str(lounge.guild.id) not in [guild["id"] for guild in ready["guilds"]]
    Person(world, "zoe").say(lounge, "unheard")
    press = {"component_type": 2, "custom_id": "x", "id": 1}
    open_interaction(world, InteractionKind.COMPONENT, lounge, world.user("zoe"), press)
    while (told := await socket.hear())["t"] == "GUILD_CREATE":
        assert told["d"]["id"] != str(lounge.guild.id)
    assert told["t"] == "INTERACTION_CREATE"
    assert told["d"]["app_permissions"] == str(int(WITHOUT_BOT))


async def test_of_members_only_its_own_roles_are_told(sockets: Sockets) -> None:
    world = sockets.fake.world
    guild = world.guild("Lantern Studio")
    socket = await sockets.open()
    await socket.identify()
    for user in (world.user("ada"), world.app.user):
        world.set_roles(guild.members[user.id], *list(guild.roles.values())[1:2])
    told = await socket.hear_of("GUILD_MEMBER_UPDATE")
    assert (told["user"]["username"], len(told["roles"])) == ("lantern", 1)


async def test_discord_py_resumes_after_a_cut(discord_alone: FakeDiscord, little_bot: LittleBot) -> None:
    resumed = asyncio.create_task(little_bot.wait_for("resumed", timeout=5))
    await asyncio.sleep(0)
    discord_alone.faults.cut_gateway()
    await discord_alone.world.until(lambda _: not discord_alone.is_connected)
    ask = Person(discord_alone.world, "ada").slash("pictures", "echo", text="in between")
    await resumed
    assert (await ask.message()).content == "in between"


async def test_discord_py_identifies_anew_after_an_invalid_session(
    discord_alone: FakeDiscord, little_bot: LittleBot
) -> None:
    ready = asyncio.create_task(little_bot.wait_for("ready", timeout=9))
    await asyncio.sleep(0)
    discord_alone.faults.invalidate_sessions()
    await ready
    message = await Person(discord_alone.world, "ada").slash("pictures", "echo", text="anew").message()
    assert message.content == "anew"


async def test_one_malformed_dispatch_ends_discord_py(discord_alone: FakeDiscord) -> None:
    bot = LittleBot()
    async with running_bot(discord_alone, bot):
        discord_alone.faults.send_malformed()
        await asyncio.wait([bot.ended], timeout=5)
        assert isinstance(bot.ended.exception(), KeyError)


class TwoShards(discord.AutoShardedClient):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py waits five seconds here between its shards."""


async def test_discord_py_starts_as_many_shards_as_it_is_told(discord_alone: FakeDiscord) -> None:
    bot = TwoShards(intents=discord.Intents(guilds=True), shard_count=2, guild_ready_timeout=0.1)
    await bot.login(DEFAULT_TOKEN)
    running = asyncio.create_task(bot.connect())
    await asyncio.wait_for(bot.wait_until_ready(), 5)
    guilds = {guild.name: guild.shard_id for guild in bot.guilds}
    assert guilds == {one.name: (one.id >> 22) % 2 for one in discord_alone.world.guilds.values()}
    await bot.close()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_start_that_needs_a_privileged_intent_fails(discord_alone: FakeDiscord) -> None:
    bot = LittleBot(intents=discord.Intents(guilds=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(bot.start(DEFAULT_TOKEN), 5)
    await bot.close()


async def test_a_wrong_token_is_unauthorized(discord_alone: FakeDiscord) -> None:
    bot = LittleBot()
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()


async def test_the_rhythm_is_told_and_watched(sockets: Sockets) -> None:
    heartbeats = sockets.fake.gateway.heartbeats
    heartbeats.interval_seconds = 7.0
    socket = await sockets.open()
    assert sockets.hello["heartbeat_interval"] == 7000
    await socket.say(1, None)
    await socket.hear()
    assert (heartbeats.heard, heartbeats.missed) == (1, 0)
