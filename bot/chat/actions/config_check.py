"""/config check: the bot's permissions where images are allowed, and in the channels for moderators."""

from collections.abc import Callable, Collection, Iterable, Sequence

import discord

from bot.chat.access.bot_permissions import missing_for_notices, missing_for_posts, missing_of_all
from bot.chat.delivery.renderer import CHANNEL_TYPES, POST_CHANNEL_TYPES
from bot.chat.delivery.sender import keep_promise, promise
from bot.chat.incoming.payload import channel_of, guild_of, is_in_thread
from bot.chat.presenter.settings.config_check import Finding, Unusable, checked
from bot.chat.responses.context import Context
from bot.chat.servers.server_cache import Channel, Server
from bot.domain.ids import ChannelId

Lacking = Callable[[discord.Permissions, Channel], Sequence[str] | Unusable]
_KINDS = {kind.value for kind in CHANNEL_TYPES}
_KINDS_FOR_POSTS = {kind.value for kind in POST_CHANNEL_TYPES}
#: With media channels, which only Discord's lists do not offer.
_KINDS_FOR_PICTURES = {*_KINDS, discord.ChannelType.media.value}


async def show_check(context: Context, interaction: discord.Interaction) -> None:
    await promise(interaction, is_new=True)
    choices = (await context.administration.settings(guild_of(interaction))).choices
    server = await context.servers.get(guild_of(interaction))
    chosen, here = sorted(choices.allowed_channels), channel_of(interaction)
    hidden = [] if chosen else _hidden(server, here)
    elsewhere = _without(chosen or _all_of(server), [here, *hidden])
    pictures = [await _there(context, server, channel_id, _for_pictures) for channel_id in elsewhere]
    log, moderators, feed = [
        None if channel_id is None else await _there(context, server, channel_id, lacking)
        for channel_id, lacking in (
            (choices.log_channel_id, _for_notices),
            (choices.moderation_channel_id, _for_posts),
            (choices.feed_channel_id, _for_posts),
        )
    ]
    await keep_promise(interaction, checked([_here(interaction), *pictures], log, hidden, moderators, feed))


def _all_of(server: Server) -> list[ChannelId]:
    """Return the channels in which, or in whose threads, members write."""
    return [channel.id for channel in server.channels.values() if channel.kind in _KINDS]


def _hidden(server: Server, here: ChannelId) -> list[ChannelId]:
    """Return the channels that the bot cannot see: with no channels chosen, this is as the admins want it."""
    unseen = (channel_id for channel_id in _all_of(server) if not _is_seen(server, channel_id))
    return _without(unseen, [here])


def _is_seen(server: Server, channel_id: ChannelId) -> bool:
    return server.own_permissions(server.channels[channel_id]).view_channel


def _without(ids: Iterable[ChannelId], left_out: Sequence[ChannelId]) -> list[ChannelId]:
    return [channel_id for channel_id in ids if channel_id not in left_out]


def _here(interaction: discord.Interaction) -> Finding:
    """Discord itself says what is allowed here."""
    lacking = missing_of_all(interaction.app_permissions, is_thread=is_in_thread(interaction))
    return channel_of(interaction), lacking


async def _there(context: Context, server: Server, channel_id: int, lacking: Lacking) -> Finding:
    """Check a channel. Where the bot is no member of the server, it has no permissions."""
    if not server.is_open:
        return channel_id, lacking(discord.Permissions.none(), Channel(id=ChannelId(channel_id)))
    channel = await context.servers.channel(server, channel_id)
    return channel_id, Unusable.GONE if channel is None else lacking(server.own_permissions(channel), channel)


def _for_pictures(permissions: discord.Permissions, channel: Channel) -> Sequence[str] | Unusable:
    if _is_other(channel, _KINDS_FOR_PICTURES):
        return Unusable.WRONG_KIND
    return missing_of_all(permissions, is_thread=channel.is_thread or channel.has_only_threads)


def _for_notices(permissions: discord.Permissions, channel: Channel) -> Sequence[str] | Unusable:
    return Unusable.WRONG_KIND if _is_other(channel, _KINDS_FOR_POSTS) else missing_for_notices(permissions)


def _for_posts(permissions: discord.Permissions, channel: Channel) -> Sequence[str] | Unusable:
    return Unusable.WRONG_KIND if _is_other(channel, _KINDS_FOR_POSTS) else missing_for_posts(permissions)


def _is_other(channel: Channel, kinds: Collection[int]) -> bool:
    """Return whether the channel is of none of these kinds, and no thread."""
    return not channel.is_thread and channel.kind not in kinds
