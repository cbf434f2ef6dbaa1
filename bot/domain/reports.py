"""The values of reports on pictures and costs, which `services/admins/reports.py` puts together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.block import MemberBlock
from bot.domain.failure import FailureKind
from bot.domain.ids import ChannelId, MemberId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.limits import Usage
from bot.domain.money import Spending
from bot.domain.notice import Notify
from bot.domain.period import Period
from bot.domain.strikes import Standing

#: The outcome of a picture that was made. Other outcomes are a state or a failure kind.
MADE = "made"
#: A picture that was billed in addition to the requested one; see `domain.dismissed`.
EXTRA = "extra"


def outcome_of(job: Job) -> str | None:
    """Return the outcome under which reports count the job; None while it is not finished."""
    if job.state.is_in_work:
        return None
    if job.state is JobState.FAILED:
        assert job.failure is not None, "a failed job says why"
        return job.failure.kind.value
    ended_otherwise = job.state in (JobState.CANCELLED, JobState.REJECTED)
    return job.state.value if ended_otherwise else MADE


def counted_as(job: Job) -> str:
    """Return the word under which the numbers, the chart and the export count the job."""
    if job.state.is_in_work:
        return "unfinished"
    if job.state in (JobState.FAILED, JobState.CANCELLED, JobState.REJECTED):
        return job.state.value
    return MADE


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTotal:
    member_id: MemberId
    pictures: int
    spent_microusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotal:
    day: date
    pictures: int = 0
    #: Failed in any way, blocked ones included.
    failed: int = 0
    spent_microusd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """A report on pictures by the day of their request."""

    period: Period
    #: Pictures that were made, including those deleted from Discord.
    pictures: int
    #: Failed pictures by kind, only kinds that occurred; `blocked` is one of them.
    failed: Mapping[FailureKind, int]
    cancelled: int
    rejected: int
    #: Requested, and not finished yet.
    unfinished: int
    spent_microusd: int
    #: The part of `spent_microusd` for pictures that were billed in addition to the requested ones.
    extra_microusd: int
    #: The median of the provider's time, within 5 %. None without pictures.
    median_seconds: float | None
    #: At most ten members with the most pictures, most first; none in a report on one member.
    top_members: Sequence[MemberTotal]
    #: Every day of the period, oldest first.
    days: Sequence[DayTotal]

    @property
    def blocked(self) -> int:
        return self.failed.get(FailureKind.BLOCKED, 0)

    @property
    def requested(self) -> int:
        """Count all pictures: the export has a row for each."""
        return self.pictures + self.counted.total()

    @property
    def counted(self) -> Counter[str]:
        """Count the pictures that were not made, by the values of `counted_as`."""
        failed = sum(self.failed.values())
        return Counter(
            failed=failed, cancelled=self.cancelled, rejected=self.rejected, unfinished=self.unfinished
        )

    @property
    def is_empty(self) -> bool:
        return not self.requested


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedJob:
    """A job and the place of its card."""

    job: Job
    channel_id: ChannelId
    #: None if there is no message, or no longer.
    message_id: MessageId | None
    #: The card is ephemeral: only its member can open it.
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJobs:
    """One page of a member's jobs, newest first. Pages count from 0."""

    jobs: Sequence[ReportedJob]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUsage:
    """A member's usage of the limits in one server, and this month's pictures and money there."""

    notify: Notify
    usages: Sequence[Usage]
    pictures_this_month: int
    spending_this_month: Spending
    #: The block of the member by the moderators of this server, which holds now.
    block: MemberBlock | None = None
    #: Their strikes that count there now.
    standing: Standing | None = None
