"""Draws the bytes of a picture: the same inputs give the same picture. Runs in a thread."""

import hashlib
import io
import random
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from standins.fake_segmind import ink, landscape
from standins.fake_segmind.model import DEFAULT_RATIO, SIZES

JPEG_QUALITY = 85
#: How much smaller a picture is drawn before it is enlarged.
SKETCH_DIVISOR = 4
#: For load tests: how much smaller a picture is than it should be.
SMALL_DIVISOR = 32
SOURCE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
SOURCE_MOST_PIXELS = 64_000_000


class NotAPicture(Exception):
    """str() is the provider's text for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The picture to draw. With `source` it is an edit, which keeps its source's size."""

    prompt: str
    size: tuple[int, int]
    is_manga: bool
    source: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, inputs: Mapping[str, object], *, source: bytes | None, is_small: bool) -> "Brief":
        width, height = SIZES[str(inputs.get("aspect_ratio", DEFAULT_RATIO))]
        if is_small:
            width, height = width // SMALL_DIVISOR, height // SMALL_DIVISOR
        return cls(
            prompt=str(inputs["prompt"]),
            size=(width, height),
            is_manga=inputs.get("style") == "manga",
            source=source,
        )

    def rng(self) -> random.Random:
        seed = hashlib.sha256(f"{self.prompt}\n{self.size}\n{self.is_manga}".encode(errors="replace"))
        return random.Random(seed.digest())


@dataclass(frozen=True, slots=True)
class Drawn:
    data: bytes = field(repr=False)
    content_type: str
    extension: str


def draw(brief: Brief) -> Drawn:
    """Raises `NotAPicture` for a source that cannot be edited."""
    picture = from_nothing(brief) if brief.source is None else edited(brief, brief.source)
    if brief.is_manga:
        picture = ink.halftone(picture)
    ink.write_caption(picture, brief.prompt)
    return encoded(picture, as_png="transparent" in brief.prompt.lower() or " png" in brief.prompt.lower())


def from_nothing(brief: Brief) -> Image.Image:
    sketch = landscape.paint(sketched(brief.size), brief.prompt, brief.rng())
    return sketch.resize(brief.size, Image.Resampling.BICUBIC)


def sketched(size: tuple[int, int]) -> tuple[int, int]:
    return max(1, size[0] // SKETCH_DIVISOR), max(1, size[1] // SKETCH_DIVISOR)


def edited(brief: Brief, source: bytes) -> Image.Image:
    """The source in the light of the new prompt: what was there stays recognisable."""
    picture = opened(source)
    light = landscape.light_of(sketched(picture.size), brief.prompt, brief.rng())
    light = light.resize(picture.size, Image.Resampling.BILINEAR)
    return landscape.relight(picture, light, brief.prompt)


def opened(source: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(source))
            if picture.format not in SOURCE_FORMATS:
                raise NotAPicture(f"unsupported_format: {picture.format} is not supported")
            if picture.width * picture.height > SOURCE_MOST_PIXELS:
                raise NotAPicture("image_too_large: the input image has too many pixels")
            return ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError as error:
        raise NotAPicture("image_too_large: the input image has too many pixels") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise NotAPicture("corrupt_input: the input image could not be decoded") from error


def encoded(picture: Image.Image, *, as_png: bool) -> Drawn:
    """JPEG, or PNG where the prompt asks for one: the real model chooses, too."""
    buffer = io.BytesIO()
    if as_png:
        picture.save(buffer, "PNG", compress_level=1)
        return Drawn(buffer.getvalue(), "image/png", "png")
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return Drawn(buffer.getvalue(), "image/jpeg", "jpeg")
