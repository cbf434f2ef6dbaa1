"""What Discord demands of application commands: names, descriptions, options and their order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from bot.sandbox.fake_discord.errors import ApiError
from bot.sandbox.fake_discord.forms import REQUIRED, Form
from bot.sandbox.fake_discord.model import CommandKind, Json

SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN, USER = 1, 2, 3, 4, 5, 6
CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 7, 8, 9, 10, 11
_NESTING = frozenset({SUB_COMMAND, SUB_COMMAND_GROUP})
_WITH_CHOICES = frozenset({STRING, INTEGER, NUMBER})
_NAME = re.compile(r"^[-_'\w]{1,32}$")
_MOST = {CommandKind.SLASH: 100, CommandKind.USER_MENU: 5, CommandKind.MESSAGE_MENU: 5}
_MOST_CHARACTERS = 8000


def check_commands(bodies: list[Json]) -> None:
    """Raises ApiError 50035 for what is wrong in any of them, 30032 for too many."""
    complaints: Json = {}
    for at, body in enumerate(bodies):
        _check_command(Form(body, (str(at),), complaints))
    Form({}, (), complaints).raise_complaints()
    _check_duplicates(bodies, complaints)
    Form({}, (), complaints).raise_complaints()
    check_counts(map(kind_of, bodies))


def check_command(body: Json) -> None:
    """Raises ApiError 50035 for what is wrong in it."""
    form = Form(body)
    _check_command(form)
    form.raise_complaints()


def check_counts(kinds: Iterable[CommandKind]) -> None:
    """Raises ApiError 30032 for too many of one kind."""
    counts = Counter(kinds)
    if any(counts[kind] > most for kind, most in _MOST.items()):
        raise ApiError(400, 30032, "Maximum number of application commands reached")


def kind_of(body: Json) -> CommandKind:
    return CommandKind(body.get("type") or CommandKind.SLASH)


def _check_duplicates(bodies: list[Json], complaints: Json) -> None:
    seen = set()
    for at, body in enumerate(bodies):
        key = (body.get("type") or 1, body.get("name"))
        if key in seen:
            message = "Application command names must be unique"
            form = Form(body, (str(at),), complaints)
            form.complain("APPLICATION_COMMANDS_DUPLICATE_NAME", message, "name")
        seen.add(key)


def _check_command(form: Form) -> None:
    kind = form.choice("type", frozenset({1, 2, 3}), required=False) or CommandKind.SLASH
    permissions = form.value.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdecimal():
        form.complain(
            "NUMBER_TYPE_COERCE", f'Value "{permissions}" is not int.', "default_member_permissions"
        )
    if kind == CommandKind.SLASH:
        _check_name(form)
        form.text("description", 100, least=1, required=True)
        _check_options(form, depth=0)
        if _characters(form.value) > _MOST_CHARACTERS:
            message = f"Command exceeds maximum size ({_MOST_CHARACTERS})"
            form.complain("APPLICATION_COMMAND_TOO_LARGE", message)
        return
    form.text("name", 32, least=1, required=True)
    if form.value.get("description"):
        message = "Context menu commands cannot have description"
        form.complain("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED", message, "description")
    if form.value.get("options"):
        message = "Context menu commands cannot have options"
        form.complain("APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_NOT_ALLOWED", message, "options")


def _check_name(form: Form) -> None:
    name = form.text("name", 32, least=1, required=True)
    if name and (not _NAME.match(name) or name != name.lower()):
        form.complain("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", "name")


def _check_options(form: Form, depth: int) -> None:
    options = form.listed("options", 25)
    for option in options:
        _check_option(option, depth)
    _check_order((option.value for option in options), form)
    nesting = {option.value.get("type") in _NESTING for option in options}
    if nesting == {True, False}:
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        form.complain("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message, "options")


def _check_order(options: Iterable[Json], form: Form) -> None:
    names: set[object] = set()
    optional_seen = False
    for at, option in enumerate(options):
        if option.get("name") in names:
            message = "Option name already exists"
            form.complain("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message, "options", at, "name")
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            form.complain("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message, "options", at)
        optional_seen = optional_seen or not option.get("required")
        names.add(option.get("name"))


def _check_option(option: Form, depth: int) -> None:
    _check_name(option)
    option.text("description", 100, least=1, required=True)
    kind = option.choice("type", frozenset(range(1, 12)))
    if kind in _NESTING:
        if depth > (0 if kind == SUB_COMMAND_GROUP else 1):
            option.complain("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deeply", "type")
        _check_options(option, depth + 1)
        return
    choices = option.listed("choices", 25)
    for choice in choices:
        choice.text("name", 100, least=1, required=True)
        if choice.value.get("value") is None:
            choice.complain(*REQUIRED, "value")
    if choices and option.value.get("autocomplete"):
        message = "Autocomplete is mutually exclusive to choices"
        option.complain("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", message, "autocomplete")
    if (choices or option.value.get("autocomplete")) and kind not in _WITH_CHOICES:
        message = "This option type has no choices and no autocomplete"
        option.complain("APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", message, "type")
    option.number("min_length", 0, 6000, 0)
    option.number("max_length", 1, 6000, 6000)


def _characters(node: Json) -> int:
    own = sum(len(str(node.get(key) or "")) for key in ("name", "description"))
    values = sum(
        len(str(one.get("name", "")) + str(one.get("value", ""))) for one in node.get("choices") or []
    )
    return own + values + sum(_characters(one) for one in node.get("options") or [] if isinstance(one, dict))
