"""Every foreseen error, by who can do something about it. They carry facts; words are the presenter's.

Refusal                         for the member: nothing was spent
  PromptEmpty · PromptTooLong · CountOutOfRange · RatioNotForManga
  NoPicture · TooManyPictures · PictureRefused
  LimitReached · ServicePaused · PermissionsMissing
  JobUnknown · NotYours · NotPossibleNow
OperatorError                   for the operator: str() is one line that says what to do
ProviderError                   from the provider's wire, caught by the worker
  NotAccepted                   surely not queued, not billed
    RateLimited · Unreachable
  Doubtful                      a submit that may have been accepted
  Unavailable                   a read that may be sent again
  RequestUnknown                the provider does not know this request id (any more)
  Refused                       the account or the request is at fault
    KeyRefused · CreditSpent · RequestInvalid
FileRefused                     bytes that were not fetched, or are no picture
CourierError                    Discord did not take a message
  CardGone · CourierUnavailable · PictureTooLarge
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.failure import Failure, SourceProblem
    from bot.domain.limits import Rule

# --- for the member -----------------------------------------------------------------------------------


class Refusal(Exception):
    """A request that is not taken. Nothing was spent, nothing is counted."""


class PromptEmpty(Refusal):
    pass


class PromptTooLong(Refusal):
    def __init__(self, length: int, most: int) -> None:
        super().__init__(length, most)
        self.length, self.most = length, most


class CountOutOfRange(Refusal):
    def __init__(self, count: int, most: int) -> None:
        super().__init__(count, most)
        self.count, self.most = count, most


class RatioNotForManga(Refusal):
    def __init__(self, ratio: str, allowed: Sequence[str]) -> None:
        super().__init__(ratio, allowed)
        self.ratio, self.allowed = ratio, allowed


class NoPicture(Refusal):
    """The message holds no picture that can be edited, or none was given."""


class TooManyPictures(Refusal):
    """The message holds several pictures and nothing says which one is meant."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class PictureRefused(Refusal):
    """The picture to edit cannot be used, as far as can be told before fetching it."""

    def __init__(self, problem: "SourceProblem") -> None:
        super().__init__(problem)
        self.problem = problem


class LimitReached(Refusal):
    """`used` and `asked` are pictures; `again_at` is when enough of them become free, if that is known."""

    def __init__(self, rule: "Rule", used: int, asked: int, again_at: datetime | None) -> None:
        super().__init__(rule, used, asked, again_at)
        self.rule, self.used, self.asked, self.again_at = rule, used, asked, again_at


class ServicePaused(Refusal):
    """The operator has to mend something first: the key is refused, or the account is empty."""


class PermissionsMissing(Refusal):
    """What the bot may not do here, by Discord's own names of permissions, such as `attach_files`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self.names = names


class JobUnknown(Refusal):
    """No such job here; one of another server is as unknown as one that never was."""


class NotYours(Refusal):
    pass


class NotPossibleNow(Refusal):
    """The job's state does not allow it, such as cancelling a picture that is already being made."""


# --- for the operator ---------------------------------------------------------------------------------


class OperatorError(Exception):
    """Ends the command with its text as one line on stderr: what is wrong, and what to do about it."""


# --- from the provider's wire -------------------------------------------------------------------------


class ProviderError(Exception):
    """`note` is the provider's own text, clipped and free of secrets; for logs, never for members."""

    def __init__(self, note: str = "") -> None:
        super().__init__(note)
        self.note = note


class NotAccepted(ProviderError):
    """The request was surely not queued, so that sending it again cannot be paid twice."""


class RateLimited(NotAccepted):
    def __init__(self, note: str, retry_after_seconds: float) -> None:
        super().__init__(note)
        self.retry_after_seconds = retry_after_seconds


class Unreachable(NotAccepted):
    """No connection, or a 503 with a JSON error."""


class Doubtful(ProviderError):
    """A submit whose outcome is unknown: it may have been accepted, and be billed."""


class Unavailable(ProviderError):
    """A read that failed for now (5xx, a timeout, an unreadable body): safe to send again."""


class RequestUnknown(ProviderError):
    """404 for a request id: never known, not known yet, or older than an hour."""


class Refused(ProviderError):
    """The provider refuses; nothing was queued."""


class KeyRefused(Refused):
    """The key is missing or wrong, may not use this model, or the model is retired."""


class CreditSpent(Refused):
    pass


class RequestInvalid(Refused):
    """The request itself is at fault; sending it again changes nothing."""

    def __init__(self, note: str = "", failure: "Failure | None" = None) -> None:
        super().__init__(note)
        self.failure = failure


# --- bytes --------------------------------------------------------------------------------------------


class FileRefused(Exception):
    """A file was not fetched, or is not a picture that can be used. Fetching it again changes nothing."""

    def __init__(self, problem: "SourceProblem") -> None:
        super().__init__(problem)
        self.problem = problem


# --- Discord, as the worker sees it -------------------------------------------------------------------


class CourierError(Exception):
    """Discord did not take a message."""


class CardGone(CourierError):
    """No rung of the ladder is left: the message was deleted, or the bot may not post there. Final."""


class CourierUnavailable(CourierError):
    """Discord does not answer, or not well: the same call may go through later."""


class PictureTooLarge(CourierError):
    """The upload is over the limit of the place, whatever limit was announced."""
