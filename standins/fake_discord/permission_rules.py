"""Permissions in guilds and channels: how Discord adds up roles and overwrites."""

from __future__ import annotations

from collections.abc import Iterable

from standins.fake_discord.model import Channel, Guild, Member, Role
from standins.fake_discord.permissions import Permissions

_ALL, _VIEW, _ADMINISTRATOR = (
    int(one) for one in (Permissions.ALL, Permissions.VIEW_CHANNEL, Permissions.ADMINISTRATOR)
)


def guild_permissions(member: Member) -> Permissions:
    """The member's permissions if no channel changes them."""
    return Permissions(_in_guild(member))


def channel_permissions(member: Member, channel: Channel) -> Permissions:
    """The member's permissions in the channel: @everyone's overwrite, then all roles', then the member's own.

    Without View Channel nothing is allowed, as at Discord. Plain numbers until the end, for speed: every
    request asks.
    """
    granted = _in_guild(member)
    overwrites = (channel.parent or channel).overwrites
    if not overwrites or granted == _ALL:
        return Permissions(granted if granted & _VIEW else 0)
    for ids in ([member.guild.id], [role.id for role in member.roles], [member.user.id]):
        layer = [overwrites[one] for one in ids if one in overwrites]
        granted &= ~_together(one.deny for one in layer)
        granted |= _together(one.allow for one in layer)
    return Permissions(granted if granted & _VIEW else 0)


def everyone_role(guild: Guild) -> Role:
    return guild.roles[guild.id]


def _in_guild(member: Member) -> int:
    guild = member.guild
    if member.user is guild.owner:
        return _ALL
    granted = _together(role.permissions for role in (everyone_role(guild), *member.roles))
    return _ALL if granted & _ADMINISTRATOR else granted


def _together(parts: Iterable[Permissions]) -> int:
    total = 0
    for part in parts:
        total |= int(part)
    return total
