"""Who may use a command, worked out as Discord does it from what a server has chosen. Nothing is asked here.

Discord's documentation says: administrators may always; a choice for one command comes before the one for the
whole application; a member's own entry before those of their roles, one allowing role before all denying
ones, and both before @everyone's; allowing @everyone leaves the command's permission by default in force; an
entry for the channel, or else for all channels, has to allow it as well, and holds in the channel's threads.
It does not say whether an allowing entry of the whole application lifts that permission: here, it does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Self

import discord


class EntryKind(IntEnum):
    """What an entry is about, by Discord's numbers."""

    ROLE = 1
    MEMBER = 2
    CHANNEL = 3


Entries = Mapping[tuple[EntryKind, int], bool]
NOTHING: Entries = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandUser:
    """Who wants to use the command, and where; of a thread, `channel_id` is that of its channel."""

    guild_id: int
    member_id: int
    role_ids: frozenset[int]
    channel_id: int | None
    permissions: discord.Permissions


@dataclass(frozen=True, slots=True)
class CommandPermissions:
    """What one server has chosen for the whole application, and for single commands by their ids."""

    for_all: Entries = field(default_factory=dict)
    by_command: Mapping[int, Entries] = field(default_factory=dict)

    @classmethod
    def read(cls, told: Iterable[Any], application_id: int) -> Self:
        """Raises `KeyError`, `TypeError` or `ValueError` for what is not of Discord's form."""
        by_id = {int(one["id"]): _entries(one["permissions"]) for one in told}
        return cls(by_id.pop(application_id, NOTHING), by_id)

    def lets(self, user: CommandUser, command_id: int, by_default: discord.Permissions) -> bool:
        if user.permissions.administrator:
            return True
        if not user.permissions.use_application_commands:
            return False
        own = self.by_command.get(command_id, NOTHING)
        return self._place(own, user) and self._person(own, user, by_default)

    def _place(self, own: Entries, user: CommandUser) -> bool:
        everywhere = user.guild_id - 1
        for place in (user.channel_id, everywhere):
            for entries in (own, self.for_all):
                if place is not None and (EntryKind.CHANNEL, place) in entries:
                    return entries[EntryKind.CHANNEL, place]
        return True

    def _person(self, own: Entries, user: CommandUser, by_default: discord.Permissions) -> bool:
        by_command, by_application = _of_person(own, user), _of_person(self.for_all, user)
        if by_command is not None:
            return by_command
        everyone = (EntryKind.ROLE, user.guild_id)
        if by_application is None:
            by_application = own.get(everyone, self.for_all.get(everyone))
        return by_application is not False and by_default <= user.permissions


def _entries(told: Iterable[Any]) -> Entries:
    return {(EntryKind(int(one["type"])), int(one["id"])): one["permission"] is True for one in told}


def _of_person(entries: Entries, user: CommandUser) -> bool | None:
    """By the member's own entry, else by their roles'; None: neither says anything."""
    if (EntryKind.MEMBER, user.member_id) in entries:
        return entries[EntryKind.MEMBER, user.member_id]
    roles = user.role_ids - {user.guild_id}
    by_roles = [entries[EntryKind.ROLE, one] for one in roles if (EntryKind.ROLE, one) in entries]
    return any(by_roles) if by_roles else None
