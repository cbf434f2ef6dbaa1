"""One picture and one line of accounting: what to make, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import AttachmentId, CardId, ChannelId, GuildId, JobId, MemberId, PictureNumber, RequestId
from bot.domain.limits import Rule
from bot.domain.luma import AspectRatio, Style
from bot.domain.request import Door, Source


class JobState(StrEnum):
    QUEUED = "queued"  # admitted; the member's allowance is held
    SUBMITTING = "submitting"  # committed before the POST leaves
    UNRESOLVED = "unresolved"  # the POST may have been accepted; looked up in the provider's history
    RUNNING = "running"  # the provider's id is known
    READY = "ready"  # made and paid; not yet in Discord
    HELD = "held"  # reserved, not used yet: waits for a moderator's approval
    DELIVERED = "delivered"
    REJECTED = "rejected"  # reserved, not used yet: a moderator refused it
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        return self in ENDS

    @property
    def counts(self) -> bool:
        """Whether a picture in this state counts towards its member's limits."""
        return self not in (JobState.FAILED, JobState.CANCELLED)

    @property
    def is_in_work(self) -> bool:
        """Whether the picture is still to be made: what the limit over running pictures counts."""
        return self in IN_WORK


ENDS = frozenset({JobState.DELIVERED, JobState.REJECTED, JobState.FAILED, JobState.CANCELLED})
IN_WORK = frozenset({JobState.QUEUED, JobState.SUBMITTING, JobState.UNRESOLVED, JobState.RUNNING})

#: Every step that there is. A step outside this table is a bug, and refused by the store.
STEPS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.SUBMITTING, JobState.FAILED, JobState.CANCELLED}),
    JobState.SUBMITTING: frozenset({JobState.RUNNING, JobState.UNRESOLVED, JobState.QUEUED, JobState.FAILED}),
    JobState.UNRESOLVED: frozenset({JobState.RUNNING, JobState.QUEUED, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.READY, JobState.FAILED}),
    JobState.READY: frozenset({JobState.DELIVERED, JobState.HELD, JobState.FAILED}),
    JobState.HELD: frozenset({JobState.DELIVERED, JobState.REJECTED}),
    JobState.DELIVERED: frozenset(),
    JobState.REJECTED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}

_QUIET_STEPS = frozenset({(JobState.SUBMITTING, JobState.RUNNING), (JobState.RUNNING, JobState.READY)})


def is_quiet(before: JobState, after: JobState) -> bool:
    """No reason to edit the card: it says the same after the step, or the picture follows at once."""
    return (before, after) in _QUIET_STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row of `jobs`, as a value. Changed only by `store.jobs.step`, never in place."""

    id: JobId
    #: Which picture of its server it is, from 1: the only number that members see, since `id` would tell them
    #: how many pictures all other servers have asked for.
    number: PictureNumber
    card_id: CardId
    #: 0 to 3: which picture of its card it is.
    position: int
    state: JobState
    #: Raised by every claim; a step by an older holder is refused.
    fence: int

    guild_id: GuildId
    #: Where it was asked for; of a thread, its parent. Reports go by it; the card says where it stands.
    channel_id: ChannelId
    member_id: MemberId
    door: Door
    model: str
    #: The member's own words, as the card shows them.
    prompt: str = field(repr=False)
    aspect_ratio: AspectRatio | None
    style: Style
    source: Source | None

    created_at: datetime
    #: When the current state was entered.
    state_at: datetime
    #: When the last POST was about to leave; its landing is looked for from here on.
    submitted_at: datetime | None = None
    #: When the provider was seen to have ended.
    finished_at: datetime | None = None
    delivered_at: datetime | None = None
    #: When the ladder of deliveries was exhausted: the picture is kept, and /jobs offers it.
    parked_at: datetime | None = None
    #: When the member took the picture down. Still counted: it was made.
    deleted_at: datetime | None = None

    #: The fetched and prepared source: its SHA-256 in hex, and its content type.
    source_hash: str | None = None
    source_type: str | None = None
    #: The source at the provider. Holds the account owner's e-mail address: never shown or logged.
    asset_url: str | None = field(default=None, repr=False)

    request_id: RequestId | None = None
    output_url: str | None = field(default=None, repr=False)
    #: None = unknown, which is not 0.
    cost_microusd: int | None = None
    #: What is held of the month's budget until the cost is known, or the picture surely was not paid.
    held_microusd: int = 0
    #: What held for the member when it was admitted; () for pictures from before this was written down.
    rules: tuple[Rule, ...] = ()
    provider_seconds: float | None = None
    polls: int = 0
    attachment_id: AttachmentId | None = None
    #: Shown blurred until somebody clicks on it.
    is_spoiler: bool = False
    failure: Failure | None = None
    #: The words that the provider gets, or got; None: the prompt itself.
    sent_prompt: str | None = field(default=None, repr=False)

    @property
    def words(self) -> str:
        """What the provider got, or gets, as its prompt."""
        return self.prompt if self.sent_prompt is None else self.sent_prompt

    @property
    def is_edit(self) -> bool:
        return self.source is not None

    @property
    def is_made_after_all(self) -> bool:
        """Its end was told before the provider's bill told of its picture."""
        is_unknown = self.failure is not None and self.failure.kind in BILLED_MAYBE
        return self.state is JobState.FAILED and is_unknown and self.output_url is not None


#: Ends of a picture that was submitted, and of which the provider's bill alone can tell whether it was paid.
BILLED_MAYBE = frozenset({FailureKind.UNKNOWN, FailureKind.EXPIRED})


def held_after(job: Job, to: JobState, kind: FailureKind | None, cost_microusd: int | None) -> int:
    """The money that stays held for a job that enters `to`, with its cost as far as it is known then.

    Once the cost is known, nothing. Before the provider has finished, all of it; released by an end that
    surely was not paid. A paid picture whose cost is unknown keeps it until the cost is found out.
    """
    if cost_microusd is not None:
        return 0
    is_made = job.state in (JobState.READY, JobState.HELD)
    ends_unpaid = to is JobState.CANCELLED or (
        to is JobState.FAILED and kind not in BILLED_MAYBE and not is_made
    )
    return 0 if ends_unpaid else job.held_microusd
