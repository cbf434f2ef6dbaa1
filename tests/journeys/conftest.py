"""Towns for journeys; whatever the bot sends in one is held against Discord's own description."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.town import SIGNS_OF_A_BUG, Town, a_town
from tests.standins.discord_openapi import openapi_checker


@asynccontextmanager
async def a_judged_town(folder: Path) -> AsyncIterator[Town]:
    async with a_town(folder) as town:
        town.discord.requests.add_checker(openapi_checker())
        yield town
        assert town.discord.requests.problems == []
        assert town.segmind.key_leaks == []
        for words in SIGNS_OF_A_BUG:
            assert words not in town.log


@pytest.fixture
async def closed_town(tmp_path: Path) -> AsyncIterator[Town]:
    """Both stand-ins, and the bot not started yet; for a journey that starts, stops or kills it."""
    async with a_judged_town(tmp_path) as town:
        yield town


@pytest.fixture
async def own_town(closed_town: Town) -> Town:
    """A bot of this journey's own, online."""
    await closed_town.open()
    return closed_town


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared_town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with a_judged_town(tmp_path_factory.mktemp("town")) as town:
        await town.open()
        yield town


@pytest.fixture
def town(shared_town: Town) -> Iterator[Town]:
    """The bot online, where other journeys went before and all is well again."""
    shared_town.begin()
    yield shared_town
    shared_town.begin()
