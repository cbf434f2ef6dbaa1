"""The bot behind a PgBouncer in transaction mode, which gives each transaction whatever session is free."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest

from tests import machine
from tests.journeys.asking import asking, until_delivered
from tests.journeys.fleet import Fleet
from tests.journeys.town import Town
from tests.pooler import pgbouncer_path, pooled

PEOPLE = ("ada", "ben", "mia", "otto")
CARDS_EACH, COUNT = 3, 3
LONG_SECONDS = 120.0


#: Two transactions of each process stay open as long as it runs, and some sessions are for all others.
SESSIONS_OF_THREE = 3 * 2 + 2


def _needs_postgres_and_pgbouncer() -> None:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    if pgbouncer_path() is None:
        pytest.skip("no PgBouncer on this machine (install pgbouncer)")


@pytest.fixture
def pooled_url() -> Iterator[str]:
    _needs_postgres_and_pgbouncer()
    with machine.fresh_postgres_database() as url, pooled(url) as through_pool:
        yield through_pool


@pytest.fixture
async def pooled_fleet(closed_town: Town) -> AsyncIterator[Fleet]:
    _needs_postgres_and_pgbouncer()
    with (
        machine.fresh_postgres_database() as url,
        pooled(url, sessions=SESSIONS_OF_THREE) as through_pool,
    ):
        fleet = Fleet(closed_town, through_pool)
        yield fleet
        await fleet.stop()


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
    code, said = await closed_town.said("-m", "bot", "run", "--env-file", os.devnull, DATABASE_URL=pooled_url)
    assert (code, said[:21]) == (1, "Another bot is using ")
    await closed_town.bot.stop()


async def test_a_gateway_and_workers_share_the_work_behind_a_pool(pooled_fleet: Fleet) -> None:
    """They are not notified of new cards, but look each second; and a killed one is taken over from."""
    await pooled_fleet.start_gateway()
    first, second = await pooled_fleet.start_two_workers()
    async with asking(pooled_fleet) as asked:
        await pooled_fleet.town.until(partial(asked.has_cards, 8))
    await until_delivered(pooled_fleet, asked, LONG_SECONDS)
    first.kill()
    await first.wait()
    await pooled_fleet.until_said(second, "doing the chores")
    async with asking(pooled_fleet) as asked_later:
        await pooled_fleet.town.until(partial(asked_later.has_cards, 4))
    asked.cards += asked_later.cards
    await until_delivered(pooled_fleet, asked, LONG_SECONDS)
    assert asked.unanswered == asked_later.unanswered == 0
    assert "prepared statement" not in pooled_fleet.town.log
