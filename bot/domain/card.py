"""One Discord message that shows one to four jobs, and the ways to reach it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.failure import FailureKind
from bot.domain.ids import (
    ApplicationId,
    CardId,
    ChannelId,
    GuildId,
    InteractionId,
    JobId,
    LeftMessageId,
    MemberId,
    MessageId,
)
from bot.domain.job import ENDS, Job, JobState
from bot.domain.limits import Usage
from bot.domain.request import PictureLocation
from bot.domain.strikes import Standing
from bot.domain.trouble import Trouble

#: Only the interaction token can edit a private message. This long before the token expires, the message gets
#: its last edit, which says how things stand.
LAST_WORD = timedelta(seconds=150)


_NEVER_MADE = ENDS - {JobState.DELIVERED}


class Rung(StrEnum):
    """The steps of the delivery ladder, in order."""

    TOKEN = "token"  # noqa: S105  a name, no secret: edit by interaction token, while it lives
    EDIT = "edit"  # edit the same message with the bot token
    MESSAGE = "message"  # a new message in the channel that mentions the member


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """The place of an answer, as it is known when the request arrives."""

    interaction_id: InteractionId
    application_id: ApplicationId
    guild_id: GuildId
    channel_id: ChannelId
    member_id: MemberId
    #: The interaction token, sealed (encrypted) by the room that uses it. None for a reply.
    sealed_token: bytes | None = field(repr=False)
    token_expires_at: datetime | None
    #: Ephemeral: only the token can edit it, and only until the token expires.
    is_private: bool
    #: The largest attachment here, in bytes.
    upload_limit: int
    #: The language that its message is written in: the server's, or of a private one, the member's.
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(NewCard):
    """A row of `cards`, as a value."""

    id: CardId
    created_at: datetime
    #: None until the first answer has reached Discord; no job of the card is submitted before.
    message_id: MessageId | None = None
    #: Raised in the transaction of every change that members should see.
    revision: int = 0
    #: The revision that Discord shows. If it is behind `revision`, the message has to be edited.
    shown_revision: int = -1
    #: The bot cannot edit its message any more, and does not try again.
    is_lost: bool = False
    #: Its message or its channel was deleted, or the bot was removed from the server. The bot sends nothing
    #: for this card any more, and posts no new message.
    is_gone: bool = False
    #: When editing its message first failed; None: the last edit succeeded.
    behind_since: datetime | None = None
    #: The bot does not try again before this time.
    try_at: datetime | None = None
    #: The member is still to be notified when the pictures are over, if that takes long.
    owes_notice: bool = True

    def has_last_word(self, now: datetime) -> bool:
        """Return whether the next edit of a private message may be the last, since its token expires soon."""
        if not self.is_private or self.token_expires_at is None:
            return False
        return now >= self.token_expires_at - LAST_WORD


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftMessage:
    """A message that showed a card until its pictures were posted in a new one, to which it has to link.

    Or, with `job_id`, a copy: a message in which the member has posted that picture again, for everyone.
    """

    id: LeftMessageId
    card_id: CardId
    application_id: ApplicationId
    channel_id: ChannelId
    message_id: MessageId
    sealed_token: bytes | None = field(repr=False)
    token_expires_at: datetime | None
    is_private: bool
    #: When it became out of date.
    behind_since: datetime
    #: None if it is no copy.
    job_id: JobId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """All that the presenter needs to draw a card at one moment."""

    card: Card
    jobs: Sequence[Job]
    #: Place in line of the first waiting picture, 1 = next; None if none waits in line.
    place: int | None = None
    #: How long a picture of this kind usually takes, in seconds.
    usual_seconds: float | None = None
    #: What the operator has to fix before waiting pictures go on.
    paused_by: Trouble | None = None
    #: The member's own tightest allowance after this request.
    usage: Usage | None = None
    #: The member's strikes, if the content filter has made a strike of this request.
    standing: Standing | None = None
    #: A public place of the picture that is edited.
    before: PictureLocation | None = None
    #: This view is for a message that the card has left; `card` has the place of that message.
    is_left: bool = False
    #: For such a message: the place of the card now, if everybody who sees the message may see it.
    moved_to: PictureLocation | None = None

    @property
    def is_without_pictures(self) -> bool:
        """Return whether the card is over, and no picture came of it."""
        return all(job.state in ENDS and job.state is not JobState.DELIVERED for job in self.jobs)

    @property
    def hides_prompt(self) -> bool:
        """Return whether others may not read the prompt.

        A filter blocked it, and no picture came of it; or all that came of it is removed, or hidden for now;
        or it needs an approval that no picture of it has.
        """
        if self.is_removed or self.is_hidden or self.is_unapproved:
            return True
        is_blocked = any(job.failure and job.failure.kind is FailureKind.BLOCKED for job in self.jobs)
        return is_blocked and not any(job.state in (JobState.READY, JobState.DELIVERED) for job in self.jobs)

    @property
    def is_taken_down(self) -> bool:
        """Return whether all pictures of the card are deleted, and no moderator has anything to say on it."""
        return all(job.deleted_at is not None and not job.is_removed for job in self.jobs)

    @property
    def is_removed(self) -> bool:
        """Return whether moderators have removed pictures of the card, and none is left or still comes."""
        return self._is_empty and any(job.is_removed for job in self.jobs)

    @property
    def is_hidden(self) -> bool:
        """Return whether reports have hidden pictures of the card, and none is left or still comes."""
        return self._is_empty and any(job.is_hidden for job in self.jobs)

    @property
    def is_unapproved(self) -> bool:
        """Return whether the pictures need an approval that none of them has."""
        return all(job.is_unapproved for job in self.jobs)

    @property
    def _is_empty(self) -> bool:
        return all(job.is_away or job.state in _NEVER_MADE for job in self.jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The result of a successful edit or post: the message, and the attachment ids of the pictures."""

    message_id: MessageId
    channel_id: ChannelId
    rung: Rung
    attachment_ids: dict[JobId, int]
