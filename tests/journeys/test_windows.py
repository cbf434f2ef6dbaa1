"""A host without what only POSIX systems have, as far as that can be played on one: see bare_host/."""

import os
from pathlib import Path

import pytest

from standins.fake_discord.asks import Upload
from tests.journeys.bare_host import sitecustomize as hidden
from tests.journeys.town import PATIENCE_SECONDS, Town
from tests.services.outsides import png

BARE = Path(__file__).parent / "bare_host"


@pytest.fixture
def bare(closed_town: Town) -> dict[str, str]:
    """What tells every Python process of this town, and its children, that the host is another."""
    return {"PYTHONPATH": os.pathsep.join([str(BARE), closed_town.environment()["PYTHONPATH"]])}


async def test_the_host_lacks_what_it_should(closed_town: Town, bare: dict[str, str]) -> None:
    tries = [f"import {name}" for name in hidden.MODULES] + [f"import os; os.{name}" for name in hidden.OF_OS]
    words = "for line in {tries!r}:\n  try: exec(line)\n  except (ImportError, AttributeError): print('no')"
    code, said = await closed_town.said("-c", words.format(tries=tries), **bare)
    assert (code, said.split()) == (0, ["no"] * len(tries))


async def test_pictures_are_made_and_edited_and_survive_a_kill(
    closed_town: Town, bare: dict[str, str]
) -> None:
    town = closed_town
    await town.open(**bare)
    ada = town.person("ada")
    await town.until_picture(await ada.slash("pictures", "imagine", prompt="a fox").message())
    source = Upload("a.png", png())
    card = await ada.slash("pictures", "edit", prompt="in snow", image=source).message()
    await town.segmind.until(
        lambda: len(town.requests_to("submit")) == len(town.bills) == 2, PATIENCE_SECONDS
    )
    await town.kill()
    await town.restart()
    await town.until_picture(card)
    assert len(town.bills) == 2


async def test_a_second_process_is_refused_in_words(closed_town: Town, bare: dict[str, str]) -> None:
    await closed_town.open(**bare)
    code, said = await closed_town.said("-m", "bot", "run", "--env-file", os.devnull, **bare)
    assert code == 1
    assert f"(process {closed_town.bot.pid}). Stop it first" in said


async def test_it_stops_when_it_is_told_to(closed_town: Town, bare: dict[str, str]) -> None:
    await closed_town.open(**bare)
    await closed_town.bot.stop()
    assert closed_town.bot.ending == "exit code 0"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp932"])
async def test_a_console_that_lacks_a_sign_ends_nothing(closed_town: Town, encoding: str) -> None:
    code, said = await closed_town.said("-m", "bot", "--help", PYTHONIOENCODING=encoding)
    assert code == 0, said
    told = {"PYTHONIOENCODING": encoding, "DISCORD_TOKEN": ""}
    code, said = await closed_town.said("-m", "bot", "run", "--env-file", os.devnull, **told)
    assert code == 1
    assert "DISCORD_TOKEN is not set" in said
