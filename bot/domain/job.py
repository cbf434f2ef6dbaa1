"""One picture and one line of accounting: what to make, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import AttachmentId, CardId, ChannelId, GuildId, JobId, MemberId, PictureNumber, RequestId
from bot.domain.limits import Rule
from bot.domain.luma import VARIATION_PROMPT, AspectRatio, Style
from bot.domain.presets import Preset
from bot.domain.quality import Quality, quality_of
from bot.domain.request import Door, Source


class JobState(StrEnum):
    QUEUED = "queued"  # admitted; the member's allowance is held
    SUBMITTING = "submitting"  # committed before the POST leaves
    UNRESOLVED = "unresolved"  # the POST may have been accepted; looked up in the provider's history
    RUNNING = "running"  # the provider's id is known
    READY = "ready"  # made and paid; not yet in Discord
    HELD = "held"  # made and paid; waits for a moderator's approval, and is shown to no one else
    DELIVERED = "delivered"
    REJECTED = "rejected"  # a moderator did not approve it, or no one looked in time
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        return self in ENDS

    @property
    def counts(self) -> bool:
        """Return whether a picture in this state counts towards its member's limits."""
        return self not in (JobState.FAILED, JobState.CANCELLED)

    @property
    def is_in_work(self) -> bool:
        """Return whether the picture is not made yet: the limit on running pictures counts these."""
        return self in IN_WORK


ENDS = frozenset({JobState.DELIVERED, JobState.REJECTED, JobState.FAILED, JobState.CANCELLED})
IN_WORK = frozenset({JobState.QUEUED, JobState.SUBMITTING, JobState.UNRESOLVED, JobState.RUNNING})

#: Every allowed step. A step outside this table is a bug, and the store refuses it.
STEPS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.SUBMITTING, JobState.FAILED, JobState.CANCELLED}),
    JobState.SUBMITTING: frozenset({JobState.RUNNING, JobState.UNRESOLVED, JobState.QUEUED, JobState.FAILED}),
    JobState.UNRESOLVED: frozenset({JobState.RUNNING, JobState.QUEUED, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.READY, JobState.HELD, JobState.FAILED}),
    JobState.READY: frozenset({JobState.DELIVERED, JobState.FAILED}),
    JobState.HELD: frozenset({JobState.READY, JobState.REJECTED}),
    JobState.DELIVERED: frozenset(),
    JobState.REJECTED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}

#: A card says that a picture is made once the provider has accepted it: what is refused stays in line.
_QUIET_STEPS = frozenset(
    {
        (JobState.QUEUED, JobState.SUBMITTING),
        (JobState.RUNNING, JobState.READY),
        (JobState.HELD, JobState.READY),
    }
)


def is_quiet(before: JobState, after: JobState) -> bool:
    """Return whether the step needs no edit: the card stays the same, or the picture follows at once."""
    return (before, after) in _QUIET_STEPS


