"""Routes about the application's commands, of all guilds and of one."""

from __future__ import annotations

from standins.fake_discord.commands import (
    command_of,
    delete_command,
    edit_command,
    put_command,
    registered,
    replace_commands,
)
from standins.fake_discord.errors import ApiError, only_for_users, unknown_command_access
from standins.fake_discord.forms import Form
from standins.fake_discord.model import Command, Guild
from standins.fake_discord.rest import TRUE, Call, Reply, Route
from standins.fake_discord.routes_app import guild_of
from standins.fake_discord.wire_interactions import (
    all_command_access_json,
    command_access_json,
    command_json,
    without_localizations,
)

_OF_ALL = "/applications/{application_id}/commands"
_OF_ONE = "/applications/{application_id}/guilds/{guild_id}/commands"


def command_routes() -> list[Route]:
    access = f"{_OF_ONE}/permissions"
    routes = [Route("GET", access, _all_access)]  # before what would take it for an id
    for path in (_OF_ALL, _OF_ONE):
        command = path + "/{command_id}"
        routes += [
            Route("GET", path, _commands),
            Route("POST", path, _put),
            Route("PUT", path, _replace),
            Route("GET", command, _get),
            Route("PATCH", command, _edit),
            Route("DELETE", command, _delete),
        ]
    access_to_one = _OF_ONE + "/{command_id}/permissions"
    return [*routes, Route("GET", access_to_one, _access), Route("PUT", access_to_one, _change_access)]


def _commands(call: Call) -> Reply:
    has_localizations = call.query.get("with_localizations") in TRUE
    shown = [command_json(call.world, one) for one in registered(call.world, _place(call))]
    return Reply(200, shown if has_localizations else [without_localizations(one) for one in shown])


def _replace(call: Call) -> Reply:
    place = _place(call)
    if not isinstance(call.body, list):
        form = Form({})
        form.complain("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        form.raise_complaints()
    return Reply(
        200, [command_json(call.world, one) for one in replace_commands(call.world, place, call.body)]
    )


def _put(call: Call) -> Reply:
    command, is_new = put_command(call.world, _place(call), call.fields)
    return Reply(201 if is_new else 200, command_json(call.world, command))


def _get(call: Call) -> Reply:
    return Reply(200, command_json(call.world, _command(call)))


def _edit(call: Call) -> Reply:
    return Reply(200, command_json(call.world, edit_command(call.world, _command(call), call.fields)))


def _delete(call: Call) -> Reply:
    delete_command(call.world, _command(call))
    return Reply()


def _all_access(call: Call) -> Reply:
    """The permissions of all commands for which admins chose something."""
    _check_application(call)
    return Reply(200, all_command_access_json(call.world, guild_of(call)))


def _access(call: Call) -> Reply:
    _check_application(call)
    guild = guild_of(call)
    command = call.world.commands.get(call.id("command_id"))
    if command is None or not guild.command_access.get(command.name):
        raise unknown_command_access()
    return Reply(200, command_access_json(call.world, guild, command))


def _change_access(_call: Call) -> Reply:
    """It needs a Bearer token of a user who manages the guild."""
    raise only_for_users()


def _place(call: Call) -> Guild | None:
    """The guild whose commands are meant; None: those of all guilds."""
    _check_application(call)
    return guild_of(call) if "guild_id" in call.params else None


def _command(call: Call) -> Command:
    return command_of(call.world, _place(call), call.id("command_id"))


def _check_application(call: Call) -> None:
    if call.id("application_id") != call.world.app.id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
