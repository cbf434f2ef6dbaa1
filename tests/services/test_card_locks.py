"""Two processes that change the files of one card, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.ids import CardId
from bot.services.cards.card_locks import AGAIN_SECONDS, NoOtherProcess, SharedCardLocks
from bot.store.driver.database import Database
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.fleet import fleet
from tests.builders import a_runtime, stepped_clock
from tests.services.house import CountingDatabase
from tests.services.settling import settled

CARD = CardId(7)


class Pair:
    def __init__(self, database: Database) -> None:
        self.database, self.clock = CountingDatabase(database), stepped_clock()
        runtime = a_runtime(self.database, self.clock)
        self.here, self.there = (
            SharedCardLocks(runtime=runtime, process_id=number, alive_seconds=10.0) for number in (1, 2)
        )
        self.tasks = runtime.tasks
        self.order: list[str] = []

    async def show_alive(self) -> None:
        for locks in (self.here, self.there):
            await self.database.write(
                fleet.beat, locks.process_id, changing=locks.changing, news=None, pause_seconds=0.0
            )

    def change(self, locks: SharedCardLocks, name: str, until: asyncio.Event) -> "asyncio.Task[None]":
        async def change() -> None:
            async with locks.held(CARD):
                self.order.append(f"{name} begins")
                await until.wait()
                self.order.append(f"{name} ends")

        return self.tasks.start(change(), "change")

    async def settle(self) -> None:
        """Let happen what needs no time, then let a little time pass."""
        await settled(lambda: bool(self.database.under_way))
        self.clock.wake_next(self.clock.monotonic() + AGAIN_SECONDS)


@pytest.fixture
async def pair(postgres: Database) -> AsyncIterator[Pair]:
    pair = Pair(postgres)
    await pair.show_alive()
    yield pair
    await pair.tasks.close()


async def test_one_changes_it_after_the_other(pair: Pair) -> None:
    first_ends, second_ends = asyncio.Event(), asyncio.Event()
    first = pair.change(pair.here, "here", first_ends)
    await pair.settle()
    second = pair.change(pair.there, "there", second_ends)
    for _ in range(3):
        await pair.settle()
    assert pair.order == ["here begins"]
    assert await pair.here.is_still_held(CARD)
    first_ends.set()
    second_ends.set()
    await first
    for _ in range(5):
        await pair.settle()
    await second
    assert pair.order == ["here begins", "here ends", "there begins", "there ends"]
    assert (list(pair.here.changing), list(pair.there.changing)) == ([], [])


async def test_who_was_frozen_finds_that_its_lock_is_lost(pair: Pair) -> None:
    ends = asyncio.Event()
    pair.change(pair.here, "here", ends)
    await pair.settle()
    await pair.database.write(
        lambda connection: connection.exec_driver_sql("UPDATE processes SET seen_at = 0 WHERE id = 1")
    )
    pair.change(pair.there, "there", ends)
    await pair.settle()
    assert pair.order == ["here begins", "there begins"]
    assert not await pair.here.is_still_held(CARD)


async def test_who_is_cancelled_leaves_no_lock(pair: Pair) -> None:
    changing = pair.change(pair.here, "here", asyncio.Event())
    await pair.settle()
    changing.cancel()
    await asyncio.wait({changing})
    assert await pair.there.is_still_held(CARD)


async def test_a_lock_that_cannot_be_released_goes_with_the_next_sign_of_life(pair: Pair) -> None:
    ends = asyncio.Event()
    changing = pair.change(pair.here, "here", ends)
    await pair.settle()
    pair.database.refusals.append(DatabaseUnavailable("gone"))
    ends.set()
    await changing
    assert not await pair.there.is_still_held(CARD)
    await pair.show_alive()
    assert await pair.there.is_still_held(CARD)


async def test_one_process_alone_waits_for_nobody() -> None:
    alone = NoOtherProcess()
    async with alone.held(CARD), alone.held(CARD):
        assert await alone.is_still_held(CARD)
