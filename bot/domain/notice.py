"""The notice that mentions the member once their pictures are over: what it says, and when there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.card import Card
from bot.domain.job import Job, JobState

#: This long after the end, for example when the bot was off, a notice is of no use.
STALE_AFTER = timedelta(minutes=10)


class Notify(StrEnum):
    """The wishes of members about notices."""

    ALWAYS = "always"
    WHEN_LONG = "when_long"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The numbers of pictures of the card that are ready, and that failed, and those that were rejected."""

    ready: int
    failed: int
    #: Not approved by a moderator, or not in time.
    rejected: Sequence[Job] = ()


def notice_of(card: Card, jobs: Sequence[Job], now: datetime, after_seconds: float | None) -> Notice | None:
    """Return the notice for a card whose jobs are all over; None if there is none to send.

    A member who cancels the last picture, or deletes it while it waits for approval, is looking at the card.
    With None, `after_seconds` means never. A rejection is announced however soon it comes: the member cannot
    know when moderators decide.
    """
    last = max(jobs, key=lambda job: job.state_at)
    is_by_member = last.state is JobState.CANCELLED or (last.state is JobState.REJECTED and last.is_away)
    if after_seconds is None or card.is_gone or is_by_member or now - last.state_at > STALE_AFTER:
        return None
    rejected = tuple(job for job in jobs if job.state is JobState.REJECTED and not job.is_away)
    waited = last.state_at - card.created_at
    if waited.total_seconds() <= after_seconds and not rejected:
        return None
    ready = sum(job.is_posted for job in jobs)
    failed = sum(job.state is JobState.FAILED for job in jobs)
    return Notice(ready=ready, failed=failed, rejected=rejected) if ready or failed or rejected else None


def seconds_until_notice(operators: float | None, servers: int | None, notify: Notify) -> float | None:
    """Return after how long a wait the member gets a notice; None: never. 0 of a server means never, too.

    A member's own wish comes first, then what the server has chosen.
    """
    if notify is not Notify.WHEN_LONG:
        return 0.0 if notify is Notify.ALWAYS else None
    return operators if servers is None else float(servers) or None
