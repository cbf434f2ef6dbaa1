"""A server or a member that the operator has blocked everywhere."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Block:
    #: The id of a server or of a member.
    subject_id: int
    #: The blocked members read it; it may be empty.
    reason: str
    at: datetime
