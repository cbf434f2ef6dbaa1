"""Who may moderate, set up, and ask: asked anew at every press, since Discord asks for commands only.

Which members may use a command is the server's choice (Server Settings ▸ Integrations), which the bot is not
told with a press: it reads that choice, and answers a press as Discord would answer the command. Besides,
whoever Discord let use a command may press the buttons of its answer: there, for as long as that answer's
token lives, and only while nothing that Discord may have decided by has changed: the member's roles, their
permissions, and the server's choice. If the choice cannot be read, the permission by default decides; once
the server has chosen anew, not even that.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum

import discord

from bot.chat.access.command_permission_cache import CommandPermissionCache
from bot.chat.access.command_permissions import CommandUser
from bot.chat.incoming.payload import parent_of, roles_of
from bot.domain.clock import Clock
from bot.domain.errors import CommandDenied, DutyNeeded
from bot.domain.ids import RoleId

MOST_REMEMBERED = 2000
#: As long as an ephemeral answer can be changed by its token.
REMEMBERED_SECONDS = 15 * 60.0
#: Before a request for a picture, which has to be admitted and answered within the same three seconds.
USE_PATIENCE_SECONDS = 1.0


class Duty(Enum):
    """Its value is Discord's name of the permission that it takes by default."""

    MODERATE = "manage_messages"
    SET_UP = "manage_guild"

    @property
    def permissions(self) -> discord.Permissions:
        return discord.Permissions(**{self.value: True})

    @property
    def command(self) -> str:
        return "review" if self is Duty.MODERATE else "config"


@dataclass(frozen=True, slots=True)
class _Standing:
    """What Discord may have decided by, as it tells it with every interaction."""

    channel_id: int | None
    role_ids: frozenset[RoleId]
    permissions: discord.Permissions

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "_Standing":
        return cls(interaction.channel_id, roles_of(interaction.user), interaction.permissions)


class PermissionChecks:
    """Remembers for a while whom Discord let use which commands."""

    def __init__(self, clock: Clock, choices: CommandPermissionCache) -> None:
        self._clock = clock
        self._command_permissions = choices
        self._let_in: OrderedDict[tuple[int | None, int, Duty], tuple[float, _Standing]] = OrderedDict()
        #: Servers whose choice has changed: the permission by default says nothing there any more.
        self._reassigned: set[int | None] = set()

    def let_in(self, interaction: discord.Interaction, duty: Duty) -> None:
        """Discord let this member use a command of that duty."""
        key = (interaction.guild_id, interaction.user.id, duty)
        self._let_in[key] = self._clock.monotonic(), _Standing.of(interaction)
        self._let_in.move_to_end(key)
        if len(self._let_in) > MOST_REMEMBERED:
            self._let_in.popitem(last=False)

    def reassigned(self, guild_id: int) -> None:
        """The server has chosen anew who may use the commands: whoever had a panel open asks for it again."""
        self._reassigned.add(guild_id)
        self._command_permissions.forget(guild_id)
        self._let_in = OrderedDict((key, one) for key, one in self._let_in.items() if key[0] != guild_id)

    def deafened(self) -> None:
        """Discord begins anew to tell what happens: servers may have chosen meanwhile."""
        self._command_permissions.forget_all()
        self._let_in.clear()

    async def require(self, interaction: discord.Interaction, duty: Duty) -> None:
        """Raises `DutyNeeded`."""
        if not await self._has(interaction, duty):
            raise DutyNeeded(duty.value)

    async def require_use(self, interaction: discord.Interaction, command: str) -> None:
        """Of a command for everybody, by what comes to the same; raises `CommandDenied`."""
        user = _command_user(interaction)
        if user is not None:
            await self.require_use_by(user, command)

    async def require_use_by(self, user: CommandUser, command: str) -> None:
        """The same for who has written a message; raises `CommandDenied`."""
        everybody = discord.Permissions.none()
        if await self._command_permissions.lets(user, command, everybody, USE_PATIENCE_SECONDS) is False:
            raise CommandDenied(command)

    def probably_has(self, interaction: discord.Interaction, duty: Duty) -> bool:
        """Good enough to tell a member of a command, not to do anything for them."""
        return duty.permissions <= interaction.permissions or self._is_let_in(interaction, duty)

    async def _has(self, interaction: discord.Interaction, duty: Duty) -> bool:
        if interaction.permissions.administrator or self._is_let_in(interaction, duty):
            return True
        user = _command_user(interaction)
        if user is None:
            return False
        lets = await self._command_permissions.lets(user, duty.command, duty.permissions)
        return self._by_default(interaction, duty) if lets is None else lets

    def _by_default(self, interaction: discord.Interaction, duty: Duty) -> bool:
        return interaction.guild_id not in self._reassigned and duty.permissions <= interaction.permissions

    def _is_let_in(self, interaction: discord.Interaction, duty: Duty) -> bool:
        at, standing = self._let_in.get((interaction.guild_id, interaction.user.id, duty), (None, None))
        if at is None or standing != _Standing.of(interaction):
            return False
        return self._clock.monotonic() - at < REMEMBERED_SECONDS


def _command_user(interaction: discord.Interaction) -> CommandUser | None:
    """None outside of servers."""
    if interaction.guild_id is None:
        return None
    return CommandUser(
        guild_id=interaction.guild_id,
        member_id=interaction.user.id,
        role_ids=frozenset(roles_of(interaction.user)),
        channel_id=parent_of(interaction) or interaction.channel_id,
        permissions=interaction.permissions,
    )