class Hiding(StrEnum):
    """The steps of a picture that reports have hidden; a moderator's decision ends them."""

    ASKED = "asked"  # its file is still to be kept
    HIDDEN = "hidden"  # taken off its card
    RETURNING = "returning"  # to be put back on its card


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row of `jobs`, as a value. Only the functions of `store.jobs` change the row."""

    id: JobId
    #: The number of the picture within its server, from 1. Members see only this number: `id` would reveal
    #: how many pictures all other servers have requested.
    number: PictureNumber
    card_id: CardId
    #: The position of the picture on its card, 0 to 3.
    position: int
    state: JobState
    #: Every claim raises it; the steps of an older holder are refused.
    fence: int

    guild_id: GuildId
    #: The channel of the request, or the parent of its thread, for reports. The card knows the message's
    #: channel.
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
    #: When the last POST was about to be sent. The history is searched from this time on.
    submitted_at: datetime | None = None
    #: When the bot saw that the provider had finished.
    finished_at: datetime | None = None
    delivered_at: datetime | None = None
    #: When every way of delivery had failed: the picture is kept, and /jobs offers it.
    parked_at: datetime | None = None
    #: When the picture was deleted from Discord. It still counts: it was made.
    deleted_at: datetime | None = None
    #: The words, perhaps none, of a moderator who has removed it from its card, or has not approved it; None:
    #: no moderator has.
    moderation_reason: str | None = field(default=None, repr=False)
    #: Reports hide it until a moderator decides; None: they do not.
    hiding: Hiding | None = None

    #: The fetched and prepared source: its SHA-256 in hex, and its content type.
    source_hash: str | None = None
    source_type: str | None = None
    #: The source at the provider. It contains the account owner's e-mail address: never show or log it.
    asset_url: str | None = field(default=None, repr=False)

    request_id: RequestId | None = None
    #: When the request was made, if it was found in the history. Jobs with the same inputs are
    #: interchangeable: it may be the request of another one.
    found_request_at: datetime | None = None
    output_url: str | None = field(default=None, repr=False)
    #: None = unknown, which is not 0.
    cost_microusd: int | None = None
    #: The part of the month's budget that is held until the cost is known, or until it is sure that none
    #: arose.
    held_microusd: int = 0
    #: As how many pictures it counts in the limits: 1 or more.
    weight: int = 1
    #: The member's rules when the job was admitted; () for jobs from before the rules were saved.
    rules: tuple[Rule, ...] = ()
    provider_seconds: float | None = None
    polls: int = 0
    attachment_id: AttachmentId | None = None
    #: Discord shows it blurred until somebody clicks on it.
    is_spoiler: bool = False
    failure: Failure | None = None
    #: A moderator has decided that the picture does not count towards its member's limits.
    is_given_back: bool = False
    #: The prompt as it is sent to the provider; None = `prompt` itself.
    sent_prompt: str | None = field(default=None, repr=False)
    #: The server's words that `sent_prompt` ends with.
    preset: Preset | None = None
    #: Decided when it was admitted: it is shown to no one before a moderator has approved it.
    needs_approval: bool = False
    #: The entry of the server's word list for which it needs approval, or of which moderators learn.
    listed_word: str | None = field(default=None, repr=False)

    @property
    def words(self) -> str:
        """Return the prompt as it is sent to the provider."""
        return self.prompt if self.sent_prompt is None else self.sent_prompt

    @property
    def sent_before_preset(self) -> str | None:
        """Return `sent_prompt` without the words of the preset."""
        if self.sent_prompt is None or self.preset is None:
            return self.sent_prompt
        return self.preset.removed_from(self.sent_prompt)

    @property
    def is_posted(self) -> bool:
        """Return whether the picture is in Discord."""
        return self.state is JobState.DELIVERED and not self.is_away

    @property
    def can_be_deleted(self) -> bool:
        """Return whether there is a picture that its member can take down: in Discord, or held."""
        return self.is_posted or self.state is JobState.HELD

    @property
    def is_hidden(self) -> bool:
        """Return whether it is taken off its card until a moderator decides."""
        return self.hiding in (Hiding.HIDDEN, Hiding.RETURNING)

    @property
    def is_away(self) -> bool:
        """Return whether it was taken off its card, for now or for good."""
        return self.deleted_at is not None or self.is_hidden

    @property
    def is_removed(self) -> bool:
        """Return whether a moderator has taken the picture off its card, which says so."""
        return self.deleted_at is not None and self.moderation_reason is not None

    @property
    def is_over(self) -> bool:
        """Return whether nothing more happens with it by itself: it has ended, or is kept for its member."""
        return self.state.is_end or self.parked_at is not None

    @property
    def is_new(self) -> bool:
        """Return whether no task has claimed it yet."""
        return self.fence == 0

    @property
    def is_idle(self) -> bool:
        """Return whether the bot has nothing to do for it: it is over, or waits for a moderator."""
        return self.is_over or self.state is JobState.HELD

    @property
    def is_unapproved(self) -> bool:
        """Return whether it needs an approval that it does not have."""
        return self.needs_approval and self.state not in (JobState.READY, JobState.DELIVERED)

    @property
    def shown_at(self) -> datetime:
        """Return since when it may be shown: once it is made, or approved."""
        return self.state_at if self.needs_approval else self.finished_at or self.state_at

    @property
    def counts(self) -> bool:
        """Return whether the picture counts towards its member's limits."""
        return self.state.counts and not self.is_given_back

    @property
    def is_edit(self) -> bool:
        return self.source is not None

    @property
    def quality(self) -> Quality:
        return quality_of(self.model)

    @property
    def is_variation(self) -> bool:
        """Return whether it is another take of its source, or a rerun of one."""
        return self.is_edit and (self.sent_before_preset or self.prompt) == VARIATION_PROMPT

    @property
    def is_made_after_all(self) -> bool:
        """Return whether the job failed before the provider's bill showed that its picture was made."""
        is_unknown = self.failure is not None and self.failure.kind in BILLED_MAYBE
        return self.state is JobState.FAILED and is_unknown and self.output_url is not None


#: Failures after the submit, where only the provider's bill can show whether the picture was paid.
BILLED_MAYBE = frozenset({FailureKind.UNKNOWN, FailureKind.EXPIRED})


def held_after(job: Job, to: JobState, kind: FailureKind | None, cost_microusd: int | None) -> int:
    """Return the money that stays held for a job that enters `to`; `cost_microusd` is None while unknown.

    Nothing stays held once the cost is known, or once the job ends and was surely not paid. A paid picture of
    unknown cost keeps the money held until the cost is known.
    """
    if cost_microusd is not None:
        return 0
    is_made = job.state in (JobState.READY, JobState.HELD)
    ends_unpaid = to is JobState.CANCELLED or (
        to is JobState.FAILED and kind not in BILLED_MAYBE and not is_made
    )
    return 0 if ends_unpaid else job.held_microusd
