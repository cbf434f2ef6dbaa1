"""What the bot must be allowed to do, by Discord's names of permissions, before anything is spent."""

from collections.abc import Sequence
from typing import Any

import discord

from bot.domain.errors import PermissionsMissing

#: Places of which discord.py can tell who may do what there.
_Known = discord.TextChannel | discord.VoiceChannel | discord.StageChannel

#: An answer that only its member sees needs no place in the channel.
_ALWAYS = ("attach_files", "embed_links")


def of_member(member: discord.Member, channel: Any) -> discord.Permissions | None:
    """What the member may do there; None where that is not known."""
    if isinstance(channel, discord.Thread):
        return None if channel.parent is None else channel.permissions_for(member)
    return channel.permissions_for(member) if isinstance(channel, _Known) else None


def require(permissions: discord.Permissions, *, is_thread: bool, is_private: bool) -> None:
    """Raises `PermissionsMissing`."""
    lacking = missing(permissions, is_thread=is_thread, is_private=is_private)
    if lacking:
        raise PermissionsMissing(lacking)


def missing(permissions: discord.Permissions, *, is_thread: bool, is_private: bool) -> Sequence[str]:
    sending = "send_messages_in_threads" if is_thread else "send_messages"
    needed = _ALWAYS if is_private else ("view_channel", sending, *_ALWAYS)
    return [name for name in needed if not getattr(permissions, name)]


def missing_for_notices(permissions: discord.Permissions) -> Sequence[str]:
    needed = ("view_channel", "send_messages", "embed_links")
    return [name for name in needed if not getattr(permissions, name)]


def may_post_notices(guild: discord.Guild | None, channel_id: int | None) -> bool:
    """As far as can be told: an unknown channel is given the benefit of the doubt."""
    channel = guild.get_channel(channel_id) if guild and channel_id else None
    if guild is None or channel is None:
        return True
    return not missing_for_notices(channel.permissions_for(guild.me))
