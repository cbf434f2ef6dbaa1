"""Who may do what where: the bits that matter here, and how Discord adds them up."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standins.fake_discord.model import Channel, Guild, Member, Role


class Permissions(IntFlag):
    NONE = 0
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    ALL = (1 << 53) - 1


EVERYONE = (
    Permissions.ADD_REACTIONS
    | Permissions.VIEW_CHANNEL
    | Permissions.SEND_MESSAGES
    | Permissions.EMBED_LINKS
    | Permissions.ATTACH_FILES
    | Permissions.READ_MESSAGE_HISTORY
    | Permissions.USE_APPLICATION_COMMANDS
    | Permissions.SEND_MESSAGES_IN_THREADS
)
"""What a new server lets everybody do, as far as it is modelled."""
WITHOUT_BOT = (
    Permissions.VIEW_CHANNEL
    | Permissions.SEND_MESSAGES
    | Permissions.EMBED_LINKS
    | Permissions.ATTACH_FILES
    | Permissions.USE_EXTERNAL_EMOJIS
    | Permissions.SEND_MESSAGES_IN_THREADS
)
"""What an application may do by its tokens in a server that added it for its commands only."""
_ALL, _VIEW, _ADMINISTRATOR = (
    int(one) for one in (Permissions.ALL, Permissions.VIEW_CHANNEL, Permissions.ADMINISTRATOR)
)


def guild_permissions(member: Member) -> Permissions:
    """What the member may do where no channel says otherwise."""
    return Permissions(_in_guild(member))


def channel_permissions(member: Member, channel: Channel) -> Permissions:
    """What the member may do in the channel: @everyone's overwrite, then all roles', then the member's own.

    Without View Channel nothing else is left, as Discord counts it. Plain numbers until the end: every
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
