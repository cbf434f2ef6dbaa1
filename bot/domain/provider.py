"""What is said to and heard from the provider, in our words. The wire itself is `bot/segmind`'s."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.failure import Failure
from bot.domain.ids import RequestId
from bot.domain.luma import AspectRatio, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What is asked for. Sent twice it gives two pictures, and two bills."""

    prompt: str = field(repr=False)
    aspect_ratio: AspectRatio | None
    style: Style
    image_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StillRunning:
    pass


@dataclass(frozen=True, slots=True)
class Completed:
    """Made, and billed; the result is to be asked for."""

    provider_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Ended without a picture; not billed."""

    failure: Failure
    provider_seconds: float | None = None


Status = StillRunning | Completed | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished picture. `output_url` is https (or a data URI) and lives seven days."""

    output_url: str = field(repr=False)
    cost_microusd: int | None = None
    provider_seconds: float | None = None
    remaining_credits: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One request as the provider remembers it, of any age."""

    request_id: RequestId
    #: The inputs as they were sent, in the wire's own names; {} where the history does not tell.
    inputs: Mapping[str, object] = field(repr=False)
    created_at: datetime | None
    status: Status
    #: Present once completed, as far as the history tells.
    result: Result | None = None


#: Formats of pictures, and how their files' names end.
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/jp2": "jp2",
    "image/jxl": "jxl",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture, identified by themselves, never by a name or a header."""

    data: bytes = field(repr=False)
    content_type: str

    @property
    def extension(self) -> str:
        return EXTENSIONS[self.content_type]
