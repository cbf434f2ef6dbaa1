"""The two pieces of work on a file: a source made ready for the provider, a result made ready for Discord.

Runs in the child process only. Paths go in, a content type comes out; the file stands at `into` then.
"""

import math
from pathlib import Path

from PIL import Image

from bot.domain.luma import SENT_SOURCE_MOST_BYTES
from bot.imaging.drawing import LEAST_SIDE, drawn, is_drawn_in_place, on_white, wanted_size
from bot.imaging.opening import QUICK_PIXELS, RESULTS, SOURCES, WHOLE_PIXELS, Opened
from bot.imaging.protocol import NeedsMoreTime, scratch_of

#: This encoder takes about four times the picture's memory.
_WEBP_PIXELS = 3_500_000
_QUALITIES = (92, 85, 75, 60)
#: What Discord shows as it is.
_SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")


def prepare_source(path: Path, into: Path, *, is_patient: bool) -> str:
    """Upright, the first frame that shows anything, sRGB, without metadata, within the provider's bounds.

    Raises `FileRefused`, `NeedsMoreTime`.
    """
    opened = Opened(path, SOURCES, scratch_of(into))
    wanted_size(*opened.image.size)  # of what was sent, before any of it is unpacked small
    opened.plan()
    if opened.effort > QUICK_PIXELS and not is_patient:
        raise NeedsMoreTime
    image = opened.decode()
    size = wanted_size(*image.size)
    if size != image.size or not is_drawn_in_place(image, opened.orientation):
        size = wanted_size(*image.size, min(WHOLE_PIXELS, opened.room_pixels))
    picture = drawn(image, size, opened.orientation)
    if picture.mode == "RGB":
        _save_as_jpeg(picture, into, SENT_SOURCE_MOST_BYTES)
        return "image/jpeg"
    picture.save(into, "PNG")
    if into.stat().st_size <= SENT_SOURCE_MOST_BYTES:
        return "image/png"
    _save_as_webp(picture, into, SENT_SOURCE_MOST_BYTES)
    return "image/webp"


def finish_result(path: Path, into: Path, *, most_bytes: int, is_patient: bool) -> str | None:
    """What stands at `into` in place of the finished picture; None if that can be shown as it is.

    Raises `FileRefused`, `NeedsMoreTime`.
    """
    opened = Opened(path, RESULTS, scratch_of(into))
    can_stay = opened.kind in _SHOWN and path.stat().st_size <= most_bytes
    opened.plan(1 if can_stay else opened.pixels)
    if opened.effort > QUICK_PIXELS and not is_patient:
        raise NeedsMoreTime
    image = opened.decode()
    if can_stay:
        return None
    picture = drawn(image, image.size, opened.orientation)
    if opened.kind not in _SHOWN:
        picture.save(into, "PNG")
        if into.stat().st_size <= most_bytes:
            return "image/png"
    _save_as_jpeg(on_white(picture), into, most_bytes)
    return "image/jpeg"


def _save_as_jpeg(picture: Image.Image, into: Path, most_bytes: int) -> None:
    """Of falling quality, then of falling size. Not progressive: that would hold all of it once more."""
    while True:
        for quality in _QUALITIES:
            picture.save(into, "JPEG", quality=quality)
            if into.stat().st_size <= most_bytes or min(picture.size) <= LEAST_SIDE:
                return
        picture = _scaled(picture, 0.75)


def _save_as_webp(picture: Image.Image, into: Path, most_bytes: int) -> None:
    pixels = picture.width * picture.height
    if pixels > _WEBP_PIXELS:
        picture = _scaled(picture, math.sqrt(_WEBP_PIXELS / pixels))
    for quality in _QUALITIES:
        picture.save(into, "WEBP", quality=quality, method=2)
        if into.stat().st_size <= most_bytes:
            return


def _scaled(picture: Image.Image, share: float) -> Image.Image:
    return drawn(picture, (max(1, int(picture.width * share)), max(1, int(picture.height * share))))
