"""/usage."""

import discord
from discord import app_commands

from bot.chat.actions.own_choices import show_usage
from bot.chat.commands.options import Slash
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context


def usage_command(context: Context) -> Slash:
    @app_commands.command(name="usage", description=words.USAGE)
    async def usage(interaction: discord.Interaction) -> None:
        await show_usage(context, interaction)

    return usage
