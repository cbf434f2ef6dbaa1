"""Every expected error, by who can act on it. Errors carry facts; the presenter has the words.

StoreUnavailable                nothing can be saved or looked up for now
Refusal                         for the member: nothing was spent
  PromptEmpty · PromptNamesNothing · PromptForgotten · PromptTooLong · CountOutOfRange · RatioNotForManga
  NoPicture · MessageHidden · TooManyPictures · PictureRefused · SourceNotChosen · ChoiceUnknown
  QualityDenied (in domain.quality) · ComplaintRefused (in domain.moderation) · BlockedHere (in domain.block)
  ExportTooSoon (in domain.privacy) · ExportUnderWay (in domain.privacy) · ErasureUnderWay (in domain.privacy)
  BlockRefused (in domain.block) · WordRefused (in domain.word_list) · PresetUnknown (in domain.presets)
  PromptTooLongForPreset (in domain.presets) · PresetRefused (in domain.presets) · Quieted (in domain.quiet)
  LimitReached · BudgetSpent · ChannelNotAllowed · ServerNotServed · Blocked · TooManyPosts · DateUnreadable
  ServicePaused · PermissionsMissing · MemberPermissionMissing · CommandDenied · AgeRefused (in domain.age)
  ApprovalMissing (in domain.approval) · ValueOutOfRange · NoChannelLeft · StrikeRefused (in domain.strikes)
  PeriodEndsBeforeItBegins · PeriodTooLong · NumberUnreadable · JobUnknown · NotYours · NotPossibleNow
OperatorError                   for the operator: str() is one line that says what to do
  GatewayDeaf                   a new process may connect where this one cannot
ProviderError                   from the provider's API, caught by the worker
  NotAccepted                   certainly neither queued nor billed
    RateLimited · Unreachable · NotSent
  Doubtful                      a submit that may have been accepted
  Unavailable                   a read that may be repeated
    EmptyFile
  RequestUnknown                the provider does not know this request id, or no longer
  Refused                       the account or the request is at fault
    KeyRefused · ModelRefused · CreditSpent · RequestInvalid
FileRefused                     a file that cannot be fetched, or is no usable picture
SourceOutOfReach                the picture to edit cannot be fetched now, and may be later
CourierError                    Discord did not take a message
  CardGone                      no way of delivery is left
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
    """The database can save and read nothing for now."""


class Refusal(Exception):
    """A request is refused. Nothing was spent, nothing is counted."""


class PromptEmpty(Refusal):
    pass


class PromptNamesNothing(Refusal):
    """The prompt is empty without ids and links to Discord, which are not sent to the provider."""


class PromptForgotten(Refusal):
    """The prompt was deleted after RETENTION_DAYS."""


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
    """The message has no picture that can be edited, or no picture was given."""


class MessageHidden(Refusal):
    """Discord does not show the bot what is in other people's messages."""


class TooManyPictures(Refusal):
    """The message holds several pictures and nothing says which one is meant."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class SourceNotChosen(Refusal):
    """The typed text is no choice of the list, and names none of the member's pictures."""


class ChoiceUnknown(Refusal):
    """The value sent for a command's option is none of its choices."""

    def __init__(self, option: str, sent: str) -> None:
        super().__init__(option)
        self.option = option
        self.sent = sent


class PictureRefused(Refusal):
    """The picture to edit cannot be used, which is known before it is fetched."""

    def __init__(self, problem: "SourceProblem") -> None:
        super().__init__(problem)
        self.problem = problem


class LimitReached(Refusal):
    """`used` and `asked` are pictures; `again_at` is when enough of them become free, if that is known."""

    def __init__(self, rule: "Rule", used: int, asked: int, again_at: datetime | None) -> None:
        super().__init__(rule, used, asked, again_at)
        self.rule, self.used, self.asked, self.again_at = rule, used, asked, again_at


class BudgetSpent(Refusal):
    """The month's budget does not cover the pictures. The sums of the operator's budget are private.

    `used_microusd` is spent, or held for pictures that are not finished; `asked_microusd` is the request's
    cost.
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
    """The server's admins have allowed requests in other channels only: those of `allowed`."""

    def __init__(self, allowed: "Collection[ChannelId]") -> None:
        super().__init__(allowed)
        self.allowed = allowed


class ServerNotServed(Refusal):
    """The operator has not chosen this server in CHAT_GUILD_IDS."""


class Blocked(Refusal):
    """The operator has blocked the server or the member; `until` None is for good. `reason` may be empty."""

    def __init__(self, reason: str, *, is_server: bool, until: datetime | None = None) -> None:
        super().__init__(reason, is_server)
        self.reason, self.is_server, self.until = reason, is_server, until


class TooManyPosts(Refusal):
    """The member has posted `most` pictures again within an hour; the next can be at `again_at`."""

    def __init__(self, most: int, again_at: datetime) -> None:
        super().__init__(most, again_at)
        self.most, self.again_at = most, again_at


