"""A decoded picture as eight bits of sRGB, upright and no larger than wanted. Runs in the child process only.

It is drawn strip by strip: each copy of a whole picture would be memory for two.
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
#: An edit keeps its source's size, and the model's own pictures have sides of up to 3,600.
MOST_SIDE = 4096
#: Of what is so narrow that it would have fewer than 32 pixels on its shorter side.
MOST_LONG_SIDE = 8192
_STRIP_PIXELS = 150_000

Change = Callable[[Image.Image], Image.Image]

#: In EXIF's numbers: what turns a picture upright.
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
#: Profiles by the colours that they are for.
_PROFILE_MODES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}


def wanted_size(width: int, height: int, most_pixels: int = WHOLE_PIXELS) -> tuple[int, int]:
    """The size to bring a source to. Raises `FileRefused` if it is too small, or would be."""
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
    """Whether it needs no room beside itself, unless its size is changed."""
    return orientation == 1 and image.mode == _mode_of(image)


def drawn(image: Image.Image, size: tuple[int, int], orientation: int = 1) -> Image.Image:
    """As RGB, or as RGBA if any of it is transparent, of this size before it is turned upright."""
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
    """Where each strip begins, and how many rows it has."""
    rows = max(1, min(height, _STRIP_PIXELS // max(1, pixels_a_row)))
    for top in range(0, height, rows):
        yield top, min(rows, height - top)


def on_white(image: Image.Image) -> Image.Image:
    """Without transparency."""
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
    """As RGB if its alpha says nothing."""
    image.info = {}
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


# --- shape --------------------------------------------------------------------------------------------


def _resized(image: Image.Image, size: tuple[int, int], top: int, rows: int) -> Image.Image:
    """Some rows of the result. The filter looks at no pixel outside of its own rows: no seams show."""
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
    """Between names of colours, or bits, there is nothing."""
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
    """Where rows from `top` on lie once they are turned."""
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
    """What turns a strip of this picture into `mode`, with eight bits of sRGB for each colour."""
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
    """Scans and depth maps have finer greys, which Pillow would cut off instead of scaling them down."""
    if image.mode != "F" and not image.mode.startswith("I"):
        return lambda strip: strip
    darkest, scale = (0.0, 255 / 65535) if image.mode.startswith("I;16") else _range(image)

    def change(strip: Image.Image) -> Image.Image:
        finite = strip.convert("F")
        return finite.point(lambda grey: grey * scale - darkest * scale).convert("L")

    return change


def _range(image: Image.Image) -> tuple[float, float]:
    """The value that is black, and by how much each has to be multiplied.

    Floating-point greys go from 0 to 1 as a rule; whatever fits no usual range is stretched over all greys.
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
    """By the picture's own profile where that fits its colours; a profile that says nonsense is dropped."""
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
        assert done is not None, "only in place there is none"
        return done

    return change


def _colours_of(image: Image.Image) -> str:
    """The mode whose colours a profile of this picture would describe."""
    if image.mode in ("RGBA", "RGBa", "RGBX", "P", "PA", "YCbCr"):
        return "RGB"
    if image.mode in ("LA", "La", "1", "F") or image.mode.startswith("I"):
        return "L"
    return image.mode
