"""The values that go to the provider and come back, independent of its API. The API is in `bot/segmind`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.failure import Failure
from bot.domain.ids import RequestId
from bot.domain.luma import AspectRatio, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of a request. Sent twice, they give two pictures and two bills."""

    model: str
    prompt: str = field(repr=False)
    aspect_ratio: AspectRatio | None
    style: Style
    image_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StillRunning:
    pass


@dataclass(frozen=True, slots=True)
class Completed:
    """The picture is made and billed. The result can be read."""

    provider_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The request ended without a picture, and was not billed."""

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
    """A row of the provider's history: one request, of any age."""

    request_id: RequestId
    #: The inputs as they were sent, by the API's names; {} if the history does not have them.
    inputs: Mapping[str, object] = field(repr=False)
    created_at: datetime | None
    #: None if the history names none that can be read.
    model: str | None = None
    status: Status
    #: Set once completed, if the history has it.
    result: Result | None = None


#: The formats of pictures, and the endings of their file names.
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
    """The bytes of a picture. `content_type` was found in the bytes, never in a name or a header."""

    data: bytes = field(repr=False)
    content_type: str

    @property
    def extension(self) -> str:
        return EXTENSIONS[self.content_type]
