"""Who is spoken to in which language, by what Discord tells of members and servers."""

import discord

from bot.words.language import language_of


def language_of_member(interaction: discord.Interaction) -> str:
    """For what one person sees: answers to them alone, dialogues, suggestions."""
    return language_of(str(interaction.locale))


def language_of_server(interaction: discord.Interaction) -> str:
    """For what everybody in the channel sees."""
    return language_of(str(interaction.guild_locale or interaction.locale))


def language_of_answer(interaction: discord.Interaction, *, is_private: bool) -> str:
    return language_of_member(interaction) if is_private else language_of_server(interaction)
