"""The provider's API in its own terms: calls, answers and bodies. No decisions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from bot.domain.ids import RequestId
from bot.domain.provider import Inputs

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")

#: A body without one of these keys may have them one level below, under one of these names.
_SAYS_SOMETHING = frozenset({"request_id", "status", "output", "images", "error"})
_WRAPPINGS = ("data", "result", "response")

Json = Any
#: A JSON object whose fractions are exact: `Decimal`, never `float`.
Body = Mapping[str, Json]


class Call(StrEnum):
    """The calls, by their names in metrics."""

    SUBMIT = "submit"
    STATUS = "status"
    RESULT = "result"
    CREDITS = "credits"
    UPLOAD = "upload"
    HISTORY = "history"
    HISTORY_ROW = "history_row"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer. Header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    data: bytes = field(repr=False, default=b"")
    #: The body as JSON; None if it is no JSON.
    json: Json = field(repr=False, default=None)

    @property
    def is_success(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def body(self) -> Body | None:
        """The object that the answer is about, also as the only one of a list or under a usual name."""
        value = self.json[0] if isinstance(self.json, list) and len(self.json) == 1 else self.json
        if not isinstance(value, dict):
            return None
        inner = (value.get(name) for name in _WRAPPINGS if not _SAYS_SOMETHING & value.keys())
        return next(
            (body for body in inner if isinstance(body, dict) and _SAYS_SOMETHING & body.keys()), value
        )


def read_json(data: bytes) -> Json:
    """Parse JSON; return None for anything else: HTML, nothing, garbage, endless nesting.

    A prompt in an answer may have raw line breaks or broken characters: the rest is still read.
    """
    try:
        return _loaded(data)
    except UnicodeDecodeError:
        return read_json(data.decode(errors="replace").encode())
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _loaded(data: bytes) -> Json:
    return json.loads(data, parse_float=Decimal, strict=False)


def request_id_of(value: object) -> RequestId | None:
    return RequestId(value) if isinstance(value, str) and REQUEST_ID.fullmatch(value) else None


def submit_body(inputs: Inputs) -> dict[str, str]:
    """Build the body of a submit from the four parameters. An unset one is left out, never sent as null."""
    body = {"prompt": inputs.prompt, "style": str(inputs.style)}
    if inputs.aspect_ratio is not None:
        body["aspect_ratio"] = str(inputs.aspect_ratio)
    if inputs.image_url is not None:
        body["image"] = inputs.image_url
    return body
