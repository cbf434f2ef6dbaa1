"""Towns for journeys; whatever the bot sends in one is held against Discord's own description."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from bot.settings import load_settings
from sandbox.launcher import Sandbox, opened
from sandbox.options import SandboxOptions
from tests import machine
from tests.journeys.fleet import Fleet
from tests.journeys.town import LOOPBACK, SIGNS_OF_A_BUG, Town, a_town
from tests.sandbox.browser import launched, room
from tests.standins.discord_openapi import openapi_checker


@asynccontextmanager
async def a_judged_town(folder: Path, *, host: str = LOOPBACK) -> AsyncIterator[Town]:
    async with a_town(folder, host=host) as town:
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


@pytest.fixture
def url() -> Iterator[str]:
    """The URL of an empty database in PostgreSQL."""
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database() as url:
        yield url


@pytest.fixture
async def fleet(closed_town: Town, url: str) -> AsyncIterator[Fleet]:
    """No process is started yet."""
    fleet = Fleet(closed_town, url)
    yield fleet
    await fleet.stop()


# --- a sandbox in a browser ---------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """What `make sandbox` opens, with a provider that is quick."""
    folder = tmp_path_factory.mktemp("sandbox") / "sandbox-data"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEGMIND_REQUESTS_PER_MINUTE", "3000")
        async with opened(load_settings(None), SandboxOptions(port=0), folder) as running:
            await running.discord.connected(within_seconds=20)
            assert running.segmind is not None
            running.segmind.latency = 0.4
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with launched(chromium) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    async with room(browser) as opened_room:
        yield opened_room
