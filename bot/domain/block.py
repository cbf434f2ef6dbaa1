"""Whom the operator has blocked, over all servers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Block:
    #: A server's or a member's.
    subject_id: int
    #: Shown to whoever is blocked; may be empty.
    reason: str
    at: datetime
