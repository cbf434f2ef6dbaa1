"""The languages of members and servers, as Discord names them."""

import discord

from bot.words.language import language_of


def language_of_member(interaction: discord.Interaction) -> str:
    """Return the language for what one member sees: private answers, modals, suggestions."""
    return language_of(str(interaction.locale))


def language_of_server(interaction: discord.Interaction) -> str:
    """Return the language for what everyone in the channel sees."""
    return language_of(str(interaction.guild_locale or interaction.locale))


def language_of_answer(interaction: discord.Interaction, *, is_private: bool) -> str:
    return language_of_member(interaction) if is_private else language_of_server(interaction)
