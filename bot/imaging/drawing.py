"""The conversion of a decoded picture to eight-bit sRGB, upright and not too large. Child process only.

It works strip by strip: a copy of the whole picture would need the memory of two.
"""

import io
import math
from collections.abc import Callable, Iterator

from PIL import Image, ImageCms

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.luma import PICTURE_PIXELS
from bot.imaging.opening import WHOLE_PIXELS, reading

LEAST_SIDE = 32
#: An edit keeps the size of its source, and the model's own pictures have sides of up to 3,600.
MOST_SIDE = 4096
#: The limit for a picture so narrow that its shorter side would have fewer than 32 pixels.
MOST_LONG_SIDE = 8192
_STRIP_PIXELS = 150_000

Change = Callable[[Image.Image], Image.Image]

#: The rotation that turns a picture upright, by EXIF orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = (5, 6, 7, 8)
#: The colour space of a profile, by the mode of its picture.
_PROFILE_MODES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}


def wanted_size(width: int, height: int, most_pixels: int = WHOLE_PIXELS) -> tuple[int, int]:
    """Return the size for a source. Raises `FileRefused` if it is too small, or would become too small."""
    short, long = sorted((width, height))
    if short < LEAST_SIDE:
        raise FileRefused(SourceProblem.TOO_SMALL)
    if width * height > WHOLE_PIXELS:
        most_pixels = min(most_pixels, PICTURE_PIXELS)
    scale = min(1.0, MOST_SIDE / long, math.sqrt(most_pixels / (width * height)))
    scale = max(scale, LEAST_SIDE / short)
    if long * scale > MOST_LONG_SIDE:
        raise FileRefused(SourceProblem.TOO_SMALL)
    return max(LEAST_SIDE, round(width * scale)), max(LEAST_SIDE, round(height * scale))


def is_drawn_in_place(image: Image.Image, orientation: int) -> bool:
    """Return whether the picture can be converted in place, if its size stays the same."""
    return orientation == 1 and image.mode == _mode_of(image)


