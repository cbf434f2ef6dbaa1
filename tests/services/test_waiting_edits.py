"""Edits that only show how a picture is waiting: few at a time, behind everything else, and dropped first."""

import asyncio

from bot.domain.errors import RequestInvalid
from bot.domain.ids import CardId
from bot.domain.job import JobState
from bot.services.cards.edit_turns import AT_ONCE, EditTurns
from tests.services.house import House

ONE, OTHER = CardId(1), CardId(2)


async def busy(house: House) -> list[asyncio.Event]:
    """As many edits as may be under way at once hang until these are set."""
    hanging = [asyncio.Event() for _ in range(AT_ONCE)]
    house.courier.slow_edits.extend(hanging)
    for _ in hanging:
        await house.ask()
    await house.until(lambda: not house.courier.slow_edits)
    return hanging


async def test_of_many_waiting_cards_few_are_edited_at_once(house: House) -> None:
    hanging = await busy(house)
    view = await house.ask()
    await house.until(lambda: house.provider.submits == AT_ONCE + 1)
    await house.settle()
    assert view.card.id not in house.courier.states
    hanging[0].set()
    await house.until(lambda: view.card.id in house.courier.states)
    assert house.courier.states[view.card.id] == [[JobState.RUNNING]]
    for other in hanging:
        other.set()


async def test_an_edit_that_waits_is_dropped_when_the_picture_comes(house: House) -> None:
    hanging = await busy(house)
    view = await house.ask()
    await house.until_ended(view)
    assert house.courier.states[view.card.id] == [[JobState.DELIVERED]]
    for other in hanging:
        other.set()
    await house.advance(30)
    assert house.courier.states[view.card.id] == [[JobState.DELIVERED]]


async def test_a_failure_waits_for_no_turn(house: House) -> None:
    hanging = await busy(house)
    house.provider.on_submit.append(RequestInvalid("no"))
    view = await house.ask()
    await house.until(lambda: view.card.id in house.courier.states)
    assert house.courier.states[view.card.id] == [[JobState.FAILED]]
    for other in hanging:
        other.set()


async def held(turns: EditTurns, card_id: CardId, over: asyncio.Event) -> None:
    async with turns.turn(card_id, is_urgent=False):
        await over.wait()


async def test_a_card_that_becomes_urgent_waits_no_more() -> None:
    turns, over = EditTurns(most=1), asyncio.Event()
    first = asyncio.create_task(held(turns, ONE, over))
    await asyncio.sleep(0)
    ended = asyncio.Event()
    ended.set()
    second = asyncio.create_task(held(turns, OTHER, ended))
    await asyncio.sleep(0)
    turns.hurry(OTHER)
    await second
    assert not first.done()
    over.set()
    await first


async def test_a_turn_that_is_cancelled_is_lost_to_nobody_else() -> None:
    """Whether it was under way, waited, or was granted in the same moment."""
    turns, never = EditTurns(most=1), asyncio.Event()
    under_way, waiting, granted = (
        asyncio.create_task(held(turns, CardId(number), never)) for number in range(1, 4)
    )
    await asyncio.sleep(0)
    waiting.cancel()
    under_way.cancel()
    await asyncio.wait({waiting, under_way})
    granted.cancel()
    await asyncio.wait({granted})
    async with asyncio.timeout(10), turns.turn(OTHER, is_urgent=False):
        pass
