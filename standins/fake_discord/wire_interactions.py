"""Interactions and registered commands as Discord's JSON."""

from __future__ import annotations

from standins.fake_discord.files import upload_limit
from standins.fake_discord.model import Channel, Command, Guild, Interaction, Json
from standins.fake_discord.permissions import WITHOUT_BOT, Permissions
from standins.fake_discord.wire_guilds import channel_json, member_in_channel_json
from standins.fake_discord.wire_messages import message_json
from standins.fake_discord.world import World

_DEFAULTS: Json = {
    "description": "",
    "default_member_permissions": None,
    "dm_permission": True,
    "contexts": None,
    "integration_types": [0],
    "nsfw": False,
    "type": 1,
}


def interaction_json(world: World, interaction: Interaction) -> Json:
    """The payload of INTERACTION_CREATE."""
    channel, guild = interaction.channel, interaction.channel.guild
    member = guild.members[interaction.user.id]
    permissions = member_in_channel_json(member, channel)["permissions"]
    shown: Json = {
        "id": str(interaction.id),
        "application_id": str(world.app.id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "channel_id": str(channel.id),
        "channel": channel_json(world, channel) | {"permissions": permissions},
        "member": member_in_channel_json(member, channel),
        "app_permissions": str(int(_app_permissions(world, channel))),
        "locale": interaction.user.locale,
        "guild_locale": guild.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": str(guild.id)},
        "context": 0,
        "attachment_size_limit": upload_limit(guild, interaction.user),
    }
    if interaction.message is not None:
        shown["message"] = message_json(world, interaction.message)
    return shown


def _app_permissions(world: World, channel: Channel) -> Permissions:
    """The permissions for answers by token where the bot user is not in the guild, as discord.py has them."""
    return world.app_permissions(channel) if world.has_bot(channel.guild) else WITHOUT_BOT


def all_command_access_json(world: World, guild: Guild) -> list[Json]:
    """The permissions of all commands for which something is chosen."""
    chosen: list[Command | None] = [
        command for command in world.commands.values() if guild.command_access.get(command.name)
    ]
    if guild.command_access.get(None):
        chosen.append(None)
    return [command_access_json(world, guild, one) for one in chosen]


def command_access_json(world: World, guild: Guild, command: Command | None) -> Json:
    """The choices of admins for a command, or for the whole application."""
    chosen = guild.command_access.get(command.name if command else None, {})
    return {
        "id": str(command.id if command else world.app.id),
        "application_id": str(world.app.id),
        "guild_id": str(guild.id),
        "permissions": [
            {"id": str(whom), "type": _access_type(guild, whom), "permission": is_allowed}
            for whom, is_allowed in chosen.items()
        ],
    }


def _access_type(guild: Guild, whom: int) -> int:
    """1 is a role, 2 a user, 3 a channel."""
    if whom in guild.roles:
        return 1
    return 3 if whom in guild.channels or whom == guild.id - 1 else 2


def command_json(world: World, command: Command) -> Json:
    """A registered command; `version` changes with its definition."""
    given = {key: value for key, value in command.definition.items() if value is not None}
    shown = _DEFAULTS | given
    permissions = shown["default_member_permissions"]
    shown |= {
        "id": str(command.id),
        "application_id": str(world.app.id),
        "version": str(command.version),
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    return shown | {"guild_id": str(command.guild.id)} if command.guild else shown


def without_localizations(shown: Json) -> Json:
    """A command, option or choice as in lists that were asked for without localizations."""
    inner = {
        key: [without_localizations(one) for one in shown[key]]
        for key in ("options", "choices")
        if shown.get(key)
    }
    return {key: value for key, value in shown.items() if not key.endswith("_localizations")} | inner
