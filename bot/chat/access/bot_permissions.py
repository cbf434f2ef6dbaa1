"""The permissions that the bot needs, by Discord's names. They are checked before anything is spent."""

from collections.abc import Sequence

import discord

from bot.domain.errors import PermissionsMissing

#: Needed for every answer, also for one that only its member sees.
_ALWAYS = ("attach_files", "embed_links")
#: Needed to reply, to find a message that was posted before a crash, and to react where posting is not
#: allowed.
_HELPFUL = ("read_message_history", "add_reactions")
_FOR_NOTICES = ("view_channel", "send_messages", "embed_links")
#: All permissions that the bot may ever need: the invite link asks for them.
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
    """List also the permissions without which an answer only has a simpler form."""
    return [
        name for name in ALL if not getattr(permissions, name) and not (is_thread and name == "send_messages")
    ]


def missing_for_notices(permissions: discord.Permissions) -> Sequence[str]:
    return [name for name in _FOR_NOTICES if not getattr(permissions, name)]


def missing_for_posts(permissions: discord.Permissions) -> Sequence[str]:
    """List what is missing to post notices with small pictures."""
    return [name for name in (*_FOR_NOTICES, "attach_files") if not getattr(permissions, name)]
