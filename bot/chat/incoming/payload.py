"""Who is at a door, and where: what Discord says with every interaction and message.

discord.py looks roles up in a cache and leaves out those that are not in there, which after a start is all of
them: see `bot/chat/servers/server_cache.py`. Whatever decides is read here, or there.
"""

from collections.abc import Mapping
from typing import Any

import discord

from bot.domain.ids import ChannelId, RoleId


def roles_of(user: discord.User | discord.Member) -> frozenset[RoleId]:
    """@everyone is none of them; of a webhook or a user who has left, there are none."""
    if not isinstance(user, discord.Member):
        return frozenset()
    told = user._roles  # noqa: SLF001  the payload's ids; the public list holds only those in the cache
    guild: discord.Guild | None = user.guild  # of a message in a server that is not in the cache: None
    return frozenset(RoleId(one) for one in told if guild is None or one != guild.id)


def guild_id_of(message: discord.Message) -> int | None:
    """None for a direct message."""
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)


def is_in_thread(interaction: discord.Interaction) -> bool:
    return isinstance(interaction.channel, discord.Thread)


def parent_of(interaction: discord.Interaction) -> ChannelId | None:
    """In a thread: the channel that it belongs to."""
    channel = interaction.channel
    return ChannelId(channel.parent_id) if isinstance(channel, discord.Thread) else None


def chosen_channels(interaction: discord.Interaction) -> frozenset[int]:
    """Those among the chosen values that Discord has looked up: channels of the server, and no other's."""
    data: Mapping[str, Any] = interaction.data or {}
    return frozenset(map(int, data.get("resolved", {}).get("channels", {})))