def drawn(image: Image.Image, size: tuple[int, int], orientation: int = 1) -> Image.Image:
    """Convert to RGB, or to RGBA if anything is transparent; `size` is that before the rotation."""
    mode = _mode_of(image)
    plain = _to_plain_colours(image, mode)
    if size == image.size and is_drawn_in_place(image, orientation):
        _change_in_place(image, plain)
        return _opaque(image)
    width, height = size
    paper = Image.new(mode, (height, width) if orientation in _LYING else size)
    for top, rows in _strips(height, image.width * image.height // height):
        strip = plain(_resized(image, size, top, rows))
        if orientation in _TURNS:
            strip = strip.transpose(_TURNS[orientation])
        paper.paste(strip, _place(size, top, rows, orientation))
    image.close()
    return _opaque(paper)


def _mode_of(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _strips(height: int, pixels_a_row: int) -> Iterator[tuple[int, int]]:
    """Yield the first row of each strip, and its number of rows."""
    rows = max(1, min(height, _STRIP_PIXELS // max(1, pixels_a_row)))
    for top in range(0, height, rows):
        yield top, min(rows, height - top)


def on_white(image: Image.Image) -> Image.Image:
    """Return the picture on a white background, without transparency."""
    if image.mode == "RGB":
        return image
    paper = Image.new("RGB", image.size, "white")
    for top, rows in _strips(image.height, image.width):
        strip = image.crop((0, top, image.width, top + rows))
        paper.paste(strip, (0, top), strip)
    return paper


def _change_in_place(image: Image.Image, change: Change) -> None:
    for top, rows in _strips(image.height, image.width):
        box = (0, top, image.width, top + rows)
        image.paste(change(image.crop(box)), box)


def _opaque(image: Image.Image) -> Image.Image:
    """Convert to RGB if the alpha channel is fully opaque."""
    image.info = {}
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


# --- shape --------------------------------------------------------------------------------------------


def _resized(image: Image.Image, size: tuple[int, int], top: int, rows: int) -> Image.Image:
    """Return some rows of the result. The filter reads no pixel outside of its rows, so no seams show."""
    width, height = size
    scale = image.height / height
    if size == image.size:
        return image.crop((0, top, width, top + rows))
    box = (0.0, top * scale, float(image.width), min(float(image.height), (top + rows) * scale))
    first, last = math.floor(box[1]), math.ceil(box[3])
    strip = _of_smooth_mode(image.crop((0, first, image.width, min(image.height, last))))
    inner = (box[0], box[1] - first, box[2], min(box[3] - first, float(strip.height)))
    return strip.resize((width, rows), Image.Resampling.BOX, inner)


def _of_smooth_mode(strip: Image.Image) -> Image.Image:
    """Convert palettes and single bits, whose values cannot be averaged."""
    if strip.mode in ("P", "PA"):
        return strip.convert("RGBA" if strip.has_transparency_data else "RGB")
    if strip.mode == "1":
        return strip.convert("L")
    if strip.mode.startswith("I;16"):
        return strip.convert("I")
    if "transparency" in strip.info:
        return strip.convert("RGBA")
    return strip


def _place(size: tuple[int, int], top: int, rows: int, orientation: int) -> tuple[int, int]:
    """Return the position of the rows from `top` on after the rotation."""
    bottom = size[1] - top - rows
    if orientation in (3, 4):
        return 0, bottom
    if orientation in (5, 8):
        return top, 0
    if orientation in (6, 7):
        return bottom, 0
    return 0, top


# --- colours ------------------------------------------------------------------------------------------


def _to_plain_colours(image: Image.Image, mode: str) -> Change:
    """Return the function that converts a strip of this picture to `mode`, in eight-bit sRGB."""
    to_eight_bits = _to_eight_bits(image)
    to_srgb = _to_srgb(image)

    def change(strip: Image.Image) -> Image.Image:
        strip = _of_smooth_mode(to_eight_bits(strip))
        if strip.mode in ("LA", "La", "RGBa", "PA"):
            strip = strip.convert("RGBA")
        alpha = strip.getchannel("A") if strip.mode == "RGBA" and mode == "RGBA" else None
        plain = to_srgb(strip.convert("RGB") if strip.mode == "RGBA" else strip)
        if alpha is not None:
            plain.putalpha(alpha)
        return plain if plain.mode == mode else plain.convert(mode)

    return change


def _to_eight_bits(image: Image.Image) -> Change:
    """Return the function that scales finer greys, as in scans, to eight bits: Pillow would clip them."""
    if image.mode != "F" and not image.mode.startswith("I"):
        return lambda strip: strip
    darkest, scale = (0.0, 255 / 65535) if image.mode.startswith("I;16") else _range(image)

    def change(strip: Image.Image) -> Image.Image:
        finite = strip.convert("F")
        return finite.point(lambda grey: grey * scale - darkest * scale).convert("L")

    return change


def _range(image: Image.Image) -> tuple[float, float]:
    """Return the value of black, and the factor for all values.

    Floating-point greys usually go from 0 to 1. Values that fit no usual range are stretched over all greys.
    """
    least, most = image.getextrema()
    assert isinstance(least, int | float)
    assert isinstance(most, int | float)
    if least >= 0:
        for brightest in (1, 255, 65535):
            if most <= brightest and (brightest == 1) <= (image.mode == "F"):
                return 0.0, 255 / brightest
    spread = most - least
    return float(least), 255 / spread if math.isfinite(spread) and spread > 0 else 1.0


def _to_srgb(image: Image.Image) -> Change:
    """Return the conversion to sRGB, by the picture's own profile if it is valid and fits its colours."""
    colours = _colours_of(image)
    profile = image.info.get("icc_profile")
    if colours in _PROFILE_MODES and profile:
        try:
            with reading():
                return _by_profile(profile, colours)
        except FileRefused:
            pass
    if colours == "LAB":
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
        return _by_profile(lab, "LAB")
    return lambda strip: strip.convert("RGB")


def _by_profile(profile: bytes, colours: str) -> Change:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if source.profile.xcolor_space != _PROFILE_MODES[colours]:
        return lambda strip: strip.convert("RGB")
    srgb = ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(source, srgb, colours, "RGB")

    def change(strip: Image.Image) -> Image.Image:
        ready = strip if strip.mode == colours else strip.convert(colours)
        done = ImageCms.applyTransform(ready, transform)
        assert done is not None, "it is only None for a change in place"
        return done

    return change


def _colours_of(image: Image.Image) -> str:
    """Return the mode whose colours a profile of this picture describes."""
    if image.mode in ("RGBA", "RGBa", "RGBX", "P", "PA", "YCbCr"):
        return "RGB"
    if image.mode in ("LA", "La", "1", "F") or image.mode.startswith("I"):
        return "L"
    return image.mode
