"""/jobs."""

import discord
from discord import app_commands

from bot.chat.actions.job_pages import show_list
from bot.chat.commands.options import Slash
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context
from bot.domain.own_pictures import PictureFilter


def jobs_command(context: Context) -> Slash:
    @app_commands.command(name="jobs", description=words.JOBS)
    @app_commands.describe(**words.JOBS_OPTIONS)
    async def jobs(
        interaction: discord.Interaction,
        search: str = "",
        favourites: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
    ) -> None:
        await show_list(context, interaction, PictureFilter.of(search, only_favourites=favourites))

    return jobs
