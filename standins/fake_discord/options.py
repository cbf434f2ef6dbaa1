"""Fills in a slash command as Discord's client does: only what its definition allows can be sent."""

from __future__ import annotations

from collections.abc import Mapping

from standins.fake_discord.asks import ClientRefusedError, Upload
from standins.fake_discord.model import Channel, Command, Json, Role, User
from standins.fake_discord.resolved import Resolved
from standins.fake_discord.rules_commands import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUB_COMMAND,
    SUB_COMMAND_GROUP,
    USER,
)

OptionValue = str | int | float | bool | Upload | User | Role | Channel
_TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    INTEGER: (int,),
    NUMBER: (int, float),
    BOOLEAN: (bool,),
    USER: (User,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Role),
    ATTACHMENT: (Upload,),
}
_NUMBERS = frozenset({INTEGER, NUMBER})
_LONGEST_STRING = 6000


def command_data(
    command: Command, path: list[str], values: Mapping[str, OptionValue], resolved: Resolved
) -> Json:
    """The `data` of a slash command; `path` names the subcommand. Raises ClientRefusedError."""
    definitions = leaf_options(command, path)
    missing = [name for name, one in definitions.items() if one.get("required") and name not in values]
    if missing:
        raise ClientRefusedError(missing[0], "This option is required. Specify a value.")
    options = [_option(definitions, name, value, resolved) for name, value in values.items()]
    return _in_command(command, path, options, resolved)


def autocomplete_data(
    command: Command,
    path: list[str],
    focused: tuple[str, str],
    values: Mapping[str, OptionValue],
    resolved: Resolved,
) -> Json:
    """The `data` while a person types into an option; the other options hold what is filled in so far."""
    definitions = leaf_options(command, path)
    name, text = focused
    if not definitions.get(name, {}).get("autocomplete"):
        raise ClientRefusedError(name, "This option has no autocomplete.")
    options = [_option(definitions, other, value, resolved) for other, value in values.items()]
    kind = definitions[name]["type"]
    options.append({"name": name, "type": kind, "value": text, "focused": True})
    return _in_command(command, path, options, resolved)


def leaf_options(command: Command, path: list[str]) -> dict[str, Json]:
    """The definitions of the options that can be filled in, by name."""
    node = command.definition
    for step in path:
        found = [one for one in node.get("options") or [] if one["name"] == step]
        if not found or found[0]["type"] not in (SUB_COMMAND, SUB_COMMAND_GROUP):
            raise ClientRefusedError(step, "There is no such subcommand.")
        node = found[0]
    options = {one["name"]: one for one in node.get("options") or []}
    if any(one["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP) for one in options.values()):
        raise ClientRefusedError(command.name, "This command only works with a subcommand.")
    return options


def _in_command(command: Command, path: list[str], options: list[Json], resolved: Resolved) -> Json:
    for depth in range(len(path), 0, -1):
        kind = SUB_COMMAND if depth == len(path) else SUB_COMMAND_GROUP
        options = [{"name": path[depth - 1], "type": kind, "options": options}]
    data = {"id": str(command.id), "name": command.name, "type": int(command.kind), "options": options}
    if command.guild is not None:
        data["guild_id"] = str(command.guild.id)
    return resolved.into(data)


def _option(definitions: Mapping[str, Json], name: str, value: OptionValue, resolved: Resolved) -> Json:
    definition = definitions.get(name)
    if definition is None:
        raise ClientRefusedError(name, "There is no such option.")
    kind = definition["type"]
    is_bool_as_number = isinstance(value, bool) and kind != BOOLEAN
    if not isinstance(value, _TYPES[kind]) or is_bool_as_number:
        raise ClientRefusedError(name, "Input a valid value.")
    return {"name": name, "type": kind, "value": _sent(definition, value, resolved)}


def _sent(definition: Json, value: OptionValue, resolved: Resolved) -> str | int | float | bool:
    match value:
        case Upload():
            return resolved.upload(value)
        case User():
            return resolved.user(value)
        case Role():
            return resolved.role(value)
        case Channel():
            return resolved.channel(value)
        case str():
            return resolved.mentioned_in(str(_plain(definition, value)))
        case _:
            return _plain(definition, value)


def _plain(definition: Json, value: str | float) -> str | int | float:
    name = definition["name"]
    if choices := definition.get("choices"):
        picked = [one["value"] for one in choices if value in (one["value"], one["name"])]
        if not picked:
            raise ClientRefusedError(name, "Pick one of the choices.")
        return picked[0]  # type: ignore[no-any-return]  # JSON of the definition
    if isinstance(value, str):
        least, most = definition.get("min_length") or 1, definition.get("max_length") or _LONGEST_STRING
        if not least <= len(value) <= most:
            raise ClientRefusedError(name, f"The text must have {least} to {most} characters.")
    elif definition["type"] in _NUMBERS:
        _check_range(definition, value)
    return value


def _check_range(definition: Json, value: float) -> None:
    least, most = definition.get("min_value"), definition.get("max_value")
    if (least is not None and value < least) or (most is not None and value > most):
        raise ClientRefusedError(definition["name"], f"The number must be from {least} to {most}.")
