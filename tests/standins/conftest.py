"""A stand-in for Discord, alone and with the little bot connected."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from standins.fake_discord.server import FakeDiscord
from tests.standins.discord_openapi import openapi_checker
from tests.standins.little_bot import LittleBot, running_bot, running_discord
from tests.standins.raw_client import ECHO, MENU, RawClient
from tests.standins.sockets import Sockets


@pytest.fixture
async def discord_alone() -> AsyncIterator[FakeDiscord]:
    """The stand-in, with nobody connected."""
    async with running_discord() as fake:
        yield fake


@pytest.fixture
async def little_bot(discord_alone: FakeDiscord) -> AsyncIterator[LittleBot]:
    async with running_bot(discord_alone) as bot:
        yield bot


@pytest.fixture
async def checked(discord_alone: FakeDiscord) -> AsyncIterator[FakeDiscord]:
    """The stand-in, each exchange with which is held against Discord's description."""
    discord_alone.requests.add_checker(openapi_checker())
    yield discord_alone
    # An unmodified discord.py says of each edit that it is not to be read out; the bot leaves that out.
    problems = [one for one in discord_alone.requests.problems if not one.endswith(": undeclared keys: tts")]
    assert problems == []


@pytest.fixture
async def raw(discord_alone: FakeDiscord) -> AsyncIterator[RawClient]:
    """A client of the stand-in, with the commands /echo and "Edit image" registered."""
    async with aiohttp.ClientSession() as session:
        client = RawClient(discord_alone, session)
        await client.register(ECHO, MENU)
        yield client


@pytest.fixture
async def sockets(discord_alone: FakeDiscord) -> AsyncIterator[Sockets]:
    async with aiohttp.ClientSession() as session:
        yield Sockets(discord_alone, session)
