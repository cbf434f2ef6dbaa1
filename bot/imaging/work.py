"""The kinds of work on a file: preparing a source for the provider, and a result or a thumbnail for Discord.

This runs in the child process only. It takes paths, writes the file `into`, and returns its content type.
"""

import math
from pathlib import Path

from PIL import Image

from bot.domain.luma import SENT_SOURCE_MOST_BYTES
from bot.imaging.drawing import LEAST_SIDE, drawn, is_drawn_in_place, on_white, wanted_size
from bot.imaging.opening import QUICK_PIXELS, RESULTS, SOURCES, WHOLE_PIXELS, Opened
from bot.imaging.protocol import NeedsMoreTime, scratch_of

#: The WebP encoder needs about four times the memory of the picture.
_WEBP_PIXELS = 3_500_000
_QUALITIES = (92, 85, 75, 60)
_THUMBNAIL_QUALITY = 80
#: The formats that Discord can show.
_SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")


def prepare_source(path: Path, into: Path, *, is_patient: bool) -> str:
    """Make a source ready: upright, one frame, sRGB, without metadata, within the provider's limits.

    Raises `FileRefused`, `NeedsMoreTime`.
    """
    opened = Opened(path, SOURCES, scratch_of(into))
    wanted_size(*opened.image.size)  # the size of the file, before it is decoded at a reduced size
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
    """Write a converted result `into`, and return its content type; None if the file can be shown as it is.

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


def make_thumbnail(path: Path, into: Path, *, most_side: int, is_patient: bool) -> str:
    """Write a small copy of a result: a JPEG of which no side is longer than `most_side`.

    Raises `FileRefused`, `NeedsMoreTime`.
    """
    opened = Opened(path, RESULTS, scratch_of(into))
    opened.plan(most_side * most_side)
    if opened.effort > QUICK_PIXELS and not is_patient:
        raise NeedsMoreTime
    image = opened.decode()
    share = min(1.0, most_side / max(image.size))
    size = (max(1, int(image.width * share)), max(1, int(image.height * share)))
    on_white(drawn(image, size, opened.orientation)).save(into, "JPEG", quality=_THUMBNAIL_QUALITY)
    return "image/jpeg"


def _save_as_jpeg(picture: Image.Image, into: Path, most_bytes: int) -> None:
    """Save with lower quality, then with smaller size, until it fits. Progressive would need more memory."""
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
