"""Reads fresh URLs of delivered pictures, which Discord shows as thumbnails in lists."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord
import structlog

from bot.chat.incoming.attachments import pictures_in
from bot.chat.rest.cache import ReadThroughCache
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.clock import Clock
from bot.domain.ids import AttachmentId, ChannelId, GuildId, JobId, MessageId
from bot.domain.reports import ReportedJob

log = structlog.stdlib.get_logger(__name__)

#: How long a list waits for its thumbnails. Those that come later are there when the list is drawn again.
PATIENCE_SECONDS = 4.0
#: A call may wait for a rate limit, since many pictures may be in one channel.
READ_SECONDS = 30.0
#: A URL is valid for about a day.
REMEMBERED_SECONDS = 3600.0
RETRY_SECONDS = 60.0

Urls = Mapping[AttachmentId | None, str]


@dataclass(frozen=True, slots=True)
class _Place:
    guild_id: GuildId
    channel_id: ChannelId
    message_id: MessageId
    #: A message that gets one more picture is read again.
    wanted: frozenset[AttachmentId]


class Thumbnails:
    """Reads each message once, however many of its pictures are in a list, and remembers it for an hour."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._urls = ReadThroughCache(
            self._read, clock, remembered_seconds=REMEMBERED_SECONDS, retry_seconds=RETRY_SECONDS
        )

    async def of(self, listed: Sequence[ReportedJob]) -> dict[JobId, str]:
        """Return the URLs of public pictures. One that cannot be read in time is left out."""
        places = _places(listed)
        reading = {place: asyncio.ensure_future(self._urls.of(place)) for place in places}
        if reading:
            await asyncio.wait(reading.values(), timeout=PATIENCE_SECONDS)
        found: dict[JobId, str] = {}
        for place, task in reading.items():
            urls = (task.result() if task.done() else None) or {}
            found |= {
                entry.job.id: urls[id_] for entry in places[place] if (id_ := entry.job.attachment_id) in urls
            }
            task.cancel()
        return found

    async def _read(self, place: _Place) -> Urls | None:
        try:
            async with asyncio.timeout(READ_SECONDS):
                channel = self._client.get_partial_messageable(place.channel_id, guild_id=place.guild_id)
                message = await channel.fetch_message(place.message_id)
        except DISCORD_ERRORS as error:
            log.info("thumbnails not read", message=place.message_id, why=reason(error))
            return None
        return {picture.attachment_id: picture.url for picture in pictures_in(message)}


def _places(listed: Sequence[ReportedJob]) -> dict[_Place, list[ReportedJob]]:
    by_message: dict[tuple[GuildId, ChannelId, MessageId], list[ReportedJob]] = {}
    for entry in listed:
        if entry.message_id is not None and _can_be_shown(entry):
            by_message.setdefault((entry.job.guild_id, entry.channel_id, entry.message_id), []).append(entry)
    return {
        _Place(
            *message, frozenset(entry.job.attachment_id for entry in there if entry.job.attachment_id)
        ): there
        for message, there in by_message.items()
    }


def _can_be_shown(entry: ReportedJob) -> bool:
    """Return False for spoilers, too: Discord never blurs a thumbnail."""
    return entry.job.is_posted and not entry.job.is_spoiler and not entry.is_private
