"""Routes about the application's commands, of all guilds and of one."""

from __future__ import annotations

from bot.sandbox.fake_discord.commands import put_command, registered, replace_commands
from bot.sandbox.fake_discord.errors import ApiError
from bot.sandbox.fake_discord.forms import Form
from bot.sandbox.fake_discord.rest import Call, Reply, Route
from bot.sandbox.fake_discord.routes_app import guild_of
from bot.sandbox.fake_discord.wire_interactions import all_command_access_json, command_json


def command_routes() -> list[Route]:
    return [
        Route("GET", "/applications/{application_id}/commands", _commands),
        Route("POST", "/applications/{application_id}/commands", _put_command),
        Route("PUT", "/applications/{application_id}/commands", _replace_commands),
        Route("GET", "/applications/{application_id}/guilds/{guild_id}/commands", _commands),
        Route("POST", "/applications/{application_id}/guilds/{guild_id}/commands", _put_command),
        Route("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", _replace_commands),
        Route(
            "GET", "/applications/{application_id}/guilds/{guild_id}/commands/permissions", _command_access
        ),
    ]


def _commands(call: Call) -> Reply:
    _check_application(call)
    guild = guild_of(call) if "guild_id" in call.params else None
    return Reply(200, [command_json(call.world, one) for one in registered(call.world, guild)])


def _replace_commands(call: Call) -> Reply:
    _check_application(call)
    guild = guild_of(call) if "guild_id" in call.params else None
    if not isinstance(call.body, list):
        form = Form({})
        form.complain("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        form.raise_complaints()
    return Reply(
        200, [command_json(call.world, one) for one in replace_commands(call.world, guild, call.body)]
    )


def _put_command(call: Call) -> Reply:
    _check_application(call)
    guild = guild_of(call) if "guild_id" in call.params else None
    command, is_new = put_command(call.world, guild, call.fields)
    return Reply(201 if is_new else 200, command_json(call.world, command))


def _command_access(call: Call) -> Reply:
    """For the bot's token to read only: changing takes a Bearer token of somebody who manages the guild."""
    _check_application(call)
    return Reply(200, all_command_access_json(call.world, guild_of(call)))


def _check_application(call: Call) -> None:
    if call.id("application_id") != call.world.app.id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
