"""A Discord whose every exchange is held against Discord's description, and the chat room connected to it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import discord
import pytest

from bot.sandbox.fake_discord.clock import SpeedClock
from bot.sandbox.fake_discord.demo import demo_world
from bot.sandbox.fake_discord.server import FakeDiscord
from bot.store.database import Database, open_database
from bot.store.migrate import migrate
from tests.chat.counter import Counter, counter_at
from tests.chat.studio import Studio, opened
from tests.sandbox.discord_openapi import openapi_checker


@pytest.fixture
def addresses() -> Iterator[None]:
    """discord.py's idea of where Discord is, put back after the test."""
    before = (
        discord.http.Route.BASE,
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY,
        discord.asset.Asset.BASE,
    )
    yield
    discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, discord.asset.Asset.BASE = (
        before
    )


@pytest.fixture
async def fake(addresses: None) -> AsyncIterator[FakeDiscord]:
    server = FakeDiscord(demo_world(SpeedClock()), has_strict_limits=False)
    server.requests.add_checker(openapi_checker())
    await server.start()
    yield server
    await server.stop()
    # The codes in Discord's nested errors are words, whatever its description says.
    assert [problem for problem in server.requests.problems if ": response errors/" not in problem] == []


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    migrate(sqlite_url)
    database = await open_database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
async def studio(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with opened(Studio(fake, database, tmp_path)) as studio:
        yield studio


@pytest.fixture
async def counter(studio: Studio) -> Counter:
    return await counter_at(studio)
