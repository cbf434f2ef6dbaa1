"""However many look for their requests, the history is read once for all who ask at the same time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import cast

import pytest

from bot.domain.errors import ProviderError, Unavailable
from bot.domain.ids import RequestId
from bot.domain.provider import HistoryRow, StillRunning
from bot.services.protocols import ImageProvider
from bot.services.provider.shared_history import SharedHistory
from standins.clock import VirtualClock
from tests.builders import NOON

SPAN = NOON, NOON + timedelta(minutes=5)


class Book:
    """A history of which each reading waits until it is let go on."""

    def __init__(self) -> None:
        self.readings: list[tuple[datetime, datetime]] = []
        self.let_go = asyncio.Semaphore(0)
        self.errors: list[ProviderError] = []

    async def history(self, since: datetime, until: datetime, model: str) -> AsyncIterator[HistoryRow]:
        self.readings.append((since, until))
        await self.let_go.acquire()
        if self.errors:
            raise self.errors.pop()
        for minute in (4, 2, 0):
            yield row(minute)


def row(minute: int) -> HistoryRow:
    at = NOON + timedelta(minutes=minute)
    return HistoryRow(
        request_id=RequestId(f"request-{minute}"),
        inputs={},
        created_at=at,
        status=StillRunning(),
        result=None,
    )


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def history(book: Book) -> SharedHistory:
    return SharedHistory(
        provider=cast("ImageProvider", book), clock=VirtualClock(auto_advance=True), model="luma-uni-1"
    )


def open_to_all(book: Book) -> None:
    for _ in range(10):
        book.let_go.release()


async def begun(count: int, history: SharedHistory) -> list[asyncio.Task[list[HistoryRow]]]:
    tasks = [asyncio.create_task(history.rows(*SPAN)) for _ in range(count)]
    for _ in range(10):
        await asyncio.sleep(0)
    return tasks


async def test_all_who_ask_during_a_reading_share_the_next(book: Book, history: SharedHistory) -> None:
    asked = await begun(1, history) + await begun(5, history)
    assert len(book.readings) == 1  # which began before the five had asked
    open_to_all(book)
    assert [await one for one in asked] == [[row(4), row(2), row(0)]] * 6
    assert len(book.readings) == 2


async def test_each_gets_their_own_span_of_the_widest(book: Book, history: SharedHistory) -> None:
    open_to_all(book)
    early, late = (NOON, NOON + timedelta(minutes=2)), (NOON + timedelta(minutes=1), SPAN[1])
    (first,) = await begun(1, history)
    found = await asyncio.gather(history.rows(*early), history.rows(*late))
    assert list(found) == [[row(2), row(0)], [row(4), row(2)]]
    assert book.readings == [SPAN, (NOON, SPAN[1])]
    assert len(await first) == 3


async def test_an_error_is_told_to_all_and_forgotten(book: Book, history: SharedHistory) -> None:
    asked = await begun(1, history) + await begun(3, history)
    book.errors = [Unavailable("502"), Unavailable("502")]
    open_to_all(book)
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * 4
    assert (len(book.readings), len(await history.rows(*SPAN))) == (2, 3)


async def test_whoever_is_cancelled_while_reading_leaves_it_to_the_others(
    book: Book, history: SharedHistory
) -> None:
    (first,) = await begun(1, history)
    reader, *others = await begun(3, history)
    book.let_go.release()
    await first
    await begun(0, history)
    assert len(book.readings) == 2
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    open_to_all(book)
    assert [len(await one) for one in others] == [3, 3]
    assert len(book.readings) == 3
