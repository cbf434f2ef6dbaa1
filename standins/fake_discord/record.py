"""The requests to the stand-in and its answers, for tests to inspect."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

INVALID = frozenset({401, 403, 404, 429})

Checker = Callable[["Exchange"], list[str]]


@dataclass(frozen=True)
class SentFile:
    field: str
    filename: str
    size: int


@dataclass
class Exchange:
    """One HTTP request with its answer. `path` is below /api/v10, or of the CDN."""

    method: str
    path: str = field(repr=False)
    query: dict[str, str]
    started_at: datetime
    is_api: bool = True
    json: Any = field(default=None, repr=False)
    files: list[SentFile] = field(default_factory=list)
    status: int | None = None
    """None: the connection was closed without an answer."""
    response: Any = field(default=None, repr=False)
    seconds: float = 0.0
    is_authorized: bool = False
    """Whether it came with the application's token."""
    was_spoilt: bool = False
    """Whether a fault, or a block of the whole address, decided the answer."""

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


class RequestLog:
    """The exchanges, oldest first; the oldest are forgotten beyond `most`."""

    def __init__(self, most: int = 100_000) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=most)
        self._checkers: list[Checker] = []
        self.problems: list[str] = []
        """What the checkers found wrong."""

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    def __len__(self) -> int:
        return len(self._exchanges)

    def matching(self, route: str) -> list[Exchange]:
        """Those of a route such as "PATCH /webhooks/*"."""
        return [one for one in self._exchanges if fnmatchcase(one.route, route)]

    def invalid(self) -> list[Exchange]:
        """Those that Discord counts (see `invalid_requests.py`), and those for things that do not exist."""
        return [one for one in self._exchanges if one.is_api and one.status in INVALID]

    def add_checker(self, checker: Checker) -> None:
        """Check each later exchange; what the checker finds wrong is collected in `problems`."""
        self._checkers.append(checker)

    def clear(self) -> None:
        self._exchanges.clear()
        self.problems.clear()

    def add(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)
        for checker in self._checkers:
            self.problems += [f"{exchange.route}: {problem}" for problem in checker(exchange)]
