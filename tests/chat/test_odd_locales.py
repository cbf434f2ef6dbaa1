"""A language is found, whatever Discord says of it."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord.enums import try_enum

from bot.chat.incoming.languages import language_of_member, language_of_server


@pytest.mark.parametrize("locale", [None, 5, 1.5, True, "", "tlh", "en-XX"])
def test_a_locale_of_any_kind_is_english(locale: Any) -> None:
    odd = try_enum(discord.Locale, locale)
    interaction = cast("discord.Interaction", SimpleNamespace(locale=odd, guild_locale=odd))
    assert language_of_member(interaction) == language_of_server(interaction) == "en"


def test_a_locale_that_is_spoken_is_its_language() -> None:
    interaction = cast(
        "discord.Interaction",
        SimpleNamespace(locale=discord.Locale.german, guild_locale=discord.Locale.french),
    )
    assert (language_of_member(interaction), language_of_server(interaction)) == ("de", "fr")
