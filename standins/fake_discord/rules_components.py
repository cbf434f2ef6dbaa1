"""Discord's rules for the components of a message: rows, buttons and selects (not Components V2)."""

from __future__ import annotations

from standins.fake_discord.forms import REQUIRED, Form

ACTION_ROW, BUTTON, STRING_SELECT, CHANNEL_SELECT = 1, 2, 3, 8
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK_STYLE = 5
MOST_ROWS, ROW_WIDTH = 5, 5
_PREMIUM_STYLE = 6


def check_components(message: Form) -> None:
    """Check that there are at most five rows of five buttons or one select, each with an id of its own."""
    used: set[str] = set()
    for row in message.listed("components", MOST_ROWS):
        if row.choice("type", frozenset({ACTION_ROW})):
            _check_row(row, used)


def check_custom_id(part: Form, used: set[str]) -> None:
    custom_id = part.text("custom_id", 100, least=1, required=True)
    if custom_id and custom_id in used:
        part.complain(
            "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", "custom_id"
        )
    used.add(custom_id)


def check_select(part: Form, *, most_values: int = 25) -> None:
    part.text("placeholder", 150)
    least = part.number("min_values", 0, most_values, 1)
    most = part.number("max_values", 1, most_values, 1)
    if least > most:
        part.complain("SELECT_COMPONENT_MIN_VALUES", "min_values must not exceed max_values", "min_values")
    if part.value.get("type") == STRING_SELECT:
        _check_options(part)


def _check_row(row: Form, used: set[str]) -> None:
    width = 0
    for part in row.listed("components", ROW_WIDTH, least=1):
        kind = part.choice("type", SELECTS | {BUTTON})
        width += ROW_WIDTH if kind in SELECTS else 1
        if width > ROW_WIDTH:
            part.complain(
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
            )
        if kind == BUTTON:
            _check_button(part, used)
        elif kind is not None:
            check_custom_id(part, used)
            check_select(part)


def _check_button(part: Form, used: set[str]) -> None:
    style = part.choice("style", frozenset(range(1, 7)))
    part.text("label", 80)
    if style == LINK_STYLE:
        part.url("url", 512)
        part.require("url")
        if part.value.get("custom_id"):
            part.complain("BUTTON_COMPONENT_CUSTOM_ID_INVALID", "A link button has no custom id", "custom_id")
    elif style is not None and style != _PREMIUM_STYLE:
        check_custom_id(part, used)
    if not part.value.get("label") and not part.value.get("emoji") and style != _PREMIUM_STYLE:
        part.complain(*REQUIRED, "label")


def _check_options(part: Form) -> None:
    values: set[str] = set()
    for option in part.listed("options", 25, least=1):
        option.text("label", 100, least=1, required=True)
        value = option.text("value", 100, least=1, required=True)
        option.text("description", 100)
        if value in values:
            code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
            option.complain(code, "The specified option value is already used", "value")
        values.add(value)
