"""One update of a card's message to a view: which files it sends and keeps, over all attempts."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import discord

from bot.chat.delivery import renderer
from bot.chat.delivery.sender import MessageForm
from bot.chat.presenter.cards.card import card as draw
from bot.chat.presenter.cards.card import picture_name
from bot.chat.presenter.cards.notes import delivery_text
from bot.chat.presenter.elements.message import Message
from bot.domain.card import CardView
from bot.domain.errors import CourierUnavailable
from bot.domain.ids import JobId, MemberId
from bot.domain.job import Job, JobState
from bot.domain.provider import Picture
from bot.words.language import speaking

_PICTURE_NAME = re.compile(r"(?:SPOILER_)?((?:picture|image)-[\d-]+)\.\w+")


class KeptAttachment:
    """An attachment that an edit keeps. discord.py needs no more of it than this."""

    def __init__(self, attachment_id: int) -> None:
        self.id = attachment_id

    def to_dict(self) -> dict[str, int]:
        return {"id": self.id}


@dataclass(slots=True)
class CardUpdate:
    view: CardView
    pictures: Mapping[JobId, Picture]
    now: datetime
    is_still_so: Callable[[], Awaitable[bool]]
    form: MessageForm
    #: Attachments that the message is believed to have, and keeps.
    kept_ids: Sequence[int] = ()
    has_looked: bool = False
    #: Whether the thread was found archived, and is opened first.
    opens_thread: bool = False

    def __post_init__(self) -> None:
        self.kept_ids = sorted(
            job.attachment_id
            for job in self.view.jobs
            if job.state is JobState.DELIVERED
            and job.attachment_id is not None
            and not job.is_away
            and job.id not in self.pictures
        )

    @property
    def changes_files(self) -> bool:
        """Return whether the update adds pictures, or removes some on purpose.

        The files of a left message are not recorded: they are changed only after the message was read.
        """
        return bool(self.pictures) or (self._deletes and (self.has_looked or not self.view.is_left))

    @property
    def takes_away(self) -> bool:
        """Return whether the update takes pictures from people's eyes, and adds none."""
        return self._deletes and not self.pictures

    @property
    def should_look(self) -> bool:
        """Return whether the message has to be read first, to know which of the card's pictures it shows.

        After a restore, a message may show pictures of which there is no record: these stay.
        """
        if self.view.is_left:
            return self._deletes
        return self.view.card.shown_revision < 0 and self.changes_files

    @property
    def _deletes(self) -> bool:
        return any(job.is_away for job in self.view.jobs)

    async def may_leave(self) -> None:
        """Check at the last moment that the card has not changed: else the edit would remove new files.

        Raises `CourierUnavailable`.
        """
        if self.changes_files and not await self.is_still_so():
            raise CourierUnavailable("slept while the card was changed")

    def to_edit(self) -> renderer.Sending:
        """Leave out the files unless they change: a late edit then keeps another process's pictures."""
        if not self.changes_files:
            return self.form.to_edit_beside_files(self._message())
        kept = [cast("discord.Attachment", KeptAttachment(id_)) for id_ in self.kept_ids]
        return self.form.to_edit(self._message(), self.pictures, kept)

    def to_post(self) -> renderer.Sending:
        """Make a new message that mentions the member. By its nonce, Discord posts it only once."""
        card, member_id = self.view.card, self.view.card.member_id
        with speaking(card.language):
            text = delivery_text(member_id)
        return self.form.to_send(self._message(), self.pictures) | {
            "content": text,
            "allowed_mentions": mentioning(member_id),
            "nonce": f"{card.id}-{min(self.pictures)}",
        }

    def look(self, message: discord.Message) -> None:
        """Keep the card's pictures that the message really shows, except those that are sent again."""
        wanted = [job for job in self.view.jobs if not job.is_away and job.id not in self.pictures]
        self.kept_ids = list(picture_ids(message, wanted).values())
        self.has_looked = True

    def _message(self) -> Message:
        return draw(self.view, self.now, arriving=self.pictures.keys())


def mentioning(member_id: MemberId) -> discord.AllowedMentions:
    """Allow a message to mention this member, and no one else."""
    return discord.AllowedMentions(
        everyone=False, roles=False, replied_user=False, users=[discord.Object(member_id)]
    )


def picture_ids(message: discord.Message, jobs: Iterable[Job]) -> dict[JobId, int]:
    """Return the attachments of the bot's own message that are pictures of these jobs of the same server."""
    return {
        job.id: attachment.id
        for job in jobs
        for attachment in message.attachments
        if is_picture_of(attachment, job)
    }


def is_picture_of(attachment: discord.Attachment, job: Job) -> bool:
    """Compare the name of the bot's own attachment, also in its form from before pictures had numbers."""
    match = _PICTURE_NAME.fullmatch(attachment.filename)
    return match is not None and match[1] in (picture_name(job), f"image-{job.id}")
