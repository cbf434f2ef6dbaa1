"""What the bot must be allowed to do before anything is spent, by Discord's names of permissions."""

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
    sending = "send_messages_in_threads" if is_thread else "send_messages"
    needed = _ALWAYS if is_private else ("view_channel", sending, *_ALWAYS)
    missing = [name for name in needed if not getattr(permissions, name)]
    if missing:
        raise PermissionsMissing(missing)
