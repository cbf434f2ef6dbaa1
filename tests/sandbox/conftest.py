"""One Chromium for all, and the page before the little bot with Ada at the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.sandbox.browser import Screen, launched, room, seated
from tests.sandbox.client import OpenPage, open_page
from tests.sandbox.fonts import bare_fonts
from tests.standins.little_bot import png, running_bot


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """On a bare Linux, whatever typefaces this machine has."""
    async with launched(chromium, **bare_fonts(tmp_path_factory.mktemp("fonts"))) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def adas_room(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Each test's page has an address of its own, so that nothing is remembered from one to the next."""
    async with room(browser) as context:
        yield context


@pytest_asyncio.fixture(loop_scope="session")
async def shown(tmp_path: Path) -> AsyncIterator[OpenPage]:
    """The page that a browser shows, with the little bot online."""
    async with open_page(tmp_path) as opened, running_bot(opened.discord):
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def ada(adas_room: BrowserContext, shown: OpenPage) -> AsyncIterator[Screen]:
    async with seated(adas_room, shown.url) as screen:
        yield screen


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    """A picture of 80 by 60 on disk."""
    path = tmp_path / "cat.png"
    path.write_bytes(png((80, 60)))
    return path
