"""Registers the commands at Discord, when they are others than those registered before."""

import hashlib
import json
from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.domain.errors import OperatorError

log = structlog.stdlib.get_logger(__name__)

IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
BY_SERVERS = app_commands.AppInstallationType(guild=True, user=False)


async def register(
    tree: app_commands.CommandTree[Any], *, dev_guild_id: int | None, commands_file: Path | None
) -> bool:
    """Whether anything had to be sent. Raises `OperatorError` if Discord refuses."""
    guild = None if dev_guild_id is None else discord.Object(dev_guild_id)
    if guild is not None:
        tree.copy_global_to(guild=guild)
    fingerprint = _fingerprint(tree, guild)
    if commands_file is not None and _read(commands_file) == fingerprint:
        return False
    try:
        await tree.sync(guild=guild)
    except (discord.Forbidden, discord.NotFound) as error:
        raise OperatorError(
            "Discord does not let the commands be registered: invite the bot with the scope "
            "applications.commands, and check CHAT_DEV_GUILD_ID"
        ) from error
    if commands_file is not None:
        _write(commands_file, fingerprint)
    log.info("commands registered", count=len(tree.get_commands(guild=guild)), guild=dev_guild_id)
    return True


def _fingerprint(tree: app_commands.CommandTree[Any], guild: discord.Object | None) -> str:
    """Of what would be sent, and to whom."""
    commands = [command.to_dict(tree) for command in tree.get_commands(guild=guild)]
    place = [discord.http.Route.BASE, tree.client.application_id, guild and guild.id]
    whole = json.dumps([place, sorted(commands, key=lambda one: str(one["name"]))], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text("ascii")
    except (OSError, ValueError):
        return None


def _write(path: Path, fingerprint: str) -> None:
    try:
        path.write_text(fingerprint, "ascii")
    except OSError as error:
        log.warning("commands will be registered again at the next start", why=error.strerror)
