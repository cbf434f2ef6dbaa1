"""Every way to a picture leads through the same admission, and every press of anything gets an answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.chat.events.components import COMPONENTS
from bot.chat.presenter.elements.custom_ids import Action
from bot.domain.limits import OperatorLimits
from bot.domain.request import Door
from bot.store.driver.database import Database
from standins.fake_discord.asks import Ask, Upload
from standins.fake_discord.model import Message
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import Studio, job_id_of, number_of, opened, text_of
from tests.services.outsides import png

CAT = Upload("cat.png", png())
WORDS = {"What should change?": "a hat"}


async def by_imagine(studio: Studio, _first: Message) -> Ask:
    return studio.person("ada").slash("pictures", "imagine", prompt="a fox")


async def by_edit_with_a_file(studio: Studio, _first: Message) -> Ask:
    return studio.person("ada").slash("pictures", "edit", prompt="a hat", image=CAT)


async def by_edit_with_a_source(studio: Studio, first: Message) -> Ask:
    source = str(number_of(first))
    return studio.person("ada").slash("pictures", "edit", prompt="a hat", source=source)


async def by_edit_with_nothing(studio: Studio, _first: Message) -> Ask:
    modal = await studio.person("ada").slash("pictures", "edit", prompt="a hat").modal()
    return studio.person("ada").submit(modal, {"The image to edit": [CAT]})


async def by_menu(studio: Studio, first: Message) -> Ask:
    modal = await studio.person("ada").menu(first, "Edit image").modal()
    return studio.person("ada").submit(modal, WORDS)


async def by_button(studio: Studio, first: Message) -> Ask:
    modal = await studio.person("ada").press(first, "Edit").modal()
    return studio.person("ada").submit(modal, WORDS)


async def by_again(studio: Studio, first: Message) -> Ask:
    return studio.person("ada").press(first, "Rerun")


async def by_variations(studio: Studio, first: Message) -> Ask:
    modal = await studio.person("ada").press(first, "Vary").modal()
    return studio.person("ada").submit(modal, {"How many variations?": ["1 image"]})


async def by_reword(studio: Studio, first: Message) -> Ask:
    modal = await studio.person("ada").press(first, "Reword").modal()
    return studio.person("ada").submit(modal, {})


DOORS: dict[Callable[[Studio, Message], Awaitable[Ask]], Door] = {
    by_imagine: Door.IMAGINE,
    by_edit_with_a_file: Door.EDIT,
    by_edit_with_a_source: Door.EDIT,
    by_edit_with_nothing: Door.EDIT,
    by_menu: Door.MENU,
    by_button: Door.BUTTON,
    by_again: Door.AGAIN,
    by_reword: Door.AGAIN,
    by_variations: Door.VARIATIONS,
}


@pytest.fixture
async def full(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """A studio where everybody has one picture, and no more."""
    async with opened(Studio(fake, database, tmp_path, limits=OperatorLimits(per_day=1))) as studio:
        yield studio


@pytest.mark.parametrize("door", DOORS, ids=lambda door: str(door.__name__))
async def test_every_door_makes_a_picture(
    studio: Studio, door: Callable[[Studio, Message], Awaitable[Ask]]
) -> None:
    first = await studio.imagine()
    message = await studio.picture(await (await door(studio, first)).message())
    assert (await studio.job(job_id_of(message))).door is DOORS[door]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: str(door.__name__))
async def test_no_door_leads_past_the_limit(
    full: Studio, door: Callable[[Studio, Message], Awaitable[Ask]]
) -> None:
    first = await full.imagine()
    refusal = await (await door(full, first)).message()
    assert refusal.is_ephemeral
    assert "**1 per day**" in text_of(refusal)
    assert len(full.asked) == 1


async def test_a_reply_does_not_lead_past_the_limit_either(full: Studio) -> None:
    first = await full.imagine()
    said = full.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    await full.until(lambda: any(one.reply_to_id == said.id for one in full.sent_by_bot()))
    (refusal,) = [one for one in full.sent_by_bot() if one.reply_to_id == said.id]
    assert "**1 per day**" in text_of(refusal)


def test_every_door_but_the_reply_is_walked_here() -> None:
    assert {*DOORS.values(), Door.REPLY} == set(Door)


def test_every_action_is_handled() -> None:
    assert set(COMPONENTS) == set(Action)
