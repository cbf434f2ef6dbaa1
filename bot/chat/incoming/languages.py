"""The languages of members and servers, as Discord names them."""

import discord

from bot.words.language import language_of


def language_of_member(interaction: discord.Interaction) -> str:
    """Return the language for what one member sees: private answers, modals, suggestions."""
    return _language_of(interaction.locale)


def language_of_server(interaction: discord.Interaction) -> str:
    """Return the language for what everyone in the channel sees."""
    return _language_of(interaction.guild_locale or interaction.locale)


def language_of_answer(interaction: discord.Interaction, *, is_private: bool) -> str:
    return language_of_member(interaction) if is_private else language_of_server(interaction)


def _language_of(locale: discord.Locale) -> str:
    """Return English for whatever is no text; `str` would raise an error for it."""
    return language_of(str(locale.value))
