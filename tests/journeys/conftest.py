"""A town for each journey; whatever the bot sends in it is held against Discord's own description."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.town import Town, a_town
from tests.sandbox.discord_openapi import openapi_checker


@pytest.fixture
async def closed_town(tmp_path: Path) -> AsyncIterator[Town]:
    """Both stand-ins, and the bot not started yet."""
    async with a_town(tmp_path) as town:
        town.discord.requests.add_checker(openapi_checker())
        yield town
        assert town.discord.requests.problems == []
        assert town.segmind.key_leaks == []
        assert "Traceback" not in town.log


@pytest.fixture
async def town(closed_town: Town) -> Town:
    """The bot online between both stand-ins."""
    await closed_town.open()
    return closed_town
