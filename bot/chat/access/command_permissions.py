"""Decides whether a member may use a command, as Discord does it, from what the server has set.

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
    """The subject of an entry, by Discord's numbers."""

    ROLE = 1
    MEMBER = 2
    CHANNEL = 3


Entries = Mapping[tuple[EntryKind, int], bool]
NOTHING: Entries = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandUser:
    """A member who wants to use a command, and where. In a thread, `channel_id` is its channel's."""

    guild_id: int
    member_id: int
    role_ids: frozenset[int]
    channel_id: int | None
    permissions: discord.Permissions


@dataclass(frozen=True, slots=True)
class CommandPermissions:
    """The entries of one server: for the whole application, and for single commands by their ids."""

    for_all: Entries = field(default_factory=dict)
    by_command: Mapping[int, Entries] = field(default_factory=dict)

    @classmethod
    def read(cls, answer: Iterable[Any], application_id: int) -> Self:
        """Raises `KeyError`, `TypeError` or `ValueError` if the answer does not have Discord's form."""
        by_id = {int(command["id"]): _entries(command["permissions"]) for command in answer}
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


def _entries(answer: Iterable[Any]) -> Entries:
    return {
        (EntryKind(int(entry["type"])), int(entry["id"])): entry["permission"] is True for entry in answer
    }


def _of_person(entries: Entries, user: CommandUser) -> bool | None:
    """Return what the member's own entry says, else their roles' entries; None if there are none."""
    if (EntryKind.MEMBER, user.member_id) in entries:
        return entries[EntryKind.MEMBER, user.member_id]
    roles = user.role_ids - {user.guild_id}
    by_roles = [entries[EntryKind.ROLE, role] for role in roles if (EntryKind.ROLE, role) in entries]
    return any(by_roles) if by_roles else None
