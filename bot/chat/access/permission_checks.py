"""Checks at each press of a button: Discord checks permissions for commands only.

A server chooses who may use a command (Server Settings ▸ Integrations). A press does not say what was
chosen, so the bot reads it from Discord and answers the press as Discord would answer the command. Where it
cannot be read, the command's default permission decides. Once the server is known to have changed its choice,
that is not enough any more.

Members whom Discord let use a command may also press the buttons of its answer: in the same channel, for as
long as the answer's token lives, and only until their roles, their permissions or the server's choice change.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum

import discord

from bot.chat.access.command_permission_cache import CommandPermissionCache
from bot.chat.access.command_permissions import CommandUser
from bot.chat.incoming.payload import parent_of, roles_of
from bot.domain.clock import Clock
from bot.domain.errors import CommandDenied, MemberPermissionMissing
from bot.domain.ids import RoleId

MOST_REMEMBERED = 2000
#: An ephemeral answer can be changed by its token for this long.
REMEMBERED_SECONDS = 15 * 60.0
#: A request for a picture has to be admitted and answered within the same three seconds.
USE_PATIENCE_SECONDS = 1.0


class RestrictedCommand(Enum):
    """A command that is not for everyone. The value is Discord's name of its default permission."""

    REVIEW = "manage_messages"
    CONFIG = "manage_guild"

    @property
    def permissions(self) -> discord.Permissions:
        return discord.Permissions(**{self.value: True})

    @property
    def command(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class _Grounds:
    """The facts on which Discord may have based its decision. They come with every interaction."""

    channel_id: int | None
    role_ids: frozenset[RoleId]
    permissions: discord.Permissions

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "_Grounds":
        return cls(interaction.channel_id, roles_of(interaction.user), interaction.permissions)


class PermissionChecks:
    """Remembers for a while which commands Discord let each member use."""

    def __init__(self, clock: Clock, command_permissions: CommandPermissionCache) -> None:
        self._clock = clock
        self._command_permissions = command_permissions
        self._uses: OrderedDict[tuple[int | None, int, RestrictedCommand], tuple[float, _Grounds]] = (
            OrderedDict()
        )
        #: Servers that have changed their choice: the default permission says nothing there any more.
        self._changed: set[int | None] = set()

    def note_use(self, interaction: discord.Interaction, restricted: RestrictedCommand) -> None:
        """Remember that Discord let this member use the command."""
        key = (interaction.guild_id, interaction.user.id, restricted)
        self._uses[key] = self._clock.monotonic(), _Grounds.of(interaction)
        self._uses.move_to_end(key)
        if len(self._uses) > MOST_REMEMBERED:
            self._uses.popitem(last=False)

    def forget_server(self, guild_id: int) -> None:
        """The server has changed its choice: members with an open panel have to use the command again."""
        self._changed.add(guild_id)
        self._command_permissions.forget(guild_id)
        self._uses = OrderedDict((key, use) for key, use in self._uses.items() if key[0] != guild_id)

    def forget_all(self) -> None:
        """Events were missed: any server may have changed its choice."""
        self._command_permissions.forget_all()
        self._uses.clear()

    async def require(self, interaction: discord.Interaction, restricted: RestrictedCommand) -> None:
        """Raises `MemberPermissionMissing`."""
        if not await self._may_use(interaction, restricted):
            raise MemberPermissionMissing(restricted.value)

    async def require_use(self, interaction: discord.Interaction, command: str) -> None:
        """Check a press that does what a command for everyone does. Raises `CommandDenied`."""
        user = _command_user(interaction)
        if user is not None:
            await self.require_use_by(user, command)

    async def require_use_by(self, user: CommandUser, command: str) -> None:
        """Check the author of a message in the same way. Raises `CommandDenied`."""
        no_permissions = discord.Permissions.none()
        if await self._command_permissions.lets(user, command, no_permissions, USE_PATIENCE_SECONDS) is False:
            raise CommandDenied(command)

    def probably_may_use(self, interaction: discord.Interaction, restricted: RestrictedCommand) -> bool:
        """Good enough to mention the command to a member, and for nothing else."""
        return restricted.permissions <= interaction.permissions or self._has_used(interaction, restricted)

    async def _may_use(self, interaction: discord.Interaction, restricted: RestrictedCommand) -> bool:
        if interaction.permissions.administrator or self._has_used(interaction, restricted):
            return True
        user = _command_user(interaction)
        if user is None:
            return False
        lets = await self._command_permissions.lets(user, restricted.command, restricted.permissions)
        return self._may_by_default(interaction, restricted) if lets is None else lets

    def _may_by_default(self, interaction: discord.Interaction, restricted: RestrictedCommand) -> bool:
        return interaction.guild_id not in self._changed and restricted.permissions <= interaction.permissions

    def _has_used(self, interaction: discord.Interaction, restricted: RestrictedCommand) -> bool:
        key = (interaction.guild_id, interaction.user.id, restricted)
        used_at, grounds = self._uses.get(key, (None, None))
        if used_at is None or grounds != _Grounds.of(interaction):
            return False
        return self._clock.monotonic() - used_at < REMEMBERED_SECONDS


def _command_user(interaction: discord.Interaction) -> CommandUser | None:
    """Return None outside of servers."""
    if interaction.guild_id is None:
        return None
    return CommandUser(
        guild_id=interaction.guild_id,
        member_id=interaction.user.id,
        role_ids=frozenset(roles_of(interaction.user)),
        channel_id=parent_of(interaction) or interaction.channel_id,
        permissions=interaction.permissions,
    )
