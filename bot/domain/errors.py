"""Every foreseen error, by who can do something about it. They carry facts; words are the presenter's.

StoreUnavailable                nothing can be saved or looked up for now
Refusal                         for the member: nothing was spent
  PromptEmpty · PromptNamesNothing · PromptForgotten · PromptTooLong · CountOutOfRange · RatioNotForManga
  NoPicture · TooManyPictures · PictureRefused · SourceNotChosen · ChoiceUnknown
  LimitReached · BudgetSpent · ChannelNotAllowed · ServerNotServed · Blocked · TooManyPosts
  ServicePaused · PermissionsMissing · DutyNeeded · CommandDenied
  ValueOutOfRange · NumberUnreadable · NoChannelLeft
  PeriodEndsBeforeItBegins · PeriodTooLong · DateUnreadable
  JobUnknown · NotYours · NotPossibleNow
OperatorError                   for the operator: str() is one line that says what to do
  GatewayDeaf                   a new process may hear what this one does not
ProviderError                   from the provider's wire, caught by the worker
  NotAccepted                   surely not queued, not billed
    RateLimited · Unreachable · NotSent
  Doubtful                      a submit that may have been accepted
  Unavailable                   a read that may be sent again
    EmptyFile
  RequestUnknown                the provider does not know this request id (any more)
  Refused                       the account or the request is at fault
    KeyRefused · CreditSpent · RequestInvalid
FileRefused                     bytes that were not fetched, or are no picture
SourceOutOfReach                the picture to edit cannot be fetched now, and may be later
CourierError                    Discord did not take a message
  CardGone                      no way leads to the card
    CardBarred · CardTakenAway
  CourierUnavailable · PictureTooLarge
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.failure import Failure, SourceProblem
    from bot.domain.ids import ChannelId
    from bot.domain.limits import Rule
    from bot.domain.money import Month

# --- for the member -----------------------------------------------------------------------------------


class StoreUnavailable(Exception):
    """Nothing can be written down or looked up for now."""


class Refusal(Exception):
    """A request that is not taken. Nothing was spent, nothing is counted."""


class PromptEmpty(Refusal):
    pass


class PromptNamesNothing(Refusal):
    """Nothing is left of the prompt without what is not sent to the provider: ids, and links to Discord."""


class PromptForgotten(Refusal):
    """What was asked for is not remembered any more; see RETENTION_DAYS."""


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


class SourceNotChosen(Refusal):
    """What was typed in place of a choice from the list names none of the member's pictures."""


class ChoiceUnknown(Refusal):
    """What was sent for a command's option is none of its choices."""

    def __init__(self, option: str, sent: str) -> None:
        super().__init__(option)
        self.option = option
        self.sent = sent


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


class BudgetSpent(Refusal):
    """The month's budget does not cover the pictures. The operator's sums are nobody's business but theirs.

    `used_microusd` is spent or held for pictures in the making; `asked_microusd` is what was asked for.
    """

    def __init__(
        self,
        *,
        month: "Month",
        cap_microusd: int,
        used_microusd: int,
        asked_microusd: int,
        is_operators: bool,
    ) -> None:
        super().__init__(month, is_operators)
        self.month, self.is_operators = month, is_operators
        self.cap_microusd, self.used_microusd = cap_microusd, used_microusd
        self.asked_microusd = asked_microusd

    @property
    def resets_at(self) -> datetime:
        return self.month.ends_at


class ChannelNotAllowed(Refusal):
    """Admins of the server have chosen the channels where pictures may be asked for: `allowed`."""

    def __init__(self, allowed: "Collection[ChannelId]") -> None:
        super().__init__(allowed)
        self.allowed = allowed


class ServerNotServed(Refusal):
    """The operator has chosen the servers that may use the bot; see CHAT_GUILD_IDS."""


