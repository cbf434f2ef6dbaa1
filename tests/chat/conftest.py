"""A Discord whose exchanges are held against Discord's description, and the chat room connected to it."""

import json
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.store.driver.database import Database, open_database
from bot.store.upkeep.migrate import migrate
from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.record import Checker, Exchange
from standins.fake_discord.server import FakeDiscord
from tests.chat.counter import Counter, counter_at
from tests.chat.studio import PICTURES_ELSEWHERE, Studio, opened
from tests.standins.discord_openapi import openapi_checker

#: A mention tells back what was pressed, as if it were a member's id.
_OWN_ID = re.compile(r"(?<![\d@#&])731\d{4}(?!\d)")
#: What no client shows: ids in what can be pressed, which are held against the place where that stands.
_HIDDEN = ("custom_id", "nonce")
_ID = re.compile(r"\d{15,}")


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


@pytest.fixture(scope="session")
def described() -> Checker:
    """Discord's description; exchanges that differ by nothing but ids are held against it once."""
    check = openapi_checker()
    seen: set[str] = set()

    def check_once(exchange: Exchange) -> list[str]:
        what = json.dumps([exchange.route, exchange.query, exchange.json, exchange.status], default=str)
        shape = _ID.sub("#", what)
        if shape in seen:
            return []
        seen.add(shape)
        return check(exchange)

    return check_once


@pytest.fixture
async def fake(addresses: None, described: Checker) -> AsyncIterator[FakeDiscord]:
    server = FakeDiscord(demo_world(VirtualClock()), has_strict_limits=False)
    server.requests.add_checker(described)
    await server.start()
    yield server
    await server.stop()
    # The codes in Discord's nested errors are words, whatever its description says.
    assert [problem for problem in server.requests.problems if ": answered errors/" not in problem] == []
    assert [shown for one in server.requests if _OWN_ID.search(shown := shown_of(one))] == []


def shown_of(exchange: Exchange) -> str:
    """All that a member could see of what the bot says with it."""
    seen = [file.filename for file in exchange.files]
    return json.dumps([*seen, _seen(exchange.json)], default=str)


def _seen(said: Any) -> Any:
    """Of the options of a list nobody sees the value, but of what is offered while somebody types."""
    if isinstance(said, list):
        return [_seen(one) for one in said]
    if not isinstance(said, dict):
        return said
    hidden = (*_HIDDEN, "value") if "label" in said else _HIDDEN
    return {name: _seen(value) for name, value in said.items() if name not in hidden}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which other servers have made many pictures, without anything of them; to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection, connection:
        before = [("jobs", PICTURES_ELSEWHERE), ("cards", PICTURES_ELSEWHERE)]
        connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", before)
    return path


@pytest.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    path = shutil.copy(migrated, tmp_path / "bot.sqlite3")
    database = await open_database(f"sqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture
async def studio(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with opened(Studio(fake, database, tmp_path)) as studio:
        yield studio


@pytest.fixture
async def counter(studio: Studio) -> Counter:
    return await counter_at(studio)
