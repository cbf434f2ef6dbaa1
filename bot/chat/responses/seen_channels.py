"""Finds out into which channels a member may look now, for a list that shows others' pictures.

A channel about which this cannot be known is left out: a private thread, and all of them while Discord does
not answer.
"""

import asyncio
from collections.abc import Iterable

import discord

from bot.chat.incoming.payload import channel_of, guild_of, roles_of
from bot.chat.responses.context import Context
from bot.chat.servers.server_cache import Server
from bot.domain.errors import CourierUnavailable
from bot.domain.ids import ChannelId

PATIENCE_SECONDS = 3.0
#: Each thread among them is one request to Discord.
MOST_CHANNELS = 50


async def seen_channels(
    context: Context, interaction: discord.Interaction, asked: Iterable[ChannelId]
) -> frozenset[ChannelId]:
    """Return those whose messages the member may read. The present channel is always among them."""
    here = channel_of(interaction)
    others = sorted({*asked} - {here}, reverse=True)[:MOST_CHANNELS]
    if not others:
        return frozenset({here})
    try:
        server = await context.servers.get(guild_of(interaction), PATIENCE_SECONDS)
    except CourierUnavailable:
        return frozenset({here})
    answers = await asyncio.gather(*(_is_seen(context, interaction, server, other) for other in others))
    return frozenset({here, *(other for other, is_seen in zip(others, answers, strict=True) if is_seen)})


async def _is_seen(
    context: Context, interaction: discord.Interaction, server: Server, channel_id: ChannelId
) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            channel = await context.servers.channel(server, channel_id)
    except (CourierUnavailable, TimeoutError):
        return False
    if channel is None or channel.is_private_thread:
        return False
    allowed = server.permissions(interaction.user.id, roles_of(interaction.user), channel)
    return allowed.view_channel and allowed.read_message_history
