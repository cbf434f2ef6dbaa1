"""The values of /privacy: what members read and decide about the data that the bot keeps of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.errors import Refusal
from bot.domain.ids import ApplicationId, MemberId

EXPORT_ONCE_IN = timedelta(hours=1)
#: How long a member can still ask how the deletion of their data ended.
ERASURES_SAID_FOR = timedelta(days=30)


class ExportTooSoon(Refusal):
    """The member has exported their data a short time ago."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


class ExportUnderWay(Refusal):
    """The member's data are being exported, so they cannot be deleted now."""


class ErasureUnderWay(Refusal):
    """The member's data are being deleted, so they cannot be exported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A deletion of all data of a member that were there when they asked for it."""

    member_id: MemberId
    asked_at: datetime
    #: Whether the messages are deleted in Discord as well; then how many were, and how many could not be.
    takes_down: bool
    taken_down: int = 0
    not_taken_down: int = 0
    #: The answer to the member, which is brought up to date while its token is valid.
    application_id: ApplicationId
    sealed_token: bytes | None = field(repr=False)
    token_expires_at: datetime | None
    language: str
    #: None: it is under way.
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureState:
    erasure: Erasure
    #: How many requests are not deleted yet, and how many of these cannot be deleted yet.
    left: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyFacts:
    """The operator's part of what `/privacy about` says."""

    #: Who runs the bot, and how they are reached; None: not set.
    contact: str | None = None
    policy_url: str | None = None
    #: After so many days, the prompts of finished requests are deleted.
    prompt_days: int = 90
    #: For so many days, backups hold what was deleted; None: the bot makes none.
    backup_days: int | None = None
