"""The posts for the moderators of a server, members' reports of pictures, and decisions.

In the code, a member's report of a picture is a complaint: a report is one on the usage of the bot.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.card import Card
from bot.domain.errors import Refusal
from bot.domain.ids import ChannelId, GuildId, JobId, MemberId, MessageId, ModerationPostId
from bot.domain.job import Job, JobState
from bot.domain.request import PictureLocation

#: The reports of one member in one server.
COMPLAINTS_AN_HOUR = 5
HOUR = timedelta(hours=1)
#: The length of a reason, of a report or of a moderator: as long as Discord's dialogues allow.
REASON_MOST_CHARACTERS = 4000
#: The pictures of one message of a feed, of which Discord takes ten files.
FEED_BATCH = 10


class ModerationTopic(StrEnum):
    #: Members have reported a picture.
    REPORT = "report"
    #: A picture waits for approval.
    APPROVAL = "approval"
    #: A prompt has a word of the word list. Nothing is to be decided.
    WORDS = "words"
    STRIKE = "strike"
    #: Reports have hidden a picture until somebody looks.
    HIDDEN = "hidden"


#: The topics of the log channel: what the bot has done by itself.
LOGGED = (ModerationTopic.HIDDEN,)
#: The topics of which moderators only learn: they are over once they are posted.
ONLY_TOLD = (ModerationTopic.WORDS,)
#: The topics of pictures that members see: they are over once the picture is gone from Discord.
OF_SHOWN = (ModerationTopic.REPORT, ModerationTopic.HIDDEN)


class Decision(StrEnum):
    """The end of a post: the decision about what it was about."""

    #: The picture was deleted, by a moderator or by who requested it.
    REMOVED = "removed"
    #: The message with the picture was deleted in Discord.
    GONE = "gone"
    #: A moderator has looked, and leaves the picture as it is.
    DISMISSED = "dismissed"
    #: A moderator lets the picture be shown, or not.
    APPROVED = "approved"
    REJECTED = "rejected"
    #: No one has looked at the picture in time.
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationPost:
    """A row of `moderation_posts`. `message_id` is None until it is posted, or if there is no channel."""

    id: ModerationPostId
    guild_id: GuildId
    topic: ModerationTopic
    job_id: JobId | None
    #: About whom.
    member_id: MemberId
    subject_id: int | None
    at: datetime
    channel_id: ChannelId | None
    message_id: MessageId | None
    revision: int
    #: The revision that the message shows.
    shown_revision: int
    #: When posting or editing it first failed; None: the last attempt succeeded.
    behind_since: datetime | None
    is_refused: bool
    is_over: bool
    decision: Decision | None
    #: None also for what the bot has decided by itself.
    decided_by: MemberId | None
    decided_at: datetime | None
    #: The moderator's own words, perhaps empty.
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A member's report of a picture. No one is shown who that was."""

    at: datetime
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """All that is needed to draw a post: what its rows say at this moment."""

    post: ModerationPost
    job: Job | None = None
    card: Card | None = None
    #: Where the picture was posted again, if that message is still there.
    copy: PictureLocation | None = None
    #: The open ones, oldest first.
    complaints: Sequence[Complaint] = ()
    #: Where everybody can see the picture that it edits.
    before: PictureLocation | None = None
    #: The language that the server has chosen; None: the one that it has in Discord.
    language: str | None = None

    @property
    def can_be_removed(self) -> bool:
        return (
            self.job is not None
            and self.card is not None
            and can_be_removed(self.job, is_private=self.card.is_private and self.copy is None)
        )

    @property
    def can_be_given_back(self) -> bool:
        return self.job is not None and can_be_given_back(self.job)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """One page of what is open in a server, the oldest first. Pages count from 0."""

    views: Sequence[PostView]
    page: int
    pages: int
    total: int
    #: The moderators' channel, if it is set; and whether the bot could not write there.
    channel_id: ChannelId | None
    is_refused: bool


def can_be_removed(job: Job, *, is_private: bool) -> bool:
    """`is_private`: only its member sees it."""
    return job.state is JobState.DELIVERED and job.deleted_at is None and not is_private


def can_be_given_back(job: Job) -> bool:
    """Return False also while the picture is not delivered: it may still fail, and not count anyway."""
    return job.state in (JobState.DELIVERED, JobState.REJECTED) and job.counts


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A delivered picture that a server's feed shows."""

    job: Job
    card: Card

    @property
    def is_there(self) -> bool:
        """Return whether the feed names the picture: also while it is hidden, but not once it is deleted."""
        return self.job.state is JobState.DELIVERED and self.job.deleted_at is None

    @property
    def shows_picture(self) -> bool:
        """Return False for what moderators cannot open, have to click on to see, or decide on first."""
        return not (self.card.is_private or self.job.is_spoiler or self.job.hiding is not None)

    @property
    def look(self) -> tuple[bool, bool]:
        """Return what an edit of the message can change."""
        return self.is_there, self.shows_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBatch:
    """The entries of one message, oldest first."""

    guild_id: GuildId
    channel_id: ChannelId
    entries: Sequence[FeedEntry]
    #: The language that the server has chosen; None: the one that it has in Discord.
    language: str | None = None

    @property
    def job_ids(self) -> list[JobId]:
        return [entry.job.id for entry in self.entries]

    def without_deleted(self) -> "FeedBatch":
        """Leave out the pictures that were deleted meanwhile."""
        return replace(self, entries=[entry for entry in self.entries if entry.is_there])


class ComplaintRefused(Refusal):
    """A report is not taken, or a decision comes too late."""


class NothingToReport(ComplaintRefused):
    """The message shows no picture of the bot, or none any more."""

    def __init__(self, *, is_deleted: bool) -> None:
        super().__init__(is_deleted)
        self.is_deleted = is_deleted


class OwnPicture(ComplaintRefused):
    """Members cannot report pictures of their own."""


class ReportedBefore(ComplaintRefused):
    """The member has reported this picture already."""


class TooManyComplaints(ComplaintRefused):
    """The member has reported `most` pictures within an hour; the next can be at `again_at`."""

    def __init__(self, most: int, again_at: datetime) -> None:
        super().__init__(most, again_at)
        self.most, self.again_at = most, again_at


class ReasonMissing(ComplaintRefused):
    """The reason is empty, or has no visible character."""


class DecidedBefore(ComplaintRefused):
    """Somebody else was faster, or the picture is gone: `decided_by` is None for the bot itself."""

    def __init__(self, decision: Decision, decided_by: MemberId | None) -> None:
        super().__init__(decision, decided_by)
        self.decision, self.decided_by = decision, decided_by
