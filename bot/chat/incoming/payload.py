"""The member and the place of an interaction or a message, as Discord sends them.

discord.py looks roles up in a cache and leaves out those that are not in there, which after a start is all of
them. So every decision is based on what is read here, or in `bot/chat/servers/server_cache.py`.
"""

from collections.abc import Mapping
from typing import Any

import discord

from bot.domain.errors import JobUnknown
from bot.domain.ids import ChannelId, GuildId, RoleId


def roles_of(user: discord.User | discord.Member) -> frozenset[RoleId]:
    """Return the member's roles without @everyone. A webhook, and a user who has left, have none."""
    if not isinstance(user, discord.Member):
        return frozenset()
    ids = user._roles  # noqa: SLF001  the payload's ids; the public list holds only those in the cache
    guild: discord.Guild | None = user.guild  # of a message in a server that is not in the cache: None
    return frozenset(RoleId(id_) for id_ in ids if guild is None or id_ != guild.id)


def guild_id_of(message: discord.Message) -> int | None:
    """Return None for a direct message."""
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)


def guild_of(interaction: discord.Interaction) -> GuildId:
    """Raises `JobUnknown` outside of servers, where no command is offered."""
    if interaction.guild_id is None:
        raise JobUnknown
    return GuildId(interaction.guild_id)


def channel_of(interaction: discord.Interaction) -> ChannelId:
    """Raises `JobUnknown` outside of channels, where no command is offered."""
    if interaction.channel_id is None:
        raise JobUnknown
    return ChannelId(interaction.channel_id)


def is_in_thread(interaction: discord.Interaction) -> bool:
    return isinstance(interaction.channel, discord.Thread)


def parent_of(interaction: discord.Interaction) -> ChannelId | None:
    """Return the channel of a thread; None outside of threads."""
    channel = interaction.channel
    return ChannelId(channel.parent_id) if isinstance(channel, discord.Thread) else None


def place_of(interaction: discord.Interaction) -> ChannelId:
    """Return the channel whose rules apply: that of the thread, or the channel itself."""
    return parent_of(interaction) or channel_of(interaction)


def chosen_channels(interaction: discord.Interaction) -> frozenset[int]:
    """Return the chosen channels that Discord has resolved, which are all of this server."""
    return _resolved(interaction, "channels")


def kind_of_chosen_channel(interaction: discord.Interaction, channel_id: int) -> int:
    """Return Discord's number of the kind of channel."""
    data: Mapping[str, Any] = interaction.data or {}
    return int(data["resolved"]["channels"][str(channel_id)]["type"])


def chosen_roles(interaction: discord.Interaction) -> frozenset[int]:
    """Return the chosen roles that Discord has resolved, which are all of this server."""
    return _resolved(interaction, "roles")


def chosen_member_roles(interaction: discord.Interaction, member_id: int) -> frozenset[RoleId] | None:
    """Return the roles of a chosen member; None for someone who is not on this server."""
    data: Mapping[str, Any] = interaction.data or {}
    member = data.get("resolved", {}).get("members", {}).get(str(member_id))
    return None if member is None else frozenset(RoleId(int(role)) for role in member["roles"])


def _resolved(interaction: discord.Interaction, kind: str) -> frozenset[int]:
    data: Mapping[str, Any] = interaction.data or {}
    return frozenset(map(int, data.get("resolved", {}).get(kind, {})))
