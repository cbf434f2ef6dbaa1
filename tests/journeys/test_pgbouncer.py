"""The bot behind a PgBouncer in transaction mode, which gives each transaction whatever session is free."""

import asyncio
from collections.abc import Iterator

import pytest

from tests import machine
from tests.journeys.town import Town
from tests.pooler import pgbouncer_path, pooled

PEOPLE = ("ada", "ben", "mia", "otto")
CARDS_EACH, COUNT = 3, 3


@pytest.fixture
def pooled_url() -> Iterator[str]:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    if pgbouncer_path() is None:
        pytest.skip("no PgBouncer on this machine (install pgbouncer)")
    with machine.fresh_postgres_database() as url, pooled(url) as through_pool:
        yield through_pool


async def _picture(town: Town, who: str, number: int) -> None:
    ask = town.person(who).slash("pictures", "imagine", prompt=f"lighthouse {number} of {who}", count=COUNT)
    await town.until_picture(await ask.message(), COUNT)


async def test_pictures_of_a_crowd_are_made_once_and_shown(closed_town: Town, pooled_url: str) -> None:
    await closed_town.open(DATABASE_URL=pooled_url)
    asked = [(who, number) for who in PEOPLE for number in range(CARDS_EACH)]
    await asyncio.gather(*[_picture(closed_town, *one) for one in asked])
    assert len(closed_town.paid) == len(asked) * COUNT
    await closed_town.kill()
    await closed_town.restart()
    await _picture(closed_town, "ada", CARDS_EACH)
    assert "prepared statement" not in closed_town.log
    await closed_town.bot.stop()