class ServicePaused(Refusal):
    """The operator has to fix something first: the key or the model is refused, or the account is empty."""

    def __init__(self, *, is_operator_notified: bool = False) -> None:
        super().__init__(is_operator_notified)
        self.is_operator_notified = is_operator_notified


class PermissionsMissing(Refusal):
    """The bot lacks permissions here. They have Discord's names, such as `attach_files`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self.names = names


class MemberPermissionMissing(Refusal):
    """The member lacks the permission that this needs by default. It has Discord's name."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class CommandDenied(Refusal):
    """The server does not let the member use this command here, nor a button with the same effect."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command


class ValueOutOfRange(Refusal):
    """The value of the setting `field`, such as `per_day`, is not from `least` to `most`, both included."""

    def __init__(self, field: str, value: int, least: int, most: int) -> None:
        super().__init__(field, value, least, most)
        self.field, self.value, self.least, self.most = field, value, least, most


class NoChannelLeft(Refusal):
    """The last allowed channel cannot be removed: without it, all channels would be allowed."""


class PeriodEndsBeforeItBegins(Refusal):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(first, last)
        self.first, self.last = first, last


class PeriodTooLong(Refusal):
    def __init__(self, days: int, most: int) -> None:
        super().__init__(days, most)
        self.days, self.most = days, most


class JobUnknown(Refusal):
    """There is no such job here. A job of another server counts as unknown."""


class NotYours(Refusal):
    pass


class NotPossibleNow(Refusal):
    """The job's state does not allow it, such as cancelling a picture that the provider is making."""


class NumberUnreadable(Refusal):
    """The typed text is no count, or no amount of money. It may have any length."""

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
    """The command ends with this text as one line on stderr: what is wrong, and what to do about it."""

    exit_code = 1


class GatewayDeaf(OperatorError):
    """Discord's API answers, but its gateway sends nothing."""

    exit_code = 75  # what sendmail's `sysexits.h` calls a temporary failure

    def __init__(self, silent_seconds: float) -> None:
        super().__init__(
            f"Discord's gateway has sent nothing for {silent_seconds:.0f} s, although its API answers: "
            "ending, so that a new process can connect (see CHAT_DEAF_SECONDS)"
        )


# --- from the provider's wire -------------------------------------------------------------------------


class ProviderError(Exception):
    """`note` is the provider's own text, clipped and free of secrets; for logs, never for members."""

    def __init__(self, note: str = "") -> None:
        super().__init__(note)
        self.note = note


class NotAccepted(ProviderError):
    """The request was certainly not queued. Sending it again cannot be billed twice."""


class RateLimited(NotAccepted):
    def __init__(self, note: str, retry_after_seconds: float) -> None:
        super().__init__(note)
        self.retry_after_seconds = retry_after_seconds


class Unreachable(NotAccepted):
    """No connection, or a 503 with a JSON error."""


class NotSent(NotAccepted):
    """The request was stopped at the last moment: another process may have taken over the job."""


class Doubtful(ProviderError):
    """The outcome of a submit is unknown: it may have been accepted, and billed."""


class Unavailable(ProviderError):
    """A read failed for now (5xx, a timeout, an unreadable body). It can be repeated safely."""


class EmptyFile(Unavailable):
    """The download was complete and empty. The file may not be there yet."""


class RequestUnknown(ProviderError):
    """The provider answered 404 for a request id: never known, not known yet, or older than an hour."""


class Refused(ProviderError):
    """The provider refuses; nothing was queued."""


class KeyRefused(Refused):
    """The key is missing or wrong."""


class ModelRefused(Refused):
    """The model does not exist, is retired, or the account may not use it. The key may be fine."""


class CreditSpent(Refused):
    pass


class RequestInvalid(Refused):
    """The request itself is wrong. Sending it again would not help."""

    def __init__(self, note: str = "", failure: "Failure | None" = None) -> None:
        super().__init__(note)
        self.failure = failure


# --- bytes --------------------------------------------------------------------------------------------


class FileRefused(Exception):
    """A file was not fetched, or is no usable picture. Fetching it again would not help."""

    def __init__(self, problem: "SourceProblem") -> None:
        super().__init__(problem)
        self.problem = problem


class SourceOutOfReach(Exception):
    """The picture to edit cannot be fetched now. It may still exist."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


# --- Discord, as the worker sees it -------------------------------------------------------------------


class CourierError(Exception):
    """Discord did not take a message."""


class CardGone(CourierError):
    """No way of delivery is left: the message was deleted, or the bot may not post there. This is final."""


class CardBarred(CardGone):
    """No way of delivery is left for now. The message may still exist, and an admin may let the bot in."""


class CardTakenAway(CardGone):
    """The message or its channel was deleted, or the bot was removed: no new message is posted."""


class CourierUnavailable(CourierError):
    """Discord does not answer, or answers with an error. The same call may succeed later."""


class PictureTooLarge(CourierError):
    """The upload is over the limit of this place, although a higher limit was announced."""
