"""/usage."""

import discord
from discord import app_commands

from bot.chat.commands.options import Slash
from bot.chat.delivery.sender import tell_alone
from bot.chat.presenter import command_words as words
from bot.chat.presenter.own_usage import own_usage
from bot.chat.responses.context import Context


def usage_command(context: Context) -> Slash:
    @app_commands.command(name="usage", description=words.USAGE)
    async def usage(interaction: discord.Interaction) -> None:
        await tell_alone(interaction, own_usage(await context.usages(interaction)))

    return usage
