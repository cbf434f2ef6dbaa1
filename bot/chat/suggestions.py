"""What `/edit source:` offers while a member types, and what is meant by what they sent."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence

import discord
from discord import app_commands

from bot.chat.custom_ids import as_number
from bot.chat.desk import Desk, guild_of
from bot.chat.presenter.job_list import choice_label, numbered_label
from bot.chat.presenter.message import MOST_OPTIONS
from bot.domain.card import Card
from bot.domain.errors import JobUnknown, SourceNotChosen, TooManyPictures
from bot.domain.ids import ChannelId, MemberId, MessageId, PictureNumber
from bot.domain.job import Job, JobState

#: Discord shows "Loading options failed" after three; a shorter list in time is better.
PATIENCE_SECONDS = 2.0
#: How far back is searched for what was typed.
MOST_SEARCHED = 100
#: As each of Discord's clients copies it, with or without the brackets that keep it from being shown.
_LINK = re.compile(
    r"<?https?://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/channels/"
    r"(?P<guild>\d{1,18}|[1-8]\d{18})/(?P<channel>\d{1,18}|[1-8]\d{18})/(?P<message>\d{1,18}|[1-8]\d{18})/?>?"
)


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
    offered = [job for job in recent if wanted in job.prompt.casefold()][:MOST_OPTIONS]
    times = Counter(map(choice_label, offered))
    return [
        app_commands.Choice(
            name=choice_label(job) if times[choice_label(job)] == 1 else numbered_label(job),
            value=str(job.number),
        )
        for job in offered
    ]


async def own_source(desk: Desk, interaction: discord.Interaction, typed: str) -> tuple[Job, Card]:
    """The member's own picture that `/edit source:` names; or any here, by the link to its message.

    Discord sends at times the name of a choice in place of its value, and members type what they like.
    Raises `SourceNotChosen`.
    """
    typed = typed.strip()
    job = await _by_number(desk, interaction, typed) or await _by_link(desk, interaction, typed)
    job = job or _by_label(await _recent(desk, interaction), typed)
    if job is None:
        raise SourceNotChosen
    return job, await desk.gallery.card_of(job)


async def _by_number(desk: Desk, interaction: discord.Interaction, typed: str) -> Job | None:
    try:
        job = await desk.gallery.numbered(PictureNumber(as_number(typed)), guild_of(interaction))
    except JobUnknown:
        return None
    return job if job.member_id == interaction.user.id and job.deleted_at is None else None


async def _by_link(desk: Desk, interaction: discord.Interaction, typed: str) -> Job | None:
    """Of a message with several pictures, none: the list tells them apart."""
    link = _LINK.fullmatch(typed)
    if link is None or int(link["guild"]) != interaction.guild_id:
        return None
    place = ChannelId(int(link["channel"])), MessageId(int(link["message"]))
    on_it = await desk.gallery.jobs_of_message(*place, guild_of(interaction))
    shown = [job for job in on_it if job.state is JobState.DELIVERED and job.deleted_at is None]
    if len(shown) > 1:
        raise TooManyPictures(len(shown))
    return (await desk.job(interaction, shown[0].id))[0] if shown else None


def _by_label(recent: Sequence[Job], typed: str) -> Job | None:
    """The newest that is offered so."""
    wanted = " ".join(typed.casefold().split())
    for job in recent:
        if wanted in (choice_label(job).casefold(), numbered_label(job).casefold()):
            return job
    return None


async def _recent(desk: Desk, interaction: discord.Interaction) -> list[Job]:
    guild_id, member_id = guild_of(interaction), MemberId(interaction.user.id)
    recent = await desk.gallery.recent(guild_id, member_id, MOST_SEARCHED, states=[JobState.DELIVERED])
    return [job for job in recent if job.deleted_at is None]
