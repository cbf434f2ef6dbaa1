"""Answers that take the place of a message that one member alone sees.

Everybody else's messages stay as they are: only a tampered client presses such a button there, and is
answered beside it.
"""

import discord

from bot.chat.mishaps import promise, tell_alone
from bot.chat.presenter.message import Message
from bot.chat.rendering import to_edit


async def replace_own(interaction: discord.Interaction, message: Message) -> None:
    if _is_own(interaction):
        await interaction.response.edit_message(**to_edit(message))
    else:
        await tell_alone(interaction, message)


async def promise_to_replace_own(interaction: discord.Interaction) -> None:
    """What follows is `interaction.edit_original_response`."""
    await promise(interaction, is_new=not _is_own(interaction))


def _is_own(interaction: discord.Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral
