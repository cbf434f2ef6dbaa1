"""Whatever is shown fits Discord in every language, with the longest values; and labels fit their buttons."""

import pytest
from discord import Client, Intents, app_commands

from bot.chat.commands.command_list import add_commands
from bot.chat.commands.translator import Translator
from bot.chat.presenter.elements.message import Button, Form, Link, Message
from bot.words.language import LANGUAGES, speaking
from standins.fake_discord.rules_commands import check_commands
from tests.unit.message_limits import form_problems, problems
from tests.words.everything import Shown, everything

#: Longer ones fit Discord, and not a phone.
MOST_OF_A_LABEL = 34


def refused(shown: Shown) -> list[str]:
    if isinstance(shown, Form):
        return form_problems(shown)
    return [*problems(shown), *problems(shown.without_words())]


def labels(shown: Shown) -> list[str]:
    if not isinstance(shown, Message):
        return []
    return [part.label for row in shown.rows for part in row if isinstance(part, Button | Link)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_fits_discord(language: str) -> None:
    with speaking(language):
        found = [(drawn.name, found) for drawn in everything() if (found := refused(drawn.shown))]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_buttons(language: str) -> None:
    with speaking(language):
        found = {label for drawn in everything() for label in labels(drawn.shown)}
    assert [one for one in found if len(one) > MOST_OF_A_LABEL] == []


async def test_commands_fit_discord_in_every_language() -> None:
    tree = app_commands.CommandTree(Client(intents=Intents.none()))
    add_commands(tree, None, offers_max=True)  # type: ignore[arg-type]  # commands are built without it, and used with it
    translator = Translator()
    check_commands([await one.get_translated_payload(tree, translator) for one in tree.get_commands()])
