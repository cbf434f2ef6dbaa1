"""Holds an exchange against Discord's published OpenAPI description. About 5 ms for each.

The description forbids no unknown key and knows no `payload_json`. So what is asked is held against a
stricter view of it: unknown keys are errors, ids may be numbers, and a form is judged by the JSON in it.
It is blind to much that Discord enforces all the same; that is what the stand-in's `rules_*.py` are for.
"""

from __future__ import annotations

import copy
import json
import re
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Json = dict[str, Any]

SENT_BY_DISCORD_PY = (r"embeds/\d+/flags$", r"^\d+/nsfw$")
"""Keys that discord.py sends and Discord takes, although the description does not declare them there."""

_ASKED, _ANSWERED = "urn:asked", "urn:answered"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_BOOLEANS = frozenset({"true", "false", "1", "0"})
_SNOWFLAKE = re.compile(r"0|[1-9]\d*")
_FILE = re.compile(r"files\[(\d)\]")
_MOST_QUOTED = 160


@dataclass(frozen=True)
class Operation:
    """A method of a path that the description knows."""

    template: str
    method: str
    item: Json
    """What it says of the path."""
    values: Mapping[str, str]
    """Of the path's parameters."""

    @property
    def described(self) -> Json:
        found: Json = self.item[self.method]
        return found

    @property
    def parameters(self) -> list[Json]:
        return [*self.item.get("parameters", []), *self.described.get("parameters", [])]

    def pointer(self, *steps: str) -> str:
        escaped = [one.replace("~", "~0").replace("/", "~1") for one in (self.template, self.method, *steps)]
        return "/paths/" + "/".join(escaped)


@dataclass(frozen=True)
class _Path:
    template: str
    pattern: re.Pattern[str]
    names: list[str]
    item: Json

    @classmethod
    def of(cls, template: str, item: Json) -> _Path:
        escaped = re.sub(r"\\\{[^}]+\\\}", "([^/]+)", re.escape(template))
        return cls(template, re.compile(f"^{escaped}$"), re.findall(r"\{([^}]+)\}", template), item)


