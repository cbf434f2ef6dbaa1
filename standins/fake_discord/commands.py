"""The registered application commands: making, changing and deleting them, and who sees which."""

from __future__ import annotations

from standins.fake_discord.errors import unknown_command
from standins.fake_discord.events import CommandAccessChanged, CommandsChanged
from standins.fake_discord.model import Channel, Command, CommandKind, Guild, Json, Member
from standins.fake_discord.permission_rules import channel_permissions
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.rules_commands import (
    check_command,
    check_commands,
    check_counts,
    kind_of,
    refuse_name_twice,
)
from standins.fake_discord.world import World

IN_GUILDS = 0


def registered(world: World, guild: Guild | None) -> list[Command]:
    """The commands of one guild, or those of all guilds."""
    return [command for command in world.commands.values() if command.guild is guild]


def replace_commands(world: World, guild: Guild | None, bodies: list[Json]) -> list[Command]:
    """Replace all commands registered there; one with the same id or name as before keeps its id."""
    check_commands(bodies)
    before = registered(world, guild)
    old = _old_for(bodies, before)
    world.creations.spend(old.count(None), guild.id if guild else None)
    for command in before:
        del world.commands[command.id]
    for body, command_before in zip(bodies, old, strict=True):
        _register(world, guild, body, command_before)
    world.publish(CommandsChanged(guild))
    return registered(world, guild)


def put_command(world: World, guild: Guild | None, body: Json) -> tuple[Command, bool]:
    """Register this command too; says whether it is new or replaces one with the same name."""
    check_command(body)
    others = registered(world, guild)
    old = find(others, kind_of(body), body["name"])
    if old is None:
        check_counts([kind_of(body), *(one.kind for one in others)])
        world.creations.spend(1, guild.id if guild else None)
    command = _register(world, guild, body, old)
    world.publish(CommandsChanged(guild))
    return command, old is None


def command_of(world: World, guild: Guild | None, command_id: int) -> Command:
    """Raises ApiError 10063, also for one that is registered elsewhere."""
    command = world.commands.get(command_id)
    if command is None or command.guild is not guild:
        raise unknown_command()
    return command


def edit_command(world: World, command: Command, changes: Json) -> Command:
    """Change only what the body names; the kind of the command never changes."""
    body = command.definition | changes | {"type": int(command.kind)}
    check_command(body)
    namesake = find(registered(world, command.guild), command.kind, body["name"])
    if namesake not in (None, command):
        refuse_name_twice()
    edited = _register(world, command.guild, body, command)
    world.publish(CommandsChanged(command.guild))
    return edited


def delete_command(world: World, command: Command) -> None:
    del world.commands[command.id]
    world.publish(CommandsChanged(command.guild))


def _old_for(bodies: list[Json], before: list[Command]) -> list[Command | None]:
    """The commands that these replace: found by their ids, or else by their names."""
    left, found = list(before), list[Command | None]()
    for body in bodies:
        of_kind = [one for one in left if one.kind is kind_of(body)]
        by_id = next((one for one in of_kind if str(one.id) == str(body.get("id"))), None)
        old = by_id or find(of_kind, kind_of(body), body["name"])
        if old is not None:
            left.remove(old)
        found.append(old)
    return found


def _register(world: World, guild: Guild | None, body: Json, old: Command | None) -> Command:
    definition = {key: value for key, value in body.items() if key != "id"}
    version = old.version if old and old.definition == definition else world.snowflakes.next()
    id_ = old.id if old else world.snowflakes.next()
    command = Command(id_, kind_of(body), body["name"], definition, version, guild)
    world.commands[id_] = command
    return command


def offered(world: World, member: Member, channel: Channel) -> list[Command]:
    """The commands that the client offers this member there; a guild's own hides a global namesake."""
    own = registered(world, member.guild)
    names = {(command.kind, command.name) for command in own}
    shared = [one for one in registered(world, None) if (one.kind, one.name) not in names]
    permissions = channel_permissions(member, channel)
    return [one for one in [*own, *shared] if _is_offered(one, member, channel, permissions)]


def choose_access(world: World, guild: Guild, name: str | None, chosen: dict[int, bool]) -> None:
    """Set, like an admin, who may use a command or all: role, user or channel id → allowed."""
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
    """The entry of Server Settings for this member: their own, else their roles', else @everyone's.

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
