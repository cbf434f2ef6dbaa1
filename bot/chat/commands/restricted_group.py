"""The groups of commands for moderators and admins."""

from typing import Any

import discord
from discord import app_commands

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.responses.context import Context


class RestrictedGroup(app_commands.Group):
    """A group that notes each use of its commands, so that its user may press the buttons of the answer."""

    def __init__(self, context: Context, restricted: RestrictedCommand, description: str) -> None:
        super().__init__(
            name=restricted.command, description=description, default_permissions=restricted.permissions
        )
        self.restricted = restricted
        self._context = context

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let every use through: Discord has checked it before it sent the command."""
        self._context.permission_checks.note_use(interaction, self.restricted)
        return True
