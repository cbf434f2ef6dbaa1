"""What the client offers, keeps and can do at once, what it reads badly, and what the check command finds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.chat.discord_check import Finding, check_discord, invite_url
from bot.chat.gateway.client import MOST_CONNECTIONS
from bot.chat.gateway.client_setup import ChatSettings, make_client
from bot.domain.errors import OperatorError
from bot.store.driver.database import Database
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import PATIENCE_SECONDS, Studio, opened, text_of

REGISTER = "PUT /applications/*"


@pytest.fixture
def settings(fake: FakeDiscord) -> ChatSettings:
    return ChatSettings(
        api_url=fake.api_url,
        gateway_url=fake.gateway_url,
        cdn_url=fake.cdn_url,
        guild_ready_seconds=0.1,
    )


@pytest.fixture
async def closed_studio(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """Not opened yet."""
    studio = Studio(fake, database, tmp_path)
    yield studio
    await studio.tasks.close()


# --- commands ---


async def test_the_commands_are_offered_in_servers_only(studio: Studio) -> None:
    commands = {command.name: command.definition for command in studio.world.commands.values()}
    for_all = {"imagine", "edit", "jobs", "usage", "privacy", "help"}
    for_all |= {"Edit image", "Image details", "Report image"}
    for_some = {"review": discord.Permissions.manage_messages, "config": discord.Permissions.manage_guild}
    assert set(commands) == for_all | set(for_some)
    for name, definition in commands.items():
        assert definition["contexts"] == [0]
        assert definition["integration_types"] == [0]
        wanted = for_some[name].flag if name in for_some else None
        assert definition.get("default_member_permissions") == wanted


async def test_the_contracts_options_are_there(studio: Studio) -> None:
    options = {
        command.name: [option["name"] for option in command.definition.get("options", [])]
        for command in studio.world.commands.values()
    }
    assert options["imagine"] == ["prompt", "aspect_ratio", "style", "preset", "count", "private", "spoiler"]
    assert options["edit"] == ["prompt", "image", "source", "style", "preset", "count", "private", "spoiler"]


async def test_commands_are_registered_once(studio: Studio) -> None:
    await studio.restart()
    await studio.restart()
    assert len(studio.discord.requests.matching(REGISTER)) == 1


async def test_in_a_development_server_the_commands_are_its_own(
    fake: FakeDiscord, database: Database, tmp_path: Path
) -> None:
    guild = fake.world.guild("Lantern Studio")
    studio = Studio(fake, database, tmp_path)
    studio.settings = replace(studio.settings, dev_guild_id=guild.id)
    async with opened(studio):
        assert {command.guild for command in fake.world.commands.values()} == {guild}
        await studio.imagine()


# --- logging in and out ---


async def test_a_wrong_token_is_an_operators_error(closed_studio: Studio) -> None:
    with pytest.raises(OperatorError, match="DISCORD_TOKEN"):
        await closed_studio.open(token="a-wrong-one")


async def test_a_broken_connection_is_taken_up_again(studio: Studio) -> None:
    studio.discord.faults.cut_gateway()
    await studio.imagine()


async def test_who_cannot_hear_is_not_ready_until_it_can(studio: Studio) -> None:
    async def is_ready() -> bool:
        return studio.chat.is_ready

    async def is_deaf() -> bool:
        return not studio.chat.is_ready

    studio.discord.faults.start_outage()
    await studio.eventually(is_deaf)
    studio.discord.faults.end_outage()
    await studio.eventually(is_ready)
    await studio.imagine()


async def test_a_dispatch_that_cannot_be_read_is_left_out(studio: Studio) -> None:
    studio.discord.faults.send_malformed()
    await studio.imagine()
    assert studio.metrics.loop_errors.labels(loop="gateway")._value.get() == 1
    assert not studio.running.done()


@pytest.mark.parametrize("frame", ["this is no JSON", "[]", '{"op": 10}', b"\0\0\xff\xff"])
async def test_after_a_frame_that_cannot_be_read_the_session_is_taken_up_again(
    studio: Studio, frame: str | bytes
) -> None:
    gateway = studio.discord.gateway
    (before,) = gateway.connections
    gateway.send_malformed(frame)
    await studio.until(lambda: gateway.is_online and before not in gateway.connections)
    await studio.imagine()
    assert studio.metrics.loop_errors.labels(loop="gateway")._value.get() == 1
    assert not studio.running.done()


async def test_a_closed_chat_is_not_ready(studio: Studio) -> None:
    assert studio.chat.is_ready
    await studio.chat.close()
    assert not studio.chat.is_ready


# --- lean ---


async def test_the_client_keeps_nothing_that_it_does_not_need(studio: Studio) -> None:
    await studio.imagine()
    client = studio.client
    assert client.intents == discord.Intents(guilds=True, guild_messages=True)
    assert list(client.cached_messages) == []
    assert {member.id for guild in client.guilds for member in guild.members} == {studio.world.app.user.id}


async def test_its_own_messages_and_all_edits_are_left_unread(studio: Studio) -> None:
    heard: list[str] = []
    has_heard = asyncio.Event()

    async def on_message(message: discord.Message) -> None:
        heard.append(message.author.name)
        has_heard.set()

    async def on_raw_message_edit(event: discord.RawMessageUpdateEvent) -> None:
        heard.append(f"an edit of {event.message_id}")

    studio.client.event(on_message)
    studio.client.event(on_raw_message_edit)
    await studio.imagine()
    studio.person("ada").say("pictures", "thank you")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await has_heard.wait()
    assert heard == ["ada"]


async def test_shards_answer_too(fake: FakeDiscord, database: Database, tmp_path: Path) -> None:
    studio = Studio(fake, database, tmp_path)
    studio.settings = replace(studio.settings, shard_count=1, shard_ids=(0,))
    async with opened(studio):
        assert isinstance(studio.client, discord.AutoShardedClient)
        message = await studio.person("ada").slash("pictures", "help").message()
        assert "How to use the bot" in text_of(message)


# --- the check command ---


def bad(findings: list[Finding]) -> list[str]:
    return [finding.text for finding in findings if not finding.is_good]


async def test_the_check_finds_all_in_order(fake: FakeDiscord, settings: ChatSettings) -> None:
    findings = await check_discord(fake.world.app.token, settings)
    assert bad(findings) == []
    told = {finding.subject: finding.text for finding in findings}
    assert "lantern" in told["Discord token"]
    assert told["Servers"] == "in about 2"
    assert "off" in told["Message Content"]


async def test_the_check_names_a_refused_token(settings: ChatSettings) -> None:
    (advice,) = bad(await check_discord("wrong", settings))
    assert "DISCORD_TOKEN" in advice


async def test_the_check_names_a_discord_that_does_not_answer(
    fake: FakeDiscord, settings: ChatSettings
) -> None:
    fake.faults.start_outage()
    (advice,) = bad(await check_discord(fake.world.app.token, settings))
    assert "DISCORD_API_URL" in advice


async def test_the_check_gives_the_invite_link_where_the_bot_is_nowhere(
    fake: FakeDiscord, settings: ChatSettings
) -> None:
    for guild in list(fake.world.guilds.values()):
        fake.world.remove_app(guild)
    (advice,) = bad(await check_discord(fake.world.app.token, settings))
    assert invite_url(fake.world.app.id) in advice


async def test_the_check_knows_of_message_content(fake: FakeDiscord, settings: ChatSettings) -> None:
    fake.world.app.has_message_content = True
    findings = await check_discord(fake.world.app.token, settings)
    assert "replies can edit everybody's pictures" in " ".join(finding.text for finding in findings)


async def test_without_the_reply_door_message_content_is_nobodys_business(
    fake: FakeDiscord, settings: ChatSettings
) -> None:
    findings = await check_discord(fake.world.app.token, replace(settings, has_reply_edits=False))
    assert "Message Content" not in {finding.subject for finding in findings}


def test_the_invite_asks_for_what_is_needed_and_no_more() -> None:
    url = invite_url(5)
    assert "client_id=5" in url
    assert "scope=bot+applications.commands" in url
    asked = discord.Permissions(int(url.rpartition("permissions=")[2]))
    assert {name for name, is_asked in asked if is_asked} == {
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "embed_links",
        "attach_files",
        "read_message_history",
        "add_reactions",
    }


async def test_a_client_points_where_it_is_told(settings: ChatSettings) -> None:
    make_client(settings)
    assert settings.api_url == discord.http.Route.BASE
    assert settings.cdn_url == discord.asset.Asset.BASE


# --- how much at once ---


async def test_a_crowd_is_answered_over_so_many_connections_as_a_process_may_have(studio: Studio) -> None:
    answers = "POST /interactions/*"
    crowd = MOST_CONNECTIONS + 50
    studio.world.answer_within_seconds = PATIENCE_SECONDS  # it is about how many at once, not how soon
    studio.discord.faults.slow(answers, seconds=2.0, times=crowd)
    asks = [studio.person("ada").slash("pictures", "help") for _ in range(crowd)]
    await asyncio.gather(*(ask.message(within_seconds=PATIENCE_SECONDS) for ask in asks))
    times = [(one.started_at, one.seconds) for one in studio.discord.requests.matching(answers)]
    most = max(
        sum(begun <= moment < begun + timedelta(seconds=lasted) for begun, lasted in times)
        for moment, _ in times
    )
    assert MOST_CONNECTIONS // 2 < most <= MOST_CONNECTIONS
