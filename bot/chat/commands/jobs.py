"""/jobs."""

import discord
from discord import app_commands

from bot.chat.actions.listing import show_list
from bot.chat.answering.desk import Desk
from bot.chat.commands.offered import Slash
from bot.chat.presenter import command_words as words


def jobs_command(desk: Desk) -> Slash:
    @app_commands.command(name="jobs", description=words.JOBS)
    async def jobs(interaction: discord.Interaction) -> None:
        await show_list(desk, interaction)

    return jobs
