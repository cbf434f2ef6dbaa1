"""A house with a real SQLite file; the tests that are about transactions ask for both databases."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.limits import OperatorLimits
from bot.store.database import open_database
from bot.store.migrate import migrate
from tests.databases import postgres
from tests.services.house import NO_LIMITS, House

__all__ = ["postgres"]

BuildHouse = Callable[..., Awaitable[House]]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """Each of the two databases, migrated. PostgreSQL's is shared: use members of your own."""
    url: str = sqlite_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    migrate(url)
    return url


@pytest.fixture
async def build_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[BuildHouse]:
    migrate(sqlite_url)
    database = await open_database(sqlite_url)
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
