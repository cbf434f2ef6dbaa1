"""Reads fresh URLs of delivered pictures, which Discord shows as thumbnails in lists."""

import asyncio
from collections.abc import Sequence

import discord
import structlog

from bot.chat.incoming.attachments import pictures_in
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.ids import JobId, MessageId
from bot.domain.job import JobState
from bot.domain.reports import ReportedJob

log = structlog.stdlib.get_logger(__name__)

PATIENCE_SECONDS = 4.0


async def thumbnails_of(client: discord.Client, jobs: Sequence[ReportedJob]) -> dict[JobId, str]:
    """Read the thumbnails of public pictures. One that cannot be read in time is left out."""
    asking = {
        entry.job.id: asyncio.ensure_future(_url(client, entry, entry.message_id))
        for entry in jobs
        if entry.message_id is not None and _can_be_shown(entry)
    }
    if asking:
        await asyncio.wait(asking.values(), timeout=PATIENCE_SECONDS)
    urls = {job_id: task.result() for job_id, task in asking.items() if task.done()}
    for task in asking.values():
        task.cancel()
    return {job_id: url for job_id, url in urls.items() if url is not None}


def _can_be_shown(entry: ReportedJob) -> bool:
    """Return False for spoilers, too: Discord never blurs a thumbnail."""
    job = entry.job
    return (
        not job.is_spoiler
        and job.state is JobState.DELIVERED
        and job.deleted_at is None
        and not entry.is_private
    )


async def _url(client: discord.Client, entry: ReportedJob, message_id: MessageId) -> str | None:
    try:
        channel = client.get_partial_messageable(entry.channel_id, guild_id=entry.job.guild_id)
        message = await channel.fetch_message(message_id)
    except DISCORD_ERRORS as error:
        log.info("thumbnail not read", job=entry.job.id, why=reason(error))
        return None
    found = [
        picture.url for picture in pictures_in(message) if picture.attachment_id == entry.job.attachment_id
    ]
    return found[0] if found else None
