"""/config check: the bot's permissions in this channel, and in all channels that the server has set."""

from collections.abc import Callable, Sequence

import discord

from bot.chat.access.bot_permissions import missing_for_notices, missing_of_all
from bot.chat.delivery.sender import keep_promise, promise
from bot.chat.incoming.payload import channel_of, guild_of, is_in_thread
from bot.chat.presenter.config_check import checked
from bot.chat.responses.context import Context
from bot.chat.servers.server_cache import Channel, Server
from bot.domain.ids import ChannelId

#: A channel, and what is lacking there; None: the channel is gone.
ChannelFinding = tuple[int, Sequence[str] | None]
Lacking = Callable[[discord.Permissions, Channel], Sequence[str]]


async def show_check(context: Context, interaction: discord.Interaction) -> None:
    await promise(interaction, is_new=True)
    choices = (await context.administration.settings(guild_of(interaction))).choices
    server = await context.servers.get(guild_of(interaction))
    elsewhere = sorted(choices.allowed_channels - {channel_of(interaction)})
    pictures = [await _there(context, server, channel_id, _for_pictures) for channel_id in elsewhere]
    log_id = choices.log_channel_id
    log = None if log_id is None else await _there(context, server, log_id, _for_notices)
    await keep_promise(interaction, checked([_here(interaction), *pictures], log))


def _here(interaction: discord.Interaction) -> ChannelFinding:
    """Discord itself says what is allowed here."""
    lacking = missing_of_all(interaction.app_permissions, is_thread=is_in_thread(interaction))
    return channel_of(interaction), lacking


async def _there(context: Context, server: Server, channel_id: int, lacking: Lacking) -> ChannelFinding:
    """Check a channel. Where the bot is no member of the server, it has no permissions."""
    if not server.is_open:
        return channel_id, lacking(discord.Permissions.none(), Channel(id=ChannelId(channel_id)))
    channel = await context.servers.channel(server, channel_id)
    return channel_id, None if channel is None else lacking(server.own_permissions(channel), channel)


def _for_pictures(permissions: discord.Permissions, channel: Channel) -> Sequence[str]:
    return missing_of_all(permissions, is_thread=channel.is_thread)


def _for_notices(permissions: discord.Permissions, _channel: Channel) -> Sequence[str]:
    return missing_for_notices(permissions)
