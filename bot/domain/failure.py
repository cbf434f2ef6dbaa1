"""The reasons why a picture failed: a closed set, each with words for the member and for the operator."""

from dataclasses import dataclass, field
from enum import StrEnum


class FailureKind(StrEnum):
    BLOCKED = "blocked"  # the provider's content filter refused the prompt or the picture
    INVALID = "invalid"  # the provider found the request malformed
    SOURCE = "source"  # the picture to edit could not be fetched or read
    BUSY = "busy"  # the provider accepted no request until the deadline of the queue
    NO_CREDIT = "no_credit"  # the operator's account is empty
    KEY = "key"  # the operator's key is refused
    PROVIDER = "provider"  # the provider tried and failed
    EXPIRED = "expired"  # the provider's record expired before the bot saw the request end
    UNKNOWN = "unknown"  # the bot could not find out whether the provider accepted the request
    DISCORD = "discord"  # made, but Discord accepted it in no way before the file expired
    BUG = "bug"  # an error in this bot


class SourceProblem(StrEnum):
    """The `detail` of a failure of kind `source`."""

    GONE = "gone"
    FOREIGN = "foreign"
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    #: It begins like a picture, but the rest cannot be read.
    BROKEN = "broken"
    #: It needs more memory than the bot allows, or more work than any real picture.
    TOO_HEAVY = "too_heavy"
    #: It was not finished within the time that a picture may take.
    TOO_SLOW = "too_slow"


#: Finding these problems costs the machine time or memory.
COSTLY_PROBLEMS = frozenset({SourceProblem.TOO_HEAVY, SourceProblem.TOO_SLOW})


#: The `detail` of a failure of kind `provider`: made and paid, but the file could not be downloaded.
FILE_LOST = "file_lost"
#: The same, but the file is no picture that Discord can show.
FILE_UNREADABLE = "file_unreadable"
#: The `detail` of a failure of kind `provider`: it did not accept the picture to edit; nothing was paid.
SOURCE_NOT_TAKEN = "source_not_taken"
#: The `detail` of a failure of kind `key`: the key is fine, but the account's model is refused.
MODEL_REFUSED = "model_refused"
#: The `detail` of a failure of kind `source`: it could not be fetched for hours, but may still exist.
SOURCE_OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True)
class Failure:
    """`detail` refines the kind for the member; `note` is the provider's own text, for operators only."""

    kind: FailureKind
    detail: str | None = None
    note: str | None = field(default=None, repr=False)
