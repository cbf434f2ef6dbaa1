"""Caches which command permissions each server has set (Server Settings ▸ Integrations)."""

import asyncio
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.chat.access.command_permissions import CommandPermissions, CommandUser
from bot.chat.rest.cache import ReadThroughCache
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.clock import Clock

log = structlog.stdlib.get_logger(__name__)

#: Discord sends an event for each change. This is for an event that got lost.
REMEMBERED_SECONDS = 10 * 60.0
RETRY_SECONDS = 60.0
#: A press has to be answered within three seconds.
READ_SECONDS = 1.5
_UNREADABLE = (KeyError, TypeError, ValueError)


class CommandPermissionCache:
    def __init__(self, tree: app_commands.CommandTree[Any], clock: Clock, dev_guild_id: int | None) -> None:
        self._tree = tree
        self._home = None if dev_guild_id is None else discord.Object(dev_guild_id)
        self._command_ids: dict[str, int] = {}
        self._readings = ReadThroughCache(
            self._read, clock, remembered_seconds=REMEMBERED_SECONDS, retry_seconds=RETRY_SECONDS
        )

    async def lets(
        self,
        user: CommandUser,
        command: str,
        by_default: discord.Permissions,
        patience_seconds: float = READ_SECONDS,
    ) -> bool | None:
        """Return whether Discord would let the member use the command; None if it cannot be read in time."""
        try:
            async with asyncio.timeout(patience_seconds):
                chosen = await self._readings.of(user.guild_id)
        except TimeoutError:
            return None
        if chosen is None or command not in self._command_ids:
            return None
        return chosen.lets(user, self._command_ids[command], by_default)

    def forget(self, guild_id: int) -> None:
        """Drop what the server had set: it has changed."""
        self._readings.forget(guild_id)

    def forget_commands(self) -> None:
        """Drop the ids of the commands: they were registered again and have other ids now."""
        self._command_ids.clear()
        self.forget_all()

    def forget_all(self) -> None:
        """Drop everything: events may have been missed."""
        self._readings.forget_all()

    async def _read(self, guild_id: int) -> CommandPermissions | None:
        try:
            async with asyncio.timeout(READ_SECONDS):
                return await self._asked(guild_id)
        except DISCORD_ERRORS as error:
            why = reason(error)
        except _UNREADABLE as error:
            why = type(error).__name__
        log.warning("command permissions cannot be read", guild=guild_id, why=why)
        return None

    async def _asked(self, guild_id: int) -> CommandPermissions:
        client = self._tree.client
        application_id = client.application_id or 0
        if not self._command_ids:
            commands = await self._tree.fetch_commands(guild=self._home)
            self._command_ids = {command.name: command.id for command in commands}
        answer = await client.http.get_guild_application_command_permissions(application_id, guild_id)
        return CommandPermissions.read(answer, application_id)
