"""A house with a real SQLite file; the tests that are about transactions ask for both databases."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.limits import OperatorLimits
from bot.store.driver.database import open_database
from tests.databases import database_url, migrated, postgres
from tests.services.house import NO_LIMITS, House

__all__ = ["database_url", "postgres"]

BuildHouse = Callable[..., Awaitable[House]]


@pytest.fixture
async def build_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[BuildHouse]:
    database = await open_database(migrated(sqlite_url))
    houses: list[House] = []

    async def build(limits: OperatorLimits = NO_LIMITS, **more: Any) -> House:
        house = House(database, tmp_path / "sources", limits=limits, **more)
        houses.append(house)
        await house.open()
        return house

    yield build
    for house in houses:
        await house.close()
    await database.close()


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    return await build_house(NO_LIMITS)
