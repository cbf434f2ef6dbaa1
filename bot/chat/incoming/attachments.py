"""Finds the pictures to edit in messages, uploads and modals.

Only the bytes show whether a file is a picture. Its name and content type were chosen by others: nothing is
refused for them, they only help to guess which of several files is meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord

from bot.domain.errors import NoPicture, PictureRefused, TooManyPictures
from bot.domain.failure import SourceProblem
from bot.domain.ids import AttachmentId, ChannelId, MessageId
from bot.domain.luma import FILE_MOST_BYTES
from bot.domain.request import PictureLocation, Source

#: Matches `.../attachments/<channel>/<attachment>/<name>` and `.../ephemeral-attachments/...`.
_ATTACHMENT_PATH = re.compile(r"/(?:ephemeral-)?attachments/\d+/(\d+)/")
#: In the path of Discord's copy of a file from elsewhere, whose own path may look like an attachment's.
_COPIED = "/external/"
#: A bit in the flags of an attachment.
_IS_SPOILER = discord.AttachmentFlags.spoiler.flag
#: The parts of a text that are hidden until someone clicks on them.
_SPOILER_TEXT = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)
#: Types that say nothing about what a file is.
_VAGUE_TYPES = (None, "", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A picture as Discord describes it. Size and type are None where Discord does not name them."""

    url: str = field(repr=False)
    name: str = ""
    attachment_id: AttachmentId | None = None
    size: int | None = None
    content_type: str | None = None
    is_spoiler: bool = False
    #: Identifies the picture within its message for as long as the message is not edited.
    key: str = ""

    @classmethod
    def of_attachment(cls, attachment: discord.Attachment) -> "FoundPicture":
        return cls(
            url=attachment.url,
            name=attachment.filename,
            attachment_id=AttachmentId(attachment.id),
            size=attachment.size,
            content_type=attachment.content_type,
            is_spoiler=attachment.is_spoiler(),
        )

    @classmethod
    def of_upload(cls, data: Mapping[str, Any]) -> "FoundPicture":
        """A file picked in a modal, from the interaction's resolved data."""
        return cls(
            url=data["url"],
            name=data["filename"],
            attachment_id=AttachmentId(int(data["id"])),
            size=data["size"],
            content_type=data.get("content_type"),
            is_spoiler=_has_spoiler_name(data["filename"]) or bool(data.get("flags", 0) & _IS_SPOILER),
        )

    @classmethod
    def of_url(cls, url: str, proxy_url: str | None, *, is_spoiler: bool = False) -> "FoundPicture":
        """A picture in an embed or component: Discord's copy of it, if it is not Discord's anyway."""
        match = _ATTACHMENT_PATH.search(url)
        if match is None or _COPIED in (proxy_url or ""):
            return cls(url=proxy_url or url, is_spoiler=is_spoiler)
        is_marked = is_spoiler or _has_spoiler_name(url[match.end() :])
        return cls(url=url, attachment_id=AttachmentId(int(match[1])), is_spoiler=is_marked)

    @property
    def claims_otherwise(self) -> bool:
        """Return whether its content type is not a picture's. That may be wrong: the bytes decide later."""
        kind = self.content_type
        return kind not in _VAGUE_TYPES and (not str(kind).startswith("image/") or "svg" in str(kind))

    def check(self) -> None:
        """Raises `PictureRefused` if the file is too large to be downloaded."""
        if self.size is not None and self.size > FILE_MOST_BYTES:
            raise PictureRefused(SourceProblem.TOO_LARGE)

    def uploaded_source(self) -> Source:
        """Make a source that is in no message."""
        self.check()
        return Source(url=self.url, is_spoiler=self.is_spoiler)

    def source_in(self, channel_id: ChannelId, message_id: MessageId) -> Source:
        self.check()
        place = PictureLocation(channel_id, message_id, self.attachment_id)
        return Source(url=self.url, location=place, is_spoiler=self.is_spoiler)


