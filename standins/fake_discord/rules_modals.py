"""Discord's rules for a modal: title, labels, and one input under each label."""

from __future__ import annotations

from standins.fake_discord.forms import Form
from standins.fake_discord.model import Json
from standins.fake_discord.rules_components import (
    ACTION_ROW,
    SELECTS,
    check_custom_id,
    check_select,
)

TEXT_INPUT, TEXT_DISPLAY, LABEL, FILE_UPLOAD = 4, 10, 18, 19
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
MOST_ROWS = 5
_MOST_TEXT = 4000
_INPUTS = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX}


def check_modal(body: Json, path: tuple[str, ...] = ("data",)) -> None:
    """Raises ApiError 50035 naming every wrong field."""
    form = Form(body, path)
    form.text("custom_id", 100, least=1, required=True)
    form.text("title", 45, least=1, required=True)
    used: set[str] = set()
    for row in form.listed("components", MOST_ROWS, least=1):
        _check_row(row, used)
    form.raise_complaints()


def _check_row(row: Form, used: set[str]) -> None:
    kind = row.choice("type", frozenset({ACTION_ROW, TEXT_DISPLAY, LABEL}))
    if kind == LABEL:
        row.text("label", 45, least=1, required=True)
        row.text("description", 100)
        if row.require("component") and (part := row.inner("component")):
            _check_input(part, used)
    elif kind == ACTION_ROW:
        for part in row.listed("components", 1, least=1):
            _check_input(part, used)
            part.text("label", 45, least=1, required=part.value.get("type") == TEXT_INPUT)
    elif kind == TEXT_DISPLAY:
        row.text("content", _MOST_TEXT, least=1, required=True)


def _check_input(part: Form, used: set[str]) -> None:
    kind = part.choice("type", _INPUTS)
    check_custom_id(part, used)
    if kind == TEXT_INPUT:
        _check_text_input(part)
    elif kind == FILE_UPLOAD:
        check_select(part, most_values=10)
    elif kind in SELECTS:
        check_select(part)


def _check_text_input(part: Form) -> None:
    part.choice("style", frozenset({1, 2}))
    part.text("placeholder", 100)
    least = part.number("min_length", 0, _MOST_TEXT, 0)
    most = part.number("max_length", 1, _MOST_TEXT, _MOST_TEXT)
    part.text("value", most)
    if least > most:
        part.complain("TEXT_INPUT_MIN_LENGTH", "min_length must not exceed max_length", "min_length")
