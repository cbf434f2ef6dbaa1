"""One Discord message that shows one to four jobs, and the ways to reach it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

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
from bot.domain.job import Job
from bot.domain.limits import Usage
from bot.domain.request import PictureLocation

#: A private message is reached by its token alone. So long before that ends, it is told how things stand.
LAST_WORD = timedelta(seconds=150)


class Rung(StrEnum):
    """The steps of the delivery ladder, in order."""

    TOKEN = "token"  # noqa: S105  a name, no secret: edit by interaction token, while it lives
    EDIT = "edit"  # edit the same message with the bot token
    MESSAGE = "message"  # a new message in the channel that mentions the member


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """Where an answer goes, as known when the request arrives."""

    interaction_id: InteractionId
    application_id: ApplicationId
    guild_id: GuildId
    channel_id: ChannelId
    member_id: MemberId
    #: The interaction token, sealed (encrypted) by the room that uses it. None for a reply.
    sealed_token: bytes | None = field(repr=False)
    token_expires_at: datetime | None
    #: Ephemeral: only the token reaches it, and only while it lives.
    is_private: bool
    #: Bytes that one attachment may have here.
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
    #: The revision that Discord shows; behind `revision`, the card is due to be shown again.
    shown_revision: int = -1
    #: No way leads to its message any more; nothing is shown again there.
    is_lost: bool = False
    #: Its message was taken away, or its channel, or the bot's place in the server: nothing is sent for it
    #: any more, and nothing is posted in its place.
    is_gone: bool = False
    #: Since when its message could not be brought up to date; None: the last attempt went through.
    behind_since: datetime | None = None
    #: Not tried again before.
    try_at: datetime | None = None

    def has_last_word(self, now: datetime) -> bool:
        """Whether what a private message says now is what it may say for ever: its token ends."""
        if not self.is_private or self.token_expires_at is None:
            return False
        return now >= self.token_expires_at - LAST_WORD


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftMessage:
    """A message that was a card's home until its pictures came in another one; what it says has to follow."""

    id: LeftMessageId
    card_id: CardId
    application_id: ApplicationId
    channel_id: ChannelId
    message_id: MessageId
    sealed_token: bytes | None = field(repr=False)
    token_expires_at: datetime | None
    is_private: bool
    #: Since when it says less than is known.
    behind_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """All that the presenter needs to draw a card at one moment."""

    card: Card
    jobs: Sequence[Job]
    #: Place in line of the first waiting picture, 1 = next; None if none waits in line.
    place: int | None = None
    #: How long a picture of this kind usually takes, in seconds.
    usual_seconds: float | None = None
    #: The operator has to mend something before waiting pictures go on.
    is_paused: bool = False
    #: The member's own tightest allowance after this request.
    usage: Usage | None = None
    #: Where everybody can look at the picture that is edited.
    before: PictureLocation | None = None
    #: Of a message that was the card's home once; `card` says where it stands, and not where the card does.
    is_left: bool = False
    #: Of such a message: where the card is now, if those who see the one may see the other.
    moved_to: PictureLocation | None = None

    @property
    def is_taken_down(self) -> bool:
        """Whether nothing of it is to be seen any more."""
        return all(job.deleted_at is not None for job in self.jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What Discord took: where the card stands now, and the attachment ids of the jobs' pictures."""

    message_id: MessageId
    channel_id: ChannelId
    rung: Rung
    attachment_ids: dict[JobId, int]
