"""/privacy: what the bot keeps of the member who asks."""

import discord
from discord import app_commands

from bot.chat.actions import own_data
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context


def privacy_commands(context: Context) -> app_commands.Group:
    group = app_commands.Group(name="privacy", description=words.PRIVACY)

    @group.command(name="about", description=words.PRIVACY_ABOUT)
    async def about(interaction: discord.Interaction) -> None:
        await own_data.show_about(context, interaction)

    @group.command(name="export", description=words.PRIVACY_EXPORT)
    async def export(interaction: discord.Interaction) -> None:
        await own_data.export(context, interaction)

    @group.command(name="delete", description=words.PRIVACY_DELETE)
    async def delete(interaction: discord.Interaction) -> None:
        await own_data.ask_delete(context, interaction)

    return group
