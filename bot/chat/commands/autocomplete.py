"""Suggests pictures for `/edit source:` while a member types, and finds the one that was chosen."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import discord
import structlog
from discord import app_commands

from bot.chat.incoming.payload import guild_of
from bot.chat.presenter.cards.job_list import choice_label, source_label
from bot.chat.presenter.elements.custom_ids import Action, CustomId, as_number
from bot.chat.presenter.elements.message import MOST_OPTIONS
from bot.chat.responses.context import Context
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.card import Card
from bot.domain.errors import JobUnknown, SourceNotChosen, TooManyPictures
from bot.domain.ids import ChannelId, JobId, MemberId, MessageId, PictureNumber
from bot.domain.job import Job, JobState

log = structlog.stdlib.get_logger(__name__)

#: Discord shows "Loading options failed" after three; a shorter list in time is better.
PATIENCE_SECONDS = 2.0
#: How many pictures are searched for the typed text.
MOST_SEARCHED = 100
#: A link as clients and browsers copy it, with or without the brackets that suppress its preview.
_LINK = re.compile(
    r"<?(?:https?://)?(?:(?:www|ptb|canary)\.)?discord(?:app)?\.com/channels/"
    r"(?P<guild>\d{1,18}|[1-8]\d{18})/(?P<channel>\d{1,18}|[1-8]\d{18})/(?P<message>\d{1,18}|[1-8]\d{18})"
    r"/?(?:[?#][^\s<>]*)?>?",
    re.IGNORECASE,
)
#: The end of a label in the list.
_LABEL_END = re.compile(r" · #(?P<number>[0-9]{1,19})$")
#: For a message that is not a card: the response has to be sent within three seconds.
READ_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Chosen:
    job: Job
    card: Card
    #: A message beside the card that shows the picture to everyone here.
    copy: discord.Message | None = None


async def suggest_sources(
    context: Context, interaction: discord.Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """Never raises: a list of suggestions cannot show an error."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            recent = await _recent(context, interaction)
    except Exception as error:  # noqa: BLE001  logged there; the member sees an empty list
        context.error_handler.report(error)
        return []
    wanted, now = typed.casefold().strip(), context.clock.now()
    offered = [job for job in recent if wanted in job.prompt.casefold()][:MOST_OPTIONS]
    cards = defaultdict(list)
    for job in recent:
        cards[job.card_id].append(job)
    return [
        app_commands.Choice(name=source_label(job, cards[job.card_id], now), value=str(job.number))
        for job in offered
    ]


async def own_source(context: Context, interaction: discord.Interaction, typed: str) -> Chosen:
    """Find the member's own picture that `/edit source:` names, or any picture here by a link to its message.

    Discord sends at times the name of a choice in place of its value, and members type what they like.
    Raises `SourceNotChosen`.
    """
    typed = typed.strip()
    labelled = _LABEL_END.search(typed)
    job = await _by_number(context, interaction, labelled["number"] if labelled else typed)
    if job is None and (link := _LINK.fullmatch(typed)) is not None:
        return await _by_link(context, interaction, link)
    job = job or _by_prompt(await _recent(context, interaction), typed)
    if job is None:
        raise SourceNotChosen
    return Chosen(job, await context.gallery.card_of(job))


async def _by_number(context: Context, interaction: discord.Interaction, typed: str) -> Job | None:
    try:
        job = await context.gallery.numbered(PictureNumber(as_number(typed)), guild_of(interaction))
    except JobUnknown:
        return None
    return job if job.member_id == interaction.user.id and not job.is_away else None


async def _by_link(context: Context, interaction: discord.Interaction, link: re.Match[str]) -> Chosen:
    """Raises `TooManyPictures` for a message with several pictures: the list tells them apart."""
    if int(link["guild"]) != interaction.guild_id:
        raise SourceNotChosen
    place = ChannelId(int(link["channel"])), MessageId(int(link["message"]))
    on_it = await context.gallery.jobs_of_message(*place, guild_of(interaction))
    if not on_it:
        return await _copied(context, interaction, *place)
    shown = [job for job in on_it if job.is_posted]
    return Chosen(*await context.job(interaction, _only([job.id for job in shown])))


async def _copied(
    context: Context, interaction: discord.Interaction, channel_id: ChannelId, message_id: MessageId
) -> Chosen:
    """Find a picture that was posted again. Only its message shows which; all in its channel may see it."""
    me = interaction.client.user
    if channel_id != interaction.channel_id or me is None:
        raise SourceNotChosen
    try:
        async with asyncio.timeout(READ_SECONDS):
            channel = interaction.client.get_partial_messageable(channel_id)
            message = await channel.fetch_message(message_id)
    except DISCORD_ERRORS as error:
        log.info("message cannot be read", why=reason(error))
        raise SourceNotChosen from error
    if message.author.id != me.id or message.flags.ephemeral:
        raise SourceNotChosen
    job = await context.gallery.job(_only(_jobs_below(message)), guild_of(interaction))
    return Chosen(job, await context.gallery.card_of(job), message)


def _jobs_below(message: discord.Message) -> list[JobId]:
    """Return the jobs that the buttons of a copy name."""
    parts = [part for row in message.components for part in getattr(row, "children", ())]
    ids = [part.custom_id for part in parts if isinstance(part, discord.Button) and part.custom_id]
    custom_ids = [CustomId.read(text) for text in ids]
    return [JobId(id_.number(0)) for id_ in custom_ids if id_.action is Action.REMOVE_COPY]


def _only(found: Sequence[JobId]) -> JobId:
    """Raises `TooManyPictures`, or `SourceNotChosen` for none."""
    if len(found) > 1:
        raise TooManyPictures(len(found))
    if not found:
        raise SourceNotChosen
    return found[0]


def _by_prompt(recent: Sequence[Job], typed: str) -> Job | None:
    """Return the newest picture with that prompt."""
    wanted = " ".join(typed.casefold().split())
    return next((job for job in recent if wanted == choice_label(job).casefold()), None)


async def _recent(context: Context, interaction: discord.Interaction) -> list[Job]:
    guild_id, member_id = guild_of(interaction), MemberId(interaction.user.id)
    recent = await context.gallery.recent(guild_id, member_id, MOST_SEARCHED, states=[JobState.DELIVERED])
    return [job for job in recent if not job.is_away]
