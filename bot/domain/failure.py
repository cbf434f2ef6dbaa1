"""Why a picture did not come: a closed set, each with its own words for the member and the operator."""

from dataclasses import dataclass, field
from enum import StrEnum


class FailureKind(StrEnum):
    BLOCKED = "blocked"  # the provider's content filter refused the prompt or the picture
    INVALID = "invalid"  # the provider found the request malformed
    SOURCE = "source"  # the picture to edit could not be fetched or read
    BUSY = "busy"  # the provider took no requests until the queue's deadline
    NO_CREDIT = "no_credit"  # the operator's account is empty
    KEY = "key"  # the operator's key is refused
    PROVIDER = "provider"  # the provider tried and failed
    EXPIRED = "expired"  # the provider forgot the request before it was seen to end
    UNKNOWN = "unknown"  # whether the provider took the request could not be found out
    DISCORD = "discord"  # made, but Discord took it by no way until the file was gone
    BUG = "bug"  # ours


class SourceProblem(StrEnum):
    """The `detail` of a failure of kind `source`."""

    GONE = "gone"
    FOREIGN = "foreign"
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    #: It begins as a picture, and what follows cannot be read.
    BROKEN = "broken"
    #: It takes more memory than a picture may, or is made so that it takes more work than any real one.
    TOO_HEAVY = "too_heavy"
    #: It was given up after the time that a picture may take.
    TOO_SLOW = "too_slow"


#: These cost the machine something before they are told.
COSTLY_PROBLEMS = frozenset({SourceProblem.TOO_HEAVY, SourceProblem.TOO_SLOW})


#: The `detail` of a failure of kind `provider`: made and paid, but the file was never to be had.
FILE_LOST = "file_lost"
#: The same, but what was to be had is nothing that can be shown.
FILE_UNREADABLE = "file_unreadable"
#: The `detail` of a failure of kind `provider`: it never took the picture to edit; nothing was paid.
SOURCE_NOT_TAKEN = "source_not_taken"
#: The `detail` of a failure of kind `source`: for hours it could not be had, though nothing says it is gone.
SOURCE_OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True)
class Failure:
    """`detail` refines the kind for the member; `note` is the provider's own text, for operators only."""

    kind: FailureKind
    detail: str | None = None
    note: str | None = field(default=None, repr=False)