class Description:
    """All complaints are sentences; none means that the exchange conforms."""

    def __init__(self, path: Path, allowed: Sequence[str] = SENT_BY_DISCORD_PY) -> None:
        described: Json = json.loads(path.read_text("utf-8"))
        self._allowed = [re.compile(pattern) for pattern in allowed]
        self._formats = FormatChecker(["date-time", "uri"])
        views = {_ASKED: _strict_view(described), _ANSWERED: described}
        self._registry = Registry().with_resources(
            (urn, Resource.from_contents(view, DRAFT202012)) for urn, view in views.items()
        )
        self._answers: Json = described["components"]["responses"]
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}
        # A literal such as @original goes before a parameter.
        templates = sorted(described["paths"], key=lambda template: template.count("{"))
        self._paths = [_Path.of(template, described["paths"][template]) for template in templates]

    def asked(
        self, method: str, path: str, body: Any, query: Mapping[str, str], files: Sequence[str]
    ) -> list[str]:
        """What is wrong with a request; `files` are the names of its fields with files."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"no such operation: {method} {path}"]
        problems = _wrong_parameters(operation, query)
        declared = operation.described.get("requestBody")
        if body is None and not files:
            is_lacking = declared and declared.get("required") and method in _WITH_BODY
            return [*problems, "body required, but absent"] if is_lacking else problems
        if not declared:
            return [*problems, "body sent, but none is declared"]
        return problems + self._wrong_body(operation, declared["content"], body, files)

    def answered(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"no such operation: {method} {path}"]
        declared = operation.described["responses"]
        key = next((one for one in (str(status), f"{status // 100}XX", "default") if one in declared), None)
        if key is None:
            return [f"status {status} is not declared (declared: {', '.join(declared)})"]
        answer, pointer = declared[key], operation.pointer("responses", key)
        if "$ref" in answer:
            pointer = answer["$ref"].removeprefix("#")
            answer = self._answers[pointer.rpartition("/")[2]]
        if "application/json" not in answer.get("content", {}):
            return [] if body in (None, "") else [f"status {status}: body sent, but none is declared"]
        if body is None:
            return [f"status {status}: body missing"]
        return self._errors(_ANSWERED, pointer + "/content/application~1json/schema", body)

    def _operation(self, method: str, path: str) -> Operation | None:
        for one in self._paths:
            match = one.pattern.match(path)
            if match and method.lower() in one.item:
                values = dict(zip(one.names, map(urllib.parse.unquote, match.groups()), strict=True))
                return Operation(one.template, method.lower(), one.item, values)
        return None

    def _wrong_body(self, operation: Operation, content: Json, body: Any, files: Sequence[str]) -> list[str]:
        kind = "application/json" if "application/json" in content else next(iter(content))
        problems = []
        if files and "multipart/form-data" not in content:
            problems.append("this operation takes no files")
        pointer = operation.pointer("requestBody", "content", kind, "schema")
        return problems + self._errors(_ASKED, pointer, body) + _wrong_files(files, body)

    def _errors(self, urn: str, pointer: str, instance: Any) -> list[str]:
        view = urn.rpartition(":")[2]
        problems = []
        for error in self._validator(urn, pointer).iter_errors(instance):
            for leaf in _leaves(error):
                where = "/".join(map(str, leaf.absolute_path))
                if leaf.validator != "unevaluatedProperties":
                    problems.append(f"{view} {where or '.'}: {leaf.message[:_MOST_QUOTED]}")
                elif unknown := self._unknown_keys(leaf, where):
                    problems.append(f"{view} {where or '.'}: undeclared keys: {', '.join(unknown)}")
        return problems

    def _validator(self, urn: str, pointer: str) -> Draft202012Validator:
        quoted = urllib.parse.quote(pointer, safe="/~@!$&'()*+,;=:")
        if (urn, quoted) not in self._validators:
            self._validators[urn, quoted] = Draft202012Validator(
                {"$ref": f"{urn}#{quoted}"}, registry=self._registry, format_checker=self._formats
            )
        return self._validators[urn, quoted]

    def _unknown_keys(self, error: ValidationError, where: str) -> list[str]:
        keys = re.findall(r"'([^']+)'", error.message.split("(")[-1])
        return [key for key in keys if not self._is_allowed(f"{where}/{key}" if where else key)]

    def _is_allowed(self, location: str) -> bool:
        return any(pattern.search(location) for pattern in self._allowed)


def _wrong_parameters(operation: Operation, query: Mapping[str, str]) -> list[str]:
    declared = {(one["name"], one["in"]): one for one in operation.parameters}
    problems = []
    for (name, place), parameter in declared.items():
        value = operation.values.get(name) if place == "path" else query.get(name)
        if value is not None:
            problems += _wrong_value(name, place, parameter["schema"], value)
        elif parameter.get("required"):
            problems.append(f"missing {place} parameter {name}")
    undeclared = [name for name in query if (name, "query") not in declared]
    return problems + [f"undeclared query parameter {name}" for name in undeclared]


def _wrong_value(name: str, place: str, schema: Json, value: str) -> list[str]:
    if "Snowflake" in schema.get("$ref", "") and not _SNOWFLAKE.fullmatch(value):
        return [f"{place} parameter {name} is no snowflake: {value!r}"]
    if schema.get("type") == "boolean" and value.lower() not in _BOOLEANS:
        return [f"{place} parameter {name} is no boolean: {value!r}"]
    return []


def _wrong_files(files: Sequence[str], body: Any) -> list[str]:
    problems = [
        f"file field {name!r} is not files[0] to files[9]" for name in files if not _FILE.fullmatch(name)
    ]
    if not (files and isinstance(body, dict)):
        return problems
    attachments = body.get("attachments") or (body.get("data") or {}).get("attachments") or []
    ids = {str(one.get("id")) for one in attachments}
    for name in files:
        match = _FILE.fullmatch(name)
        if match and attachments and match[1] not in ids:
            problems.append(f"{name} has no entry in attachments")
    return problems


# --- the stricter view ---


def _strict_view(described: Json) -> Json:
    view = copy.deepcopy(described)
    for schema in view["components"]["schemas"].values():
        for node, is_in_all_of in _nodes(schema):
            _take_ids_as_numbers(node)
            _take_numbers_as_text(node)
            is_open = "unevaluatedProperties" not in node and node.get("additionalProperties") is None
            if isinstance(node.get("properties"), dict) and not is_in_all_of and is_open:
                node["unevaluatedProperties"] = False
    return view


def _nodes(root: Any) -> list[tuple[Json, bool]]:
    """All objects below `root`, each with whether it is a direct member of an allOf."""
    found: list[tuple[Json, bool]] = []
    left: list[tuple[Any, bool]] = [(root, False)]
    while left:
        node, is_in_all_of = left.pop()
        if not isinstance(node, dict):
            continue
        found.append((node, is_in_all_of))
        for key, value in node.items():
            inner = value if isinstance(value, list) else [value]
            left += [(one, key == "allOf" and isinstance(value, list)) for one in inner]
    return found


def _take_ids_as_numbers(node: Json) -> None:
    if node.get("format") == "snowflake" and node.get("type") == "string":
        del node["type"]
        pattern = node.pop("pattern", None) or r"^\d+$"
        node["anyOf"] = [{"type": "string", "pattern": pattern}, {"type": "integer", "minimum": 0}]


def _take_numbers_as_text(node: Json) -> None:
    kind = node.get("type")
    is_integer = kind == "integer" or (isinstance(kind, list) and "integer" in kind)
    if is_integer and "enum" not in node and "allOf" not in node:
        bounds = {key: node.pop(key) for key in ("minimum", "maximum") if key in node}
        del node["type"]
        node["anyOf"] = [{"type": kind, **bounds}, {"type": "string", "pattern": r"^-?\d+$"}]


# --- what an error is about ---


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Those of the branch that fits best, instead of "not valid under any of the given schemas"."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for cause in error.context:
            branches.setdefault(cause.schema_path[0], []).append(cause)
        for cause in min(branches.values(), key=_badness):
            yield from _leaves(cause)
    elif not (error.validator == "oneOf" and "valid under each" in error.message):
        yield error


def _badness(causes: Sequence[ValidationError]) -> tuple[int, int, int, int]:
    wrong_type = sum(
        one.validator in ("enum", "const") and bool(one.path) and one.path[-1] == "type" for one in causes
    )
    wanted_null = sum(one.validator == "type" and one.validator_value == "null" for one in causes)
    return wrong_type, wanted_null, len(causes), -max(len(one.path) for one in causes)
