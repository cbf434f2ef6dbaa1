"""The names of mentioned members, roles and channels, for the prompt that is sent to the provider.

Of people, only display names are used: a username identifies an account and is never sent. The payload comes
before discord.py's cache, which has no members and may be empty.
"""

from collections.abc import Mapping
from typing import Any

import discord


class InteractionMentions:
    """The names that came with a command, a press or a dialogue."""

    def __init__(self, interaction: discord.Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        self._resolved: Mapping[str, Mapping[str, Mapping[str, Any]]] = data.get("resolved") or {}
        self._asking = interaction.user
        self._guild = interaction.guild

    def user(self, user_id: int) -> str | None:
        if user_id == self._asking.id:
            return shown_name(self._asking)
        member, user = self._of("members", user_id), self._of("users", user_id)
        return member.get("nick") or user.get("global_name")

    def role(self, role_id: int) -> str | None:
        return self._of("roles", role_id).get("name") or role_name(self._guild, role_id)

    def channel(self, channel_id: int) -> str | None:
        known = self._of("channels", channel_id).get("name")
        return known or channel_name(self._guild, self._asking, channel_id)

    def _of(self, kind: str, its_id: int) -> Mapping[str, Any]:
        return self._resolved.get(kind, {}).get(str(its_id), {})


class MessageMentions:
    """The names that came with a message."""

    def __init__(self, message: discord.Message) -> None:
        self._message = message

    def user(self, user_id: int) -> str | None:
        people = (*self._message.mentions, self._message.author)
        mentioned = (person for person in people if person.id == user_id)
        return next(map(shown_name, mentioned), None)

    def role(self, role_id: int) -> str | None:
        return role_name(self._message.guild, role_id)

    def channel(self, channel_id: int) -> str | None:
        return channel_name(self._message.guild, self._message.author, channel_id)


def shown_name(user: discord.User | discord.Member) -> str | None:
    nick = user.nick if isinstance(user, discord.Member) else None
    return nick or user.global_name


def role_name(guild: discord.Guild | None, role_id: int) -> str | None:
    role = guild.get_role(role_id) if guild else None
    return role.name if role else None


def channel_name(
    guild: discord.Guild | None, asking: discord.User | discord.Member, channel_id: int
) -> str | None:
    """Return None unless it is certain that the member can see the channel."""
    if guild is None or guild.get_role(guild.id) is None or not isinstance(asking, discord.Member):
        return None
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None or (
        isinstance(channel, discord.Thread) and (channel.is_private() or not channel.parent)
    ):
        return None
    return channel.name if channel.permissions_for(asking).view_channel else None
