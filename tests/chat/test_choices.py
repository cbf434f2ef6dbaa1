"""Options with fixed choices: Discord sends at times a choice's name in place of its value."""

from collections.abc import Sequence

import pytest
from discord.app_commands import Choice

from bot.chat.commands.options import (
    LANGUAGE_CHOICES,
    PERIODS,
    RATIOS,
    STYLES,
    chosen_language,
    chosen_period_name,
    chosen_ratio,
    chosen_style,
)
from bot.domain.errors import ServicePaused
from bot.domain.quiet import WITHIN_SECONDS
from bot.words.catalogs import gettext
from bot.words.language import LANGUAGES, speaking
from standins.fake_discord.asks import Ask
from standins.fake_discord.interactions import open_interaction
from standins.fake_discord.model import AnswerKind, InteractionKind, Json
from tests.chat.studio import Studio, text_of

WHO_ASKS = "otto"
REFUSED = "isn't one of the choices. Pick one from the list of `{}`."
#: By option: what is offered, and what reads it.
READERS = {
    "aspect_ratio": (RATIOS, chosen_ratio),
    "style": (STYLES, chosen_style),
    "period": (PERIODS, chosen_period_name),
    "language": (LANGUAGE_CHOICES, chosen_language),
}


def with_choices(studio: Studio) -> list[tuple[Json, Json | None, Json]]:
    """Each command as Discord has it, its subcommand if it has one, and an option with choices."""
    found: list[tuple[Json, Json | None, Json]] = []
    for command in (one.definition | {"id": str(one.id)} for one in studio.world.commands.values()):
        subcommands = [one for one in command.get("options", ()) if one["type"] == 1]
        for sub in subcommands or [None]:
            options = (sub or command).get("options", ())
            found += [(command, sub, one) for one in options if one.get("choices")]
    return found


async def answer_to(studio: Studio, command: Json, sub: Json | None, option: Json, sent: str) -> str:
    """What the member reads, or nothing where a dialogue opens."""
    options: list[Json] = [{"name": option["name"], "type": 3, "value": sent}]
    if any(one.get("required") for one in (sub or command)["options"]):
        options.append({"name": "prompt", "type": 3, "value": "a fox"})
    if sub is not None:
        options = [{"name": sub["name"], "type": 1, "options": options}]
    data = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
    place, who = studio.world.channel("pictures"), studio.world.user(WHO_ASKS)
    ask = Ask(studio.world, open_interaction(studio.world, InteractionKind.COMMAND, place, who, data))
    answer = await ask.answer()
    return "" if answer.kind is AnswerKind.MODAL else text_of(await ask.message())


async def test_every_choice_is_taken_by_value_and_by_name_and_nothing_else_is(studio: Studio) -> None:
    studio.admission.error = ServicePaused()
    found = with_choices(studio)
    assert {option["name"] for *_, option in found} == READERS.keys()
    for command, sub, option in found:
        refused = REFUSED.format(option["name"])
        for one in option["choices"]:
            studio.clock.pass_by(WITHIN_SECONDS)  # many refusals in a minute are answered otherwise
            for sent in {one["value"], one["name"], f" {one['name'].upper()}  "}:
                assert refused not in await answer_to(studio, command, sub, option, sent), sent
        for sent in ("sepia", "٣", "-", "9" * 4000):
            assert refused in await answer_to(studio, command, sub, option, sent), sent
    assert studio.metrics.loop_errors.labels(loop="chat")._value.get() == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("option", READERS)
def test_a_name_means_its_choice_in_every_language(option: str, language: str) -> None:
    choices: Sequence[Choice[str]]
    choices, read = READERS[option]
    with speaking(language):
        names = [gettext(one.name) for one in choices]
    assert [read(one) for one in names] == [read(one.value) for one in choices]


@pytest.mark.parametrize("option", READERS)
def test_a_name_means_its_choice(option: str) -> None:
    choices: Sequence[Choice[str]]
    choices, read = READERS[option]
    assert [read(one.name) for one in choices] == [read(one.value) for one in choices]
    assert len({read(one.value) for one in choices}) == len(choices)
