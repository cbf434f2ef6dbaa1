"""Fills in a modal as Discord's client does: lengths, required fields, numbers of files and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standins.fake_discord.asks import ClientRefusedError, Upload
from standins.fake_discord.model import Json, Modal, ModalField
from standins.fake_discord.resolved import Resolved
from standins.fake_discord.rules_components import SELECTS, STRING_SELECT
from standins.fake_discord.rules_modals import (
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    LABEL,
    RADIO_GROUP,
    TEXT_DISPLAY,
    TEXT_INPUT,
)

FieldValue = str | bool | Upload | Sequence[str] | Sequence[Upload]
_WITH_OPTIONS = frozenset({STRING_SELECT, RADIO_GROUP, CHECKBOX_GROUP})
_LONGEST_TEXT = 4000


def modal_data(modal: Modal, values: Mapping[str, FieldValue], resolved: Resolved) -> Json:
    """The `data` of a submit; `values` by label or custom_id. Raises ClientRefusedError."""
    fields = modal.fields()
    names = {name for field in fields for name in (field.label, field.custom_id)}
    for name in values:
        if name not in names:
            raise ClientRefusedError(name, "There is no such field.")
    filled = {field.custom_id: _filled(field, _given(field, values), resolved) for field in fields}
    rows = [_row(row, number, filled) for number, row in enumerate(modal.components, start=1)]
    return resolved.into({"custom_id": modal.custom_id, "components": rows})


def _given(field: ModalField, values: Mapping[str, FieldValue]) -> FieldValue | None:
    return values.get(field.custom_id, values.get(field.label))


def _row(row: Json, number: int, filled: Mapping[str, Json]) -> Json:
    sent: Json = {"type": row["type"], "id": row.get("id") or number}
    if row["type"] == LABEL:
        sent["component"] = filled[row["component"]["custom_id"]]
    elif row["type"] != TEXT_DISPLAY:
        sent["components"] = [filled[part["custom_id"]] for part in row["components"]]
    return sent


def _filled(field: ModalField, value: FieldValue | None, resolved: Resolved) -> Json:
    sent: Json = {"type": field.type, "custom_id": field.custom_id, "id": field.inner.get("id") or 0}
    if field.type == TEXT_INPUT:
        return sent | {"value": _text(field, value)}
    if field.type == CHECKBOX:
        return sent | {"value": bool(field.inner.get("default")) if value is None else bool(value)}
    chosen = _preselected(field) if value is None else _listed(value)
    if field.type == FILE_UPLOAD:
        _check_count(field, chosen)
        return sent | {"values": [resolved.upload(one) for one in chosen if isinstance(one, Upload)]}
    picked = [_picked(field, str(one)) for one in chosen]
    if field.type == RADIO_GROUP:
        _check_required(field, is_empty=not picked)
        return sent | {"value": picked[0] if picked else None}
    _check_count(field, picked)
    return sent | {"values": picked}


def _text(field: ModalField, value: FieldValue | None) -> str:
    text = str(field.inner.get("value") or "") if value is None else value
    if not isinstance(text, str):
        raise ClientRefusedError(field.label, "This field takes text.")
    _check_required(field, is_empty=not text)
    least = field.inner.get("min_length") or 0
    most = field.inner.get("max_length") or _LONGEST_TEXT
    if text and not least <= len(text) <= most:
        raise ClientRefusedError(field.label, f"The text must have {least} to {most} characters.")
    return text


def _listed(value: FieldValue) -> list[Any]:
    return [value] if isinstance(value, str | Upload | bool) else list(value)


def _preselected(field: ModalField) -> list[str]:
    return [one["value"] for one in field.inner.get("options") or [] if one.get("default")]


def _picked(field: ModalField, name: str) -> str:
    """The value of the option with that value or label."""
    if field.type not in _WITH_OPTIONS:
        return name
    for option in field.inner["options"]:
        if name in (option["value"], option["label"]):
            return str(option["value"])
    raise ClientRefusedError(field.label, f"There is no option {name}.")


def _check_count(field: ModalField, chosen: Sequence[object]) -> None:
    _check_required(field, is_empty=not chosen)
    least = 1 if field.inner.get("min_values") is None else field.inner["min_values"]
    most = field.inner.get("max_values") or _most(field)
    if chosen and not least <= len(chosen) <= most:
        raise ClientRefusedError(field.label, f"Between {least} and {most} must be chosen.")


def _most(field: ModalField) -> int:
    return 1 if field.type in SELECTS | {FILE_UPLOAD} else len(field.inner["options"])


def _check_required(field: ModalField, *, is_empty: bool) -> None:
    if is_empty and field.inner.get("required", True):
        raise ClientRefusedError(field.label, "This field is required.")
