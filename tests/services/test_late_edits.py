"""An edit that a process had begun arrives after another process has shown what came since."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.card import CardView
from bot.domain.job import JobState
from bot.store.pictures import cards
from tests.builders import a_request
from tests.services.house import House


@pytest.fixture
async def other(house: House) -> AsyncIterator[list[House]]:
    """Processes beside the house: closed in the end."""
    others: list[House] = []
    yield others
    for one in others:
        await one.close()


async def shown_by_another(house: House, others: list[House], late: asyncio.Event) -> CardView:
    """A card whose picture another process has delivered while an edit of this one hangs."""
    house.courier.slow_edits.append(late)
    view = await house.ask()
    await house.until(lambda: not house.courier.slow_edits)
    others.append(await house.joined())
    await others[0].until_ended(view)
    await others[0].advance(30)
    assert states(house, view) == [JobState.DELIVERED]
    return view


def states(house: House, view: CardView) -> list[JobState]:
    return [job.state for job in house.courier.shown[view.card.id].jobs]


async def test_the_card_comes_back_to_the_newest_look(house: House, other: list[House]) -> None:
    late = asyncio.Event()
    view = await shown_by_another(house, other, late)
    late.set()
    await house.settle()
    assert states(house, view) != [JobState.DELIVERED]
    await house.advance(10)
    assert states(house, view) == [JobState.DELIVERED]
    assert await house.raw_database.read(cards.due) == []


async def test_after_a_crash_it_comes_back_too(house: House, other: list[House]) -> None:
    late = asyncio.Event()
    view = await shown_by_another(house, other, late)
    late.set()
    await house.settle()
    await house.close()
    assert await house.raw_database.read(cards.due) == [view.card.id]
    await other[0].advance(70)
    assert states(house, view) == [JobState.DELIVERED]
    assert await house.raw_database.read(cards.due) == []


async def test_a_picture_that_another_has_delivered_is_not_sent_again(
    house: House, other: list[House]
) -> None:
    late = asyncio.Event()
    house.courier.slow_pictures.append(late)
    view = await house.ask(a_request(count=4))
    await house.until(lambda: not house.courier.slow_pictures)
    other.append(await house.joined())
    jobs = await other[0].until_ended(view)
    await other[0].advance(30)
    late.set()
    await house.advance(30)
    assert [len(house.courier.pictures[job.id]) for job in jobs] == [1, 1, 1, 1]
    assert states(house, view) == [JobState.DELIVERED] * 4


async def test_a_slow_start_of_a_delivery_is_no_reason_to_begin_anew(house: House) -> None:
    late = asyncio.Event()
    house.courier.slow_pictures.append(late)
    view = await house.ask()
    await house.until(lambda: not house.courier.slow_pictures)
    await house.advance(10)
    late.set()
    await house.until_ended(view)
    assert house.provider.downloads == 1
