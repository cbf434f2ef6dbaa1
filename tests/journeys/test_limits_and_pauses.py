"""What the bot says no to, calmly: beyond the limits, and while the operator has something to mend."""

import pytest

from standins.fake_discord.model import Message
from tests.journeys.town import Town, text_of


async def asked(town: Town) -> Message:
    return await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()


async def test_limits_are_exact_for_fifty_at_once(closed_town: Town) -> None:
    town = closed_town
    await town.open(LIMITS_PER_DAY="3")
    ada = town.person("ada")
    asks = [ada.slash("pictures", "imagine", prompt=f"number {number}") for number in range(50)]
    messages = [await ask.message() for ask in asks]
    cards = [message for message in messages if not message.is_ephemeral]
    assert len(cards) == 3
    for message in cards:
        await town.until_picture(message)
    assert len(town.bills) == 3
    refused = text_of(next(message for message in messages if message.is_ephemeral))
    assert "3" in refused
    assert "<t:" in refused


async def test_a_wrong_key_pauses_calmly_and_goes_on_by_itself(closed_town: Town) -> None:
    town = closed_town
    town.segmind.faults.add("credits", "key_refused")
    await town.open()
    await town.until_logged("SEGMIND_API_KEY")
    answer = await asked(town)
    assert answer.is_ephemeral
    assert town.bills == []


@pytest.mark.parametrize("fault", ["no_credit", "no_credit_406"])
async def test_no_credits_lets_the_picture_wait(own_town: Town, fault: str) -> None:
    town = own_town
    town.segmind.faults.add("submit", fault)
    message = await asked(town)
    await town.until_text(message, "paused")
    assert town.bills == []
    answer = await asked(town)
    assert answer.is_ephemeral
