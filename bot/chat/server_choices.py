"""What servers have chosen about who may use which command: read at need, remembered for a while."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.chat.command_access import Chosen, Visitor
from bot.chat.ladder import DISCORD_ERRORS, reason
from bot.domain.clock import Clock

log = structlog.stdlib.get_logger(__name__)

#: Discord tells of each change; this is for one that got lost all the same.
REMEMBERED_SECONDS = 10 * 60.0
#: What could not be read is not asked for again at every press.
RETRY_SECONDS = 60.0
#: A press has to be answered within three seconds.
READ_SECONDS = 1.5
MOST_REMEMBERED = 2000
_UNREADABLE = (KeyError, TypeError, ValueError)


@dataclass(slots=True)
class _Reading:
    at: float
    task: asyncio.Task[Chosen | None]

    def is_fresh(self, now: float) -> bool:
        if not self.task.done():
            return True
        return now - self.at < (RETRY_SECONDS if self.task.result() is None else REMEMBERED_SECONDS)


class ServerChoices:
    def __init__(self, tree: app_commands.CommandTree[Any], clock: Clock, dev_guild_id: int | None) -> None:
        self._tree = tree
        self._clock = clock
        self._home = None if dev_guild_id is None else discord.Object(dev_guild_id)
        self._command_ids: dict[str, int] = {}
        self._readings: OrderedDict[int, _Reading] = OrderedDict()

    async def lets(
        self,
        visitor: Visitor,
        command: str,
        by_default: discord.Permissions,
        patience_seconds: float = READ_SECONDS,
    ) -> bool | None:
        """Whether Discord would let them use the command now; None: the choice cannot be read in time."""
        try:
            async with asyncio.timeout(patience_seconds):
                chosen = await self._chosen(visitor.guild_id)
        except TimeoutError:
            return None
        if chosen is None or command not in self._command_ids:
            return None
        return chosen.lets(visitor, self._command_ids[command], by_default)

    def forget(self, guild_id: int) -> None:
        """Another choice was made: what is being read may be the old one, and serves those who wait only."""
        self._readings.pop(guild_id, None)

    def forget_all(self) -> None:
        """Choices may have been made unheard."""
        self._readings.clear()

    async def _chosen(self, guild_id: int) -> Chosen | None:
        now = self._clock.monotonic()
        reading = self._readings.get(guild_id)
        if reading is None or not reading.is_fresh(now):
            task = asyncio.create_task(self._read(guild_id), name="server choices")
            reading = self._readings[guild_id] = _Reading(now, task)
            if len(self._readings) > MOST_REMEMBERED:
                self._readings.popitem(last=False)
        return await asyncio.shield(reading.task)

    async def _read(self, guild_id: int) -> Chosen | None:
        try:
            async with asyncio.timeout(READ_SECONDS):
                return await self._asked(guild_id)
        except DISCORD_ERRORS as error:
            why = reason(error)
        except _UNREADABLE as error:
            why = type(error).__name__
        log.warning("who may use which command cannot be read", guild=guild_id, why=why)
        return None

    async def _asked(self, guild_id: int) -> Chosen:
        client = self._tree.client
        application_id = client.application_id or 0
        if not self._command_ids:
            commands = await self._tree.fetch_commands(guild=self._home)
            self._command_ids = {one.name: one.id for one in commands}
        told = await client.http.get_guild_application_command_permissions(application_id, guild_id)
        return Chosen.read(told, application_id)
