"""Several processes while members keep asking: the queue emptied, sessions cut, workers replaced."""

import asyncio
from functools import partial
from typing import LiteralString

import psycopg
import pytest

from tests.journeys.asking import asking, until_delivered
from tests.journeys.fleet import Fleet

#: Members ask all the time, on a machine that has to make all of it.
pytestmark = pytest.mark.timeout(300)

#: So long that each fault falls into the middle of much that is being made.
PICTURE_SECONDS = 3.0
#: So few cards at a time that some wait in the queue.
FEW_CARDS = {"QUEUE_CARDS": "4"}
#: Until the sweep has put back what is missing, and all of it is made.
SWEPT_SECONDS = 120.0
LOAD_SECONDS = 4.0


def execute(url: str, statement: LiteralString) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


async def test_the_tables_of_the_queue_are_emptied_in_the_middle(fleet: Fleet, url: str) -> None:
    """Also that of its workers, which show again that they are alive."""
    fleet.town.segmind.latency = PICTURE_SECONDS
    await fleet.start_gateway()
    for _ in range(2):
        await fleet.until_said(await fleet.start(**FEW_CARDS), "at work")
    async with asking(fleet) as asked:
        await fleet.town.until(partial(asked.has_cards, 16))
        execute(url, "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events CASCADE")
        await asyncio.sleep(LOAD_SECONDS)
    await until_delivered(fleet, asked, SWEPT_SECONDS)
    assert asked.unanswered == 0
    assert asked.refused == []
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (2,)


async def test_all_sessions_of_the_database_are_cut(fleet: Fleet, url: str) -> None:
    """Gateway and workers connect again by themselves; members may be refused meanwhile, not left alone."""
    fleet.town.segmind.latency = PICTURE_SECONDS
    await fleet.start_gateway()
    await fleet.start_two_workers()
    async with asking(fleet) as asked:
        for _ in range(3):
            before = len(asked.cards)
            await fleet.town.until(partial(asked.has_cards, before + 8))
            execute(
                url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        await asyncio.sleep(LOAD_SECONDS)
    await until_delivered(fleet, asked, SWEPT_SECONDS)
    assert asked.unanswered == 0


async def test_everything_is_replaced_one_after_the_other(fleet: Fleet) -> None:
    """All that members ask for is answered: the standby serves before the gateway closes."""
    fleet.town.segmind.latency = PICTURE_SECONDS
    await fleet.start_gateway()
    first, second = await fleet.start_two_workers()
    standby = await fleet.start("run")
    await fleet.until_said(standby, "waiting to take over")
    async with asking(fleet) as asked:
        for old in (first, second):
            before = len(asked.cards)
            await fleet.town.until(partial(asked.has_cards, before + 8))
            new = await fleet.start()
            await fleet.until_said(new, "at work")
            await old.stop()
            assert old.ending == "exit code 0"
        assert (asked.unanswered, asked.undelivered) == (0, 0)
        await fleet.town.bot.stop(within_seconds=30.0)
        assert fleet.town.bot.ending == "exit code 0"
        before = len(asked.cards)
        await fleet.town.until(partial(asked.has_cards, before + 8))
    await until_delivered(fleet, asked, SWEPT_SECONDS)
    assert asked.refused == []
    assert (asked.unanswered, asked.undelivered) == (0, 0)