def pictures_in(message: discord.Message | discord.MessageSnapshot) -> list[FoundPicture]:
    """List attachments, pictures of embeds, of components, stickers, then all of a forwarded message.

    Files whose content types are not pictures' come last.
    """
    found: list[FoundPicture] = []
    for picture in _all_in(message):
        for at, other in enumerate(found):
            if picture.is_spoiler and _is_same(picture, other):
                found[at] = replace(other, is_spoiler=True)
        if not any(_is_same(picture, other) for other in found):
            key = str(picture.attachment_id) if picture.attachment_id is not None else f"n{len(found)}"
            found.append(replace(picture, key=key))
    return sorted(found, key=lambda picture: picture.claims_otherwise)


def only_one(found: Sequence[FoundPicture]) -> FoundPicture:
    """Return the picture that is meant. A video beside a picture is ignored, and a video alone is tried."""
    likely = [picture for picture in found if not picture.claims_otherwise] or found
    if not likely:
        raise NoPicture
    if len(likely) > 1:
        raise TooManyPictures(len(likely))
    return likely[0]


def named(found: Sequence[FoundPicture], key: str) -> FoundPicture:
    """Raises `NoPicture` if it is no longer there."""
    for picture in found:
        if picture.key == key:
            return picture
    raise NoPicture


def found_again(found: Sequence[FoundPicture], attachment_id: AttachmentId | None) -> FoundPicture | None:
    """Return the picture of which only this was kept; None if it is gone, or if it may be any of several."""
    same = [picture for picture in found if picture.attachment_id == attachment_id]
    if attachment_id is None and len(found) == 1:
        return found[0]
    return same[0] if len(same) == 1 else None


def _all_in(message: discord.Message | discord.MessageSnapshot) -> Iterator[FoundPicture]:
    for attachment in message.attachments:
        yield FoundPicture.of_attachment(attachment)
    hidden = "\n".join(_SPOILER_TEXT.findall(message.content or ""))
    for embed in message.embeds:
        is_spoiler = bool(embed.url) and str(embed.url) in hidden
        for media in (embed.image, embed.thumbnail):
            if media.url:
                yield FoundPicture.of_url(media.url, media.proxy_url, is_spoiler=is_spoiler)
    for component in message.components:
        yield from _in_component(component)
    for sticker in message.stickers:
        if sticker.format is not discord.StickerFormatType.lottie:  # a drawing in JSON, not a picture
            yield FoundPicture(url=sticker.url, name=sticker.name)
    if isinstance(message, discord.Message):
        for snapshot in message.message_snapshots:
            yield from _all_in(snapshot)


def _is_same(picture: FoundPicture, other: FoundPicture) -> bool:
    return picture.url == other.url or (
        picture.attachment_id is not None and picture.attachment_id == other.attachment_id
    )


def _has_spoiler_name(name: str) -> bool:
    """Return whether the name has the mark of files that were uploaded as spoilers."""
    return name.startswith("SPOILER_")


def _in_component(component: object, *, is_spoiler: bool = False) -> Iterator[FoundPicture]:
    """A container that is a spoiler hides all that it holds."""
    match component:
        case discord.FileComponent() | discord.ThumbnailComponent():
            yield _medium(component.media, is_spoiler=is_spoiler or component.spoiler)
        case discord.MediaGalleryComponent():
            for item in component.items:
                yield _medium(item.media, is_spoiler=is_spoiler or item.spoiler)
        case discord.SectionComponent():
            yield from _in_component(component.accessory, is_spoiler=is_spoiler)
        case discord.Container():
            for child in component.children:
                yield from _in_component(child, is_spoiler=is_spoiler or component.spoiler)


def _medium(medium: discord.UnfurledMediaItem, *, is_spoiler: bool) -> FoundPicture:
    return FoundPicture.of_url(medium.url, medium.proxy_url, is_spoiler=is_spoiler)