class Blocked(Refusal):
    """By the operator, over all servers. `reason` is the operator's words, maybe none."""

    def __init__(self, reason: str, *, is_server: bool) -> None:
        super().__init__(reason, is_server)
        self.reason, self.is_server = reason, is_server


class TooManyPosts(Refusal):
    """The member has posted `most` pictures again within an hour; the next can be at `again_at`."""

    def __init__(self, most: int, again_at: datetime) -> None:
        super().__init__(most, again_at)
        self.most, self.again_at = most, again_at


class ServicePaused(Refusal):
    """The operator has to mend something first: the key is refused, or the account is empty."""


class PermissionsMissing(Refusal):
    """What the bot may not do here, by Discord's own names of permissions, such as `attach_files`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self.names = names


class DutyNeeded(Refusal):
    """The member lacks the permission, by Discord's own name of it, that this takes by default."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class CommandDenied(Refusal):
    """The server does not let the member use this command here, nor what comes to the same."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command


class ValueOutOfRange(Refusal):
    """A setting's value; `field` is its name, such as `per_day` or `budget_microusd`; both ends included."""

    def __init__(self, field: str, value: int, least: int, most: int) -> None:
        super().__init__(field, value, least, most)
        self.field, self.value, self.least, self.most = field, value, least, most


class NoChannelLeft(Refusal):
    """Without the last of the allowed channels, all would be allowed, which nobody has asked for."""


class PeriodEndsBeforeItBegins(Refusal):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(first, last)
        self.first, self.last = first, last


class PeriodTooLong(Refusal):
    def __init__(self, days: int, most: int) -> None:
        super().__init__(days, most)
        self.days, self.most = days, most


class JobUnknown(Refusal):
    """No such job here; one of another server is as unknown as one that never was."""


class NotYours(Refusal):
    pass


class NotPossibleNow(Refusal):
    """The job's state does not allow it, such as cancelling a picture that is already being made."""


class NumberUnreadable(Refusal):
    """What was typed where a count or an amount of money is needed; as long as it was typed."""

    def __init__(self, text: str, *, is_money: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.is_money = is_money


class DateUnreadable(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


# --- for the operator ---------------------------------------------------------------------------------


class OperatorError(Exception):
    """Ends the command with its text as one line on stderr: what is wrong, and what to do about it."""

    exit_code = 1


class GatewayDeaf(OperatorError):
    """Discord answers calls, and says nothing over the gateway."""

    exit_code = 75  # what sendmail's `sysexits.h` calls a temporary failure

    def __init__(self, silent_seconds: float) -> None:
        super().__init__(
            f"Discord has said nothing for {silent_seconds:.0f} s, although it can be reached: ending, so "
            "that a new process may hear it (see CHAT_DEAF_SECONDS)"
        )


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


class NotSent(NotAccepted):
    """Held back at the last moment: the job is no longer ours to send."""


class Doubtful(ProviderError):
    """A submit whose outcome is unknown: it may have been accepted, and be billed."""


class Unavailable(ProviderError):
    """A read that failed for now (5xx, a timeout, an unreadable body): safe to send again."""


class EmptyFile(Unavailable):
    """All of a file came, and it was nothing: perhaps it is not there yet."""


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


class SourceOutOfReach(Exception):
    """The picture to edit cannot be had just now, and nothing says that it is gone."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


# --- Discord, as the worker sees it -------------------------------------------------------------------


class CourierError(Exception):
    """Discord did not take a message."""


class CardGone(CourierError):
    """No rung of the ladder is left: the message was deleted, or the bot may not post there. Final."""


class CardBarred(CardGone):
    """No rung is left, but the message may still be there, and whoever runs the server let the bot to it."""


class CardTakenAway(CardGone):
    """The message was deleted, or its channel, or the bot was removed: nothing is posted in its place."""


class CourierUnavailable(CourierError):
    """Discord does not answer, or not well: the same call may go through later."""


class PictureTooLarge(CourierError):
    """The upload is over the limit of the place, whatever limit was announced."""
