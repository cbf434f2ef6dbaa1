"""What the bot must be allowed to do, by Discord's names of permissions, before anything is spent."""

from collections.abc import Sequence

import discord

from bot.domain.errors import PermissionsMissing

#: An answer that only its member sees needs no place in the channel.
_ALWAYS = ("attach_files", "embed_links")
#: To reply, to find what was posted before a crash, and to give a sign where nothing may be posted.
_HELPFUL = ("read_message_history", "add_reactions")
#: All that any message of the bot's may need: what the invite link asks for.
ALL = ("view_channel", "send_messages", "send_messages_in_threads", *_ALWAYS, *_HELPFUL)


def require(permissions: discord.Permissions, *, is_thread: bool, is_private: bool) -> None:
    """Raises `PermissionsMissing`."""
    lacking = missing(permissions, is_thread=is_thread, is_private=is_private)
    if lacking:
        raise PermissionsMissing(lacking)


def missing(permissions: discord.Permissions, *, is_thread: bool, is_private: bool) -> Sequence[str]:
    sending = "send_messages_in_threads" if is_thread else "send_messages"
    needed = _ALWAYS if is_private else ("view_channel", sending, *_ALWAYS)
    return [name for name in needed if not getattr(permissions, name)]


def missing_of_all(permissions: discord.Permissions, *, is_thread: bool) -> Sequence[str]:
    """Also those without which an answer only takes a simpler form. In a thread, another one lets write."""
    return [
        name for name in ALL if not getattr(permissions, name) and not (is_thread and name == "send_messages")
    ]


def missing_for_notices(permissions: discord.Permissions) -> Sequence[str]:
    needed = ("view_channel", "send_messages", "embed_links")
    return [name for name in needed if not getattr(permissions, name)]
