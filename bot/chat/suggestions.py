"""What `/edit source:` offers while a member types: their own recent pictures."""

import asyncio

import discord
from discord import app_commands

from bot.chat.desk import Desk, guild_of
from bot.chat.presenter.job_list import choice_label
from bot.chat.presenter.message import MOST_OPTIONS
from bot.domain.ids import MemberId
from bot.domain.job import Job, JobState

#: Discord shows "Loading options failed" after three; a shorter list in time is better.
PATIENCE_SECONDS = 2.0
#: How far back is searched for what was typed.
MOST_SEARCHED = 100


async def suggest_sources(
    desk: Desk, interaction: discord.Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """Never raises: there is nobody to tell."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            recent = await _recent(desk, interaction)
    except Exception as error:  # noqa: BLE001  logged there; the member sees an empty list
        desk.mishaps.words(error)
        return []
    wanted = typed.casefold().strip()
    labels = {str(job.id): choice_label(job) for job in recent if wanted in job.prompt.casefold()}
    return [app_commands.Choice(name=label, value=id_) for id_, label in labels.items()][:MOST_OPTIONS]


async def _recent(desk: Desk, interaction: discord.Interaction) -> list[Job]:
    guild_id, member_id = guild_of(interaction), MemberId(interaction.user.id)
    recent = await desk.gallery.recent(guild_id, member_id, MOST_SEARCHED, states=[JobState.DELIVERED])
    return [job for job in recent if job.deleted_at is None]
