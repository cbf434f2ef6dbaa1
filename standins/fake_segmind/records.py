"""The records of the stand-in, for tests and for the page: bills and requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class KeySeen(StrEnum):
    """The kind of key that a request carried; the key itself is never kept."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(slots=True, kw_only=True)
class Bill:
    """One accepted submit. The same request twice makes two of them."""

    request_id: str
    model: str
    #: The body as it was sent.
    inputs: Mapping[str, object] = field(repr=False)
    accepted_at: datetime
    outcome: Outcome = Outcome.RUNNING
    #: What was taken from the account: 0 while running, and after a failure.
    cost_usd: Decimal = Decimal(0)
    finished_at: datetime | None = None
    #: The provider's words for a failure.
    error: str | None = None

    @property
    def is_paid(self) -> bool:
        return self.cost_usd > 0

    @property
    def prompt(self) -> str:
        return str(self.inputs.get("prompt", ""))


@dataclass(slots=True, kw_only=True)
class SeenRequest:
    """One request as it came in; `status` is set once it is answered (None: cut off, or not yet)."""

    at: datetime
    #: Which call it is: one of `faults.Route`, or "unknown".
    route: str
    method: str
    #: As the client wrote it: host and port.
    host: str
    path: str
    query: Mapping[str, str]
    #: Lower-case names; without the key.
    headers: Mapping[str, str] = field(repr=False)
    key: KeySeen
    #: The JSON body, if it was one of moderate size.
    body: object = field(default=None, repr=False)
    status: int | None = None
