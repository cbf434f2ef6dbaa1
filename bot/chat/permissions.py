"""What the bot must be allowed to do before anything is spent, by Discord's names of permissions."""

import discord

from bot.domain.errors import PermissionsMissing

#: An answer that only its member sees needs no place in the channel.
_ALWAYS = ("attach_files", "embed_links")


def require(permissions: discord.Permissions, *, is_thread: bool, is_private: bool) -> None:
    """Raises `PermissionsMissing`."""
    sending = "send_messages_in_threads" if is_thread else "send_messages"
    needed = _ALWAYS if is_private else ("view_channel", sending, *_ALWAYS)
    missing = [name for name in needed if not getattr(permissions, name)]
    if missing:
        raise PermissionsMissing(missing)
