"""Interactions that Discord delivers twice, as it may when a session is resumed: all is done once."""

import pytest

from standins.fake_discord.events import Event, InteractionCreated
from standins.fake_discord.model import Interaction
from tests.chat.studio import Studio, job_id_of, text_of
from tests.chat.test_strikes import add, strikes_of, turn_on


@pytest.fixture
async def repeated(studio: Studio) -> list[Interaction]:
    """All interactions that were delivered twice, which is every one from now on."""
    interactions: list[Interaction] = []

    def repeat(event: Event) -> None:
        if isinstance(event, InteractionCreated) and event.interaction not in interactions:
            interactions.append(event.interaction)
            studio.world.publish(event)

    studio.world.subscribe(repeat)
    return interactions


async def is_each_answered_once(studio: Studio, interactions: list[Interaction]) -> None:
    await studio.person("ada").slash("pictures", "help").message()
    calls = [f"POST /interactions/{one.id}/*" for one in interactions]
    assert [call for call in calls if len(studio.discord.requests.matching(call)) != 1] == []


async def test_a_strike_is_given_once(studio: Studio, repeated: list[Interaction]) -> None:
    await turn_on(studio)
    page = await strikes_of(studio)
    await add(studio, page, "spam")
    page = await strikes_of(studio)
    assert text_of(page).count("spam") == 1
    await is_each_answered_once(studio, repeated)


async def test_commands_presses_dialogues_and_suggestions_are_answered_once(
    studio: Studio, repeated: list[Interaction]
) -> None:
    ada = studio.person("ada")
    card = await studio.imagine()
    modal = await ada.press(card, "Edit").modal()
    await studio.picture(await ada.submit(modal, {"What should change?": "a hat"}).message())
    await studio.picture(await ada.press(card, "Rerun").message())
    assert await ada.autocomplete("pictures", "edit", "source", "fox")
    await ada.slash("pictures", "privacy about").message()
    await is_each_answered_once(studio, repeated)
    assert len(studio.asked) == 3
    assert job_id_of(card)
