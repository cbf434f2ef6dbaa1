"""The registered application commands: replacing them, and who sees which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.fake_discord.events import CommandAccessChanged, CommandsChanged
from bot.sandbox.fake_discord.model import Channel, Command, CommandKind, Guild, Json, Member
from bot.sandbox.fake_discord.permissions import Permissions, channel_permissions
from bot.sandbox.fake_discord.rules_commands import check_command, check_commands, check_counts, kind_of

if TYPE_CHECKING:
    from bot.sandbox.fake_discord.world import World

IN_GUILDS = 0


def registered(world: World, guild: Guild | None) -> list[Command]:
    """The commands of one guild, or those of all guilds."""
    return [command for command in world.commands.values() if command.guild is guild]


def replace_commands(world: World, guild: Guild | None, bodies: list[Json]) -> list[Command]:
    """Take these instead of all that were registered there; one of the same kind and name keeps its id."""
    check_commands(bodies)
    before = {(command.kind, command.name): command for command in registered(world, guild)}
    for command in before.values():
        del world.commands[command.id]
    for body in bodies:
        _register(world, guild, body, before.get((kind_of(body), body["name"])))
    world.publish(CommandsChanged(guild))
    return registered(world, guild)


def put_command(world: World, guild: Guild | None, body: Json) -> tuple[Command, bool]:
    """Take this beside what is registered there, and tell whether it is new or instead of its namesake."""
    check_command(body)
    others = registered(world, guild)
    old = find(others, kind_of(body), body["name"])
    if old is None:
        check_counts([kind_of(body), *(one.kind for one in others)])
    command = _register(world, guild, body, old)
    world.publish(CommandsChanged(guild))
    return command, old is None


def _register(world: World, guild: Guild | None, body: Json, old: Command | None) -> Command:
    version = old.version if old and old.definition == body else world.snowflakes.next()
    id_ = old.id if old else world.snowflakes.next()
    command = Command(id_, kind_of(body), body["name"], body, version, guild)
    world.commands[id_] = command
    return command


def offered(world: World, member: Member, channel: Channel) -> list[Command]:
    """What the client offers this member there; a guild's own command hides the general one of its name."""
    own = registered(world, member.guild)
    names = {(command.kind, command.name) for command in own}
    shared = [one for one in registered(world, None) if (one.kind, one.name) not in names]
    permissions = channel_permissions(member, channel)
    return [one for one in [*own, *shared] if _is_offered(one, member, channel, permissions)]


def choose_access(world: World, guild: Guild, name: str | None, chosen: dict[int, bool]) -> None:
    """As admins do, for a command or all: role, user or channel id → allowed; empty means its own default."""
    guild.command_access[name] = chosen
    if name is None:
        world.publish(CommandAccessChanged(guild, None))
    for command in (*registered(world, guild), *registered(world, None)):
        if command.name == name:
            world.publish(CommandAccessChanged(guild, command))


def find(commands: list[Command], kind: CommandKind, name: str) -> Command | None:
    return next((one for one in commands if one.kind is kind and one.name == name), None)


def _is_offered(command: Command, member: Member, channel: Channel, permissions: Permissions) -> bool:
    definition = command.definition
    contexts = definition.get("contexts")
    if contexts is not None and IN_GUILDS not in contexts:
        return False
    if definition.get("nsfw") and not (channel.parent or channel).is_age_restricted:
        return False
    if permissions == Permissions.ALL:
        return True
    if Permissions.USE_APPLICATION_COMMANDS not in permissions:
        return False
    if not _is_channel_allowed(command, channel.parent or channel):
        return False
    chosen = _chosen_by_admins(command, member)
    return _is_allowed_by_default(command, permissions) if chosen is None else chosen


def _is_allowed_by_default(command: Command, permissions: Permissions) -> bool:
    wanted = command.definition.get("default_member_permissions")
    if wanted is None:
        return True
    return int(wanted) != 0 and Permissions(int(wanted)) in permissions


def _is_channel_allowed(command: Command, channel: Channel) -> bool:
    """The channel's own entry, else that of all channels; the command's before the application's."""
    access = channel.guild.command_access
    own, shared = access.get(command.name, {}), access.get(None, {})
    found = [one[id_] for id_ in (channel.id, channel.guild.id - 1) for one in (own, shared) if id_ in one]
    return found[0] if found else True


def _chosen_by_admins(command: Command, member: Member) -> bool | None:
    """What Server Settings say of this member: their own entry, else their roles', else @everyone's.

    Allowing @everyone leaves the command's default in force.
    """
    access = member.guild.command_access
    own, shared = access.get(command.name, {}), access.get(None, {})
    for entries in (own, shared):
        if member.user.id in entries:
            return entries[member.user.id]
        by_roles = [entries[role.id] for role in member.roles if role.id in entries]
        if by_roles:
            return any(by_roles)
    return None if own.get(member.guild.id, shared.get(member.guild.id, True)) else False
