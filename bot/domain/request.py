"""The request of a member, checked before anything is spent. The model's bounds are in `domain.luma`."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.errors import (
    CountOutOfRange,
    PromptEmpty,
    PromptNamesNothing,
    PromptTooLong,
    RatioNotForManga,
)
from bot.domain.ids import AttachmentId, ChannelId, JobId, MessageId
from bot.domain.luma import (
    DEFAULT_STYLE,
    MANGA_RATIO,
    MANGA_RATIOS,
    PROMPT_MOST_CHARACTERS,
    AspectRatio,
    Style,
)
from bot.domain.plain_words import NO_NAMES, Names, is_visible, plain_words, storable
from bot.domain.presets import Preset, PromptTooLongForPreset
from bot.domain.quality import Quality

#: Pictures of one request, which share a card.
COUNT_MOST = 4


class Door(StrEnum):
    """The way by which a request came in."""

    IMAGINE = "imagine"
    EDIT = "edit"
    MENU = "menu"
    BUTTON = "button"
    REPLY = "reply"
    AGAIN = "again"
    VARIATIONS = "variations"


@dataclass(frozen=True, slots=True)
class PictureLocation:
    """The place of a picture in a Discord message: enough to link to it and to get a fresh URL."""

    channel_id: ChannelId
    message_id: MessageId
    attachment_id: AttachmentId | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The picture to edit: by URL at Discord's CDN (signed, valid for a day), by place, or by our own job."""

    url: str | None = field(default=None, repr=False)
    location: PictureLocation | None = None
    job_id: JobId | None = None
    #: Marked as a spoiler. This is saved with the new picture, not with the source.
    is_spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """One request: `count` pictures of the same prompt. Build it with `ImageRequest.checked`."""

    #: The member's own words, as the card shows them.
    prompt: str
    #: The prompt that is sent to the provider.
    sent_prompt: str
    aspect_ratio: AspectRatio | None = None
    style: Style = DEFAULT_STYLE
    quality: Quality = Quality.STANDARD
    #: The server's words that `sent_prompt` ends with.
    preset: Preset | None = None
    count: int = 1
    source: Source | None = None
    is_spoiler: bool = False

    @classmethod
    def checked(
        cls,
        *,
        prompt: str,
        names: Names = NO_NAMES,
        sent_prompt: str | None = None,
        aspect_ratio: AspectRatio | None = None,
        style: Style = DEFAULT_STYLE,
        quality: Quality = Quality.STANDARD,
        preset: Preset | None = None,
        count: int = 1,
        source: Source | None = None,
        is_spoiler: bool = False,
    ) -> "ImageRequest":
        """Return the request as it will be sent, or raise the `Refusal` that says what is wrong with it.

        Mentions in the prompt are replaced by their `names`; `sent_prompt` is the result of an earlier
        replacement. The words of the `preset` come behind it. Manga without a ratio becomes 2:3, also for an
        edit, whose ratio the model ignores but checks. The edit of a spoiler is a spoiler.
        """
        prompt = storable(prompt).strip()
        if not is_visible(prompt):
            raise PromptEmpty
        sent_prompt = sent_prompt or plain_words(prompt, names)
        if not is_visible(sent_prompt):
            raise PromptNamesNothing
        if len(sent_prompt) > PROMPT_MOST_CHARACTERS:
            raise PromptTooLong(len(sent_prompt), PROMPT_MOST_CHARACTERS)
        sent_prompt = _with_preset(sent_prompt, preset)
        if not 1 <= count <= COUNT_MOST:
            raise CountOutOfRange(count, COUNT_MOST)
        if source is not None:
            aspect_ratio = None
        if style is Style.MANGA:
            aspect_ratio = aspect_ratio or MANGA_RATIO
            if aspect_ratio not in MANGA_RATIOS:
                raise RatioNotForManga(aspect_ratio, MANGA_RATIOS)
        return cls(
            prompt=prompt,
            sent_prompt=sent_prompt,
            aspect_ratio=aspect_ratio,
            style=style,
            quality=quality,
            preset=preset,
            count=count,
            source=source,
            is_spoiler=is_spoiler or (source is not None and source.is_spoiler),
        )


def _with_preset(prompt: str, preset: Preset | None) -> str:
    """Raises `PromptTooLongForPreset`."""
    if preset is None:
        return prompt
    sent = preset.behind(prompt)
    if len(sent) > PROMPT_MOST_CHARACTERS:
        raise PromptTooLongForPreset(len(sent), PROMPT_MOST_CHARACTERS, preset)
    return sent
