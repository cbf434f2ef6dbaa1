"""Checks a request body field by field, and reports errors nested as Discord does (code 50035).

Knows no message, command or modal; `rules_*.py` do.
"""

from __future__ import annotations

from typing import Any

from standins.fake_discord.errors import ApiError
from standins.fake_discord.model import Json

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")
_HTTP = ("http://", "https://")


class Form:
    """One object of a body, at its path; forms of the same body collect their complaints together."""

    def __init__(self, value: Any, path: tuple[str, ...] = (), complaints: Json | None = None) -> None:
        self.complaints: Json = {} if complaints is None else complaints
        self.path = path
        self.value: Json = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.complain("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")

    def complain(self, code: str, message: str, *at: str | int) -> None:
        node = self.complaints
        for step in (*self.path, *map(str, at)):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def require(self, key: str) -> bool:
        if self.value.get(key) is None:
            self.complain(*REQUIRED, key)
        return self.value.get(key) is not None

    def text(self, key: str, most: int, *, least: int = 0, required: bool = False) -> str:
        """The text under `key` ("" if absent), which must have `least` to `most` characters."""
        value = self.value.get(key)
        if value is None or (value == "" and required):
            if required:
                self.complain(*REQUIRED, key)
            return ""
        if not isinstance(value, str):
            self.complain("STRING_TYPE_CONVERT", "Could not interpret value as string.", key)
            return ""
        if least and not least <= len(value) <= most:
            self.complain("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.", key)
        elif len(value) > most:
            self.complain("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.", key)
        return value

    def number(self, key: str, least: int, most: int, default: int) -> int:
        value = self.value.get(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            self.complain("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.', key)
            return default
        if value < least:
            self.complain("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.", key)
        elif value > most:
            self.complain("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.", key)
        return value

    def choice(self, key: str, allowed: frozenset[int], *, required: bool = True) -> int | None:
        value = self.value.get(key)
        if value is None:
            if required:
                self.complain(*REQUIRED, key)
            return None
        if value not in allowed:
            listed = ", ".join(map(str, sorted(allowed)))
            self.complain("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.", key)
            return None
        return int(value)

    def url(self, key: str, most: int = 2048, *, or_attachment: bool = False) -> None:
        value = self.text(key, most)
        allowed = (*_HTTP, "attachment://") if or_attachment else _HTTP
        if value and not value.startswith(allowed):
            scheme = value.partition(":")[0]
            message = f"Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https')."
            self.complain("URL_TYPE_INVALID_SCHEME", message, key)

    def inner(self, key: str) -> Form | None:
        """The object under `key`."""
        if self.value.get(key) is None:
            return None
        return Form(self.value[key], (*self.path, key), self.complaints)

    def listed(self, key: str, most: int, *, least: int = 0) -> list[Form]:
        """The objects in the list under `key`."""
        value = self.value.get(key)
        if value is None:
            value = []
        if not isinstance(value, list):
            self.complain("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType", key)
            return []
        if least and not least <= len(value) <= most:
            self.complain("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.", key)
        elif len(value) > most:
            self.complain("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.", key)
        return [Form(one, (*self.path, key, str(at)), self.complaints) for at, one in enumerate(value)]

    def raise_complaints(self) -> None:
        """Raises ApiError 50035 if anything in the whole body is wrong."""
        if self.complaints:
            raise ApiError(400, 50035, "Invalid Form Body", self.complaints)
