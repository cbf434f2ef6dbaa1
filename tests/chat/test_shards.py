"""Several shards in one process: all of them answer, and ready means that each of them hears."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.gateway.websocket import Connection
from bot.store.driver.database import Database
from standins.clock import VirtualClock
from standins.fake_discord.asks import Ask
from standins.fake_discord.demo import demo_world
from standins.fake_discord.dial_faults import DoorState
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import Studio, opened, text_of


@pytest.fixture
async def large_fake(addresses: None) -> AsyncIterator[FakeDiscord]:
    """Discord, where it recommends two shards."""
    server = FakeDiscord(demo_world(VirtualClock()), has_strict_limits=False, shards=2)
    await server.start()
    yield server
    await server.stop()


async def all_hear(studio: Studio) -> bool:
    return studio.chat.is_ready


@pytest.mark.parametrize(("count", "shards"), [(None, 2), (2, 2), (3, 3), (1, 1)])
async def test_every_shard_answers_and_ready_means_all_of_them(
    large_fake: FakeDiscord, database: Database, tmp_path: Path, count: int | None, shards: int
) -> None:
    studio = Studio(large_fake, database, tmp_path)
    studio.settings = replace(studio.settings, shard_count=count)
    async with opened(studio):
        await studio.eventually(lambda: all_hear(studio))
        assert studio.chat.health()["shards"] == shards
        assert f"bot_shards_hearing {shards}.0" in studio.metrics.as_text().decode()
        await studio.imagine()


async def test_one_shard_that_hears_nothing_is_enough_not_to_be_ready(
    large_fake: FakeDiscord, database: Database, tmp_path: Path
) -> None:
    studio = Studio(large_fake, database, tmp_path)
    studio.settings = replace(studio.settings, shard_count=2)
    async with opened(studio):
        await studio.eventually(lambda: all_hear(studio))
        for door in (large_fake.main_door, large_fake.resume_door):
            await door.turn(DoorState.BUSY)
        next(iter(large_fake.gateway.connections)).abort()
        await studio.eventually(lambda: is_half_deaf(studio))
        assert not studio.chat.is_ready
        for door in (large_fake.main_door, large_fake.resume_door):
            await door.turn(DoorState.OPEN)
        await studio.eventually(lambda: all_hear(studio))


async def is_half_deaf(studio: Studio) -> bool:
    return studio.chat.health()["shards_hearing"] == 1


async def test_a_process_may_have_some_of_the_shards(
    large_fake: FakeDiscord, database: Database, tmp_path: Path
) -> None:
    studio = Studio(large_fake, database, tmp_path)
    home = (studio.guild_id() >> 22) % 2
    studio.settings = replace(studio.settings, shard_count=2, shard_ids=(home,))
    async with opened(studio):
        await studio.eventually(lambda: all_hear(studio))
        assert studio.chat.health()["shards"] == 1
        await studio.imagine()


async def test_what_discord_has_sent_before_the_bot_stops_is_answered(studio: Studio) -> None:
    ask = studio.person("ada").slash("pictures", "usage")
    studio.running.cancel()
    assert "Your usage" in text_of(await ask.message())


async def test_what_discord_sends_before_it_reads_the_good_bye_is_answered(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: asyncio.Future[Ask] = asyncio.get_running_loop().create_future()
    say_good_bye = Connection.say_good_bye

    async def say_and_be_asked(self: Connection, code: int) -> None:
        await say_good_bye(self, code)
        asked.set_result(studio.person("ada").slash("pictures", "usage"))

    monkeypatch.setattr(Connection, "say_good_bye", say_and_be_asked)
    studio.running.cancel()
    assert "Your usage" in text_of(await (await asked).message())
