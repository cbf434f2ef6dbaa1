"""Discord's rules for application commands: options, their order, choices, and the total size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from standins.fake_discord.errors import ApiError
from standins.fake_discord.forms import REQUIRED, Form
from standins.fake_discord.model import CommandKind, Json
from standins.fake_discord.rules_names import (
    check_choice_name,
    check_command_name,
    check_description,
    check_option_name,
    longest,
)

SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN, USER = 1, 2, 3, 4, 5, 6
CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 7, 8, 9, 10, 11
_NESTING = frozenset({SUB_COMMAND, SUB_COMMAND_GROUP})
_WITH_CHOICES = frozenset({STRING, INTEGER, NUMBER})
_NUMBERS = frozenset({INTEGER, NUMBER})
_MOST = {CommandKind.SLASH: 100, CommandKind.USER_MENU: 15, CommandKind.MESSAGE_MENU: 15}
_LARGEST = 1 << 53
_LONGEST_VALUE = 100
_MOST_CHARACTERS = 8000
_TWICE = "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"


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


def refuse_name_twice() -> None:
    """Raises ApiError 50035."""
    form = Form({})
    form.complain(*_TWICE, "name")
    form.raise_complaints()


def _check_duplicates(bodies: list[Json], complaints: Json) -> None:
    seen = set()
    for at, body in enumerate(bodies):
        key = (body.get("type") or 1, body.get("name"))
        if key in seen:
            Form(body, (str(at),), complaints).complain(*_TWICE, "name")
        seen.add(key)


def _check_command(form: Form) -> None:
    kind = form.choice("type", frozenset({1, 2, 3}), required=False) or CommandKind.SLASH
    check_command_name(form, is_word=kind == CommandKind.SLASH)
    permissions = form.value.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdecimal():
        form.complain(
            "NUMBER_TYPE_COERCE", f'Value "{permissions}" is not int.', "default_member_permissions"
        )
    if kind == CommandKind.SLASH:
        _check_slash(form)
    else:
        _check_menu(form)


def _check_slash(form: Form) -> None:
    check_description(form)
    _check_options(form, depth=0)
    if _characters(form) > _MOST_CHARACTERS:
        message = f"Command exceeds maximum size ({_MOST_CHARACTERS})"
        form.complain("APPLICATION_COMMAND_TOO_LARGE", message)


def _check_menu(form: Form) -> None:
    for key in ("description", "options"):
        if form.value.get(key):
            code = f"APPLICATION_COMMAND_CONTEXT_MENU_{key.upper()}_NOT_ALLOWED"
            form.complain(code, f"Context menu commands cannot have {key}", key)


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
    check_option_name(option)
    check_description(option)
    kind = option.choice("type", frozenset(range(1, 12)))
    if kind in _NESTING:
        _check_nested(option, depth, is_group=kind == SUB_COMMAND_GROUP)
        return
    choices = option.listed("choices", 25)
    for choice in choices:
        check_choice_name(choice)
        _check_value(choice, "value", kind, required=True)
    if choices and option.value.get("autocomplete"):
        message = "Autocomplete is mutually exclusive to choices"
        option.complain("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", message, "autocomplete")
    if (choices or option.value.get("autocomplete")) and kind not in _WITH_CHOICES:
        message = "This option type has no choices and no autocomplete"
        option.complain("APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", message, "type")
    option.number("min_length", 0, 6000, 0)
    option.number("max_length", 1, 6000, 6000)
    if kind in _NUMBERS:
        for key in ("min_value", "max_value"):
            _check_value(option, key, kind, required=False)


def _check_nested(option: Form, depth: int, *, is_group: bool) -> None:
    if depth > (0 if is_group else 1):
        option.complain("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deeply", "type")
    _check_options(option, depth + 1)
    inner = option.value.get("options")
    kinds = {one.get("type") for one in inner if isinstance(one, dict)} if isinstance(inner, list) else set()
    if is_group and kinds - {SUB_COMMAND}:
        message = "A group of sub-commands has nothing but sub-commands"
        option.complain("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message, "options")


def _check_value(form: Form, key: str, kind: int | None, *, required: bool) -> None:
    """Check a bound or a default by the kind of the option."""
    value = form.value.get(key)
    if value is None:
        if required:
            form.complain(*REQUIRED, key)
    elif kind not in _NUMBERS:
        form.text(key, _LONGEST_VALUE)
    elif isinstance(value, bool) or not isinstance(value, int if kind == INTEGER else int | float):
        wanted = "int" if kind == INTEGER else "float"
        form.complain("NUMBER_TYPE_COERCE", f'Value "{value}" is not {wanted}.', key)
    elif not -_LARGEST <= value <= _LARGEST:
        code, most = ("NUMBER_TYPE_MIN", "greater") if value < 0 else ("NUMBER_TYPE_MAX", "less")
        limit = -_LARGEST if value < 0 else _LARGEST
        form.complain(code, f"value should be {most} than or equal to {limit}.", key)


def _characters(form: Form) -> int:
    """All texts of a command, each in its longest language, and the values of choices."""
    own = longest(form, "name") + longest(form, "description")
    values = sum(
        longest(one, "name") + len(str(one.value.get("value", ""))) for one in _objects(form, "choices")
    )
    return own + values + sum(map(_characters, _objects(form, "options")))


def _objects(form: Form, key: str) -> list[Form]:
    """Those in a list, without complaints."""
    found = form.value.get(key)
    return [Form(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
