"""What Discord has is compared with what the bot offers: overwritten, forgotten, or registered twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.chat.commands.registration import COMPARED, LEFT_TO_DISCORD, are_same
from bot.store.driver.database import Database
from standins.fake_discord.commands import registered, replace_commands
from standins.fake_discord.record import Exchange
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import World
from tests.chat.studio import Studio, opened

REGISTER = "PUT /applications/*"


def names(world: World, guild: str | None = None) -> set[str]:
    return {one.name for one in registered(world, world.guild(guild) if guild else None)}


def definitions(world: World) -> list[dict[str, object]]:
    return [one.definition for one in world.commands.values()]


def first(world: World) -> dict[str, object]:
    return next(one for one in world.commands.values() if one.name == "imagine").definition


def localized(world: World) -> dict[str, str]:
    """The descriptions of /imagine by locale."""
    found = first(world)["description_localizations"]
    assert isinstance(found, dict)
    return found


SPOILT: dict[str, Callable[[World], object]] = {
    "all are gone": lambda world: replace_commands(world, None, []),
    "another program's": lambda world: replace_commands(
        world, None, [{"type": 1, "name": "play", "description": "A song"}]
    ),
    "another description": lambda world: first(world).update(description="Draw"),
    "another description in German": lambda world: localized(world).update(de="Malen"),
    "no description in Spanish": lambda world: localized(world).pop("es-419"),
    "another permission": lambda world: first(world).update(default_member_permissions="8"),
    "an option less": lambda world: first(world).update(options=first(world)["options"][1:]),  # type: ignore[index]  # a list
    "everywhere": lambda world: first(world).update(contexts=[0, 1, 2]),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
async def test_what_another_program_has_overwritten_is_registered_anew(
    studio: Studio, spoil: Callable[[World], object]
) -> None:
    before = names(studio.world)
    await studio.close()
    spoil(studio.world)
    await studio.open()
    await studio.until(lambda: len(studio.discord.requests.matching(REGISTER)) == 2)
    assert names(studio.world) == before
    await studio.imagine()


async def test_what_is_there_is_not_sent_again(studio: Studio) -> None:
    for _ in range(2):
        await studio.restart()
        await studio.eventually(lambda: _is_registered(studio))
    assert len(studio.discord.requests.matching(REGISTER)) == 1


async def _is_registered(studio: Studio) -> bool:
    return bool(studio.metrics.commands_registered._value.get())


async def test_descriptions_and_choices_are_registered_in_every_locale_of_a_language(studio: Studio) -> None:
    locales = {"de", "es-419", "es-ES", "fr", "ja", "pt-BR"}
    imagine = first(studio.world)
    options = {one["name"]: one for one in imagine["options"]}  # type: ignore[attr-defined]  # a list
    assert localized(studio.world).keys() == locales
    assert localized(studio.world)["de"] == "Erstelle ein Bild aus einem Prompt"
    assert options["prompt"]["description_localizations"].keys() == locales
    assert options["aspect_ratio"]["choices"][0]["name_localizations"].keys() == locales


async def test_names_of_commands_and_options_are_english_everywhere(studio: Studio) -> None:
    def check(shown: dict[str, Any]) -> None:
        assert not shown.get("name_localizations")
        for one in shown.get("options", ()):
            check(one)

    for definition in definitions(studio.world):
        check(definition)


async def test_a_day_whose_creations_are_spent_is_waited_out(
    fake: FakeDiscord, database: Database, tmp_path: Path
) -> None:
    """An hour at a time, while what is registered serves."""
    studio = Studio(fake, database, tmp_path, speed=3600.0)
    async with opened(studio):
        before, (gone, *kept) = names(fake.world), definitions(fake.world)
        await studio.close()
        replace_commands(fake.world, None, kept)
        fake.world.creations.leave(0)
        await studio.open()
        await studio.until(lambda: len(spent(fake)) > 2)
        assert names(fake.world) == before - {gone["name"]}
        fake.world.creations.leave(1)
        await studio.until(lambda: names(fake.world) == before)
        assert fake.world.creations.left() == 0


def spent(fake: FakeDiscord) -> list[Exchange]:
    return [
        one for one in fake.requests.matching(REGISTER) if one.status == 400 and one.response["code"] == 30034
    ]


async def test_everything_that_is_offered_is_compared(studio: Studio) -> None:
    def keys(command: object) -> set[str]:
        assert isinstance(command, dict)
        nested = [one for name in ("options", "choices") for one in command.get(name, ())]
        return set(command).union(*map(keys, nested))

    sent = studio.discord.requests.matching(REGISTER)[0].json
    assert set().union(*map(keys, sent)) <= COMPARED.keys() | LEFT_TO_DISCORD


async def test_commands_of_the_development_server_are_not_kept_twice(
    fake: FakeDiscord, database: Database, tmp_path: Path
) -> None:
    studio = Studio(fake, database, tmp_path)
    everywhere = studio.settings
    async with opened(studio):
        all_names = names(fake.world)
        foreign = {"type": 1, "name": "play", "description": "A song"}
        studio.settings = replace(everywhere, dev_guild_id=studio.guild_id())
        await studio.restart()
        await studio.until(lambda: not names(fake.world))
        await studio.until(lambda: names(fake.world, "Lantern Studio") == all_names)
        await studio.imagine()
        replace_commands(fake.world, fake.world.guild("Lantern Studio"), [*definitions(fake.world), foreign])
        studio.settings = everywhere
        await studio.restart()
        await studio.until(lambda: names(fake.world) == all_names)
        await studio.until(lambda: names(fake.world, "Lantern Studio") == {"play"})
        await studio.imagine()


def test_the_order_of_commands_does_not_matter() -> None:
    one, two = {"name": "a", "description": "x"}, {"name": "b", "type": 3, "id": "5"}
    assert are_same([one, two], [two, {**one, "options": [], "nsfw": False}])
    assert not are_same([one], [one, two])
    assert not are_same([one], [{**one, "options": [{"type": 3, "name": "p", "description": "q"}]}])
