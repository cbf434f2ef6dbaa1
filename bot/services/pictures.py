"""Work on the bytes of pictures. Every function here blocks and belongs into a thread.

A picture is known by its bytes: names, headers and the sender's word count for nothing.
"""

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pillow_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.provider import Picture

pillow_heif.register_heif_opener()
Image.init()

#: Decoded at four bytes a pixel this is 256 MB: the most that one picture may take of the machine.
MOST_PIXELS = 64_000_000
LEAST_SIDE = 32
#: An edit keeps its source's size, and the model's own pictures have sides of up to 3,600.
MOST_SOURCE_SIDE = 4096
#: About as many pixels as the model makes: a source with several times as many gains nothing by them.
MODEL_PIXELS = 3_900_000
#: The provider recommends JPEG under 4 MB.
MOST_SOURCE_BYTES = 4_000_000

_CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
#: Pillow knows more, some of which (EPS) it hands to other programs.
_WELCOME = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "BMP", "TIFF")
_FORMATS = tuple(name for name in _WELCOME if name in Image.OPEN)
_QUALITIES = (92, 85, 75, 60)
#: Modes whose numbers are names of colours, between which there is nothing.
_INDEXED = ("1", "P", "PA")
_STRIP_ROWS = 64


def identify(data: bytes) -> Picture:
    """The picture that these bytes are, decoded once to be sure of it. Raises `FileRefused`."""
    image = _opened(data)
    width, height = image.size
    content_type = _CONTENT_TYPES.get(image.format or "")
    if content_type == "image/jpeg":
        _unpack_at(image, 8)  # every byte is read all the same
    _load(image)
    if content_type is None:
        return _encoded(image, "PNG")
    return Picture(data, content_type, width, height)


def prepare_source(data: bytes) -> Picture:
    """Upright, first frame only, nothing but pixels, in a format and size that the provider takes.

    Each copy of a picture is memory for others: it is made smaller first, and no copy is kept for longer
    than it takes to make the next.
    """
    upright = _within_sides(_reduced(_in_eight_bits(_decoded_source(data))))
    ImageOps.exif_transpose(upright, in_place=True)
    upright = _in_srgb(upright)
    if min(upright.size) < LEAST_SIDE:
        raise FileRefused(SourceProblem.TOO_SMALL)
    if not _has_transparency(upright):
        return _as_jpeg(upright, MOST_SOURCE_BYTES)
    clear = upright if upright.mode == "RGBA" else upright.convert("RGBA")
    picture = _encoded(clear, "PNG")
    return picture if len(picture.data) <= MOST_SOURCE_BYTES else _as_webp(clear)


def fit(picture: Picture, most_bytes: int) -> Picture:
    """The picture itself if it is small enough, else as JPEG of falling quality, then of falling size."""
    if len(picture.data) <= most_bytes:
        return picture
    return _as_jpeg(_decoded(picture.data), most_bytes)


# --- opening ------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> Image.Image:
    """All of the first frame in memory."""
    image = _opened(data)
    _load(image)
    return image


def _decoded_source(data: bytes) -> Image.Image:
    """Photographs larger than the model can use are unpacked at a half, a quarter or an eighth."""
    image = _opened(data)
    _unpack_at(image, _too_large_by(image))
    _load(image)
    return image


def _opened(data: bytes) -> Image.Image:
    """With nothing unpacked yet: the size is looked at before."""
    with _read_by_pillow():
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    if image.width * image.height > MOST_PIXELS:
        raise FileRefused(SourceProblem.TOO_MANY_PIXELS)
    return image


def _unpack_at(image: Image.Image, times: int) -> None:
    """Where the format can be decoded at a part of its size, at the one next to this; only JPEG can."""
    image.draft(None, (max(1, image.width // times), max(1, image.height // times)))


def _load(image: Image.Image) -> None:
    with _read_by_pillow():
        image.load()


@contextmanager
def _read_by_pillow() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of a stranger's file are nobody's news here
            yield
    except Image.DecompressionBombError as error:
        raise FileRefused(SourceProblem.TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        # Pillow's plugins and libheif raise all of these for files that are broken or no pictures.
        raise FileRefused(SourceProblem.NOT_A_PICTURE) from error


# --- making smaller -----------------------------------------------------------------------------------


def _too_large_by(image: Image.Image) -> int:
    """How many pixels of each row, and of each column, can become one."""
    return max(1, math.isqrt(image.width * image.height // MODEL_PIXELS))


def _reduced(image: Image.Image) -> Image.Image:
    """Strip by strip: to reduce all at once takes a second copy of what has transparency."""
    times = _too_large_by(image)
    if times == 1:
        return image
    if image.mode in _INDEXED:
        image = image.convert("RGBA" if _has_transparency(image) else "RGB")
    small = Image.new(image.mode, (-(-image.width // times), -(-image.height // times)))
    small.info = image.info
    for top in range(0, small.height, _STRIP_ROWS):
        bottom = min(image.height, (top + _STRIP_ROWS) * times)
        strip = image.crop((0, top * times, image.width, bottom))
        small.paste(strip.reduce(times), (0, top))
    return small


def _within_sides(image: Image.Image) -> Image.Image:
    """Band by band where that is possible: Pillow takes two more pictures' memory on the way."""
    if max(image.size) <= MOST_SOURCE_SIDE or image.mode != "RGB":
        image.thumbnail((MOST_SOURCE_SIDE, MOST_SOURCE_SIDE))
        return image
    bands = [_band_within_sides(image, band) for band in range(3)]
    image.close()
    whole = Image.merge("RGB", bands)
    whole.info = image.info
    return whole


def _band_within_sides(image: Image.Image, number: int) -> Image.Image:
    band = image.getchannel(number)
    band.thumbnail((MOST_SOURCE_SIDE, MOST_SOURCE_SIDE))
    return band


# --- colours and formats ------------------------------------------------------------------------------


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Scans and depth maps have finer greys, which Pillow would cut off instead of scaling them down."""
    if image.mode != "F" and not image.mode.startswith("I"):
        return image
    greys = image.convert("F")
    darkest, brightest = greys.getextrema()
    assert isinstance(darkest, float)
    assert isinstance(brightest, float)
    scale = 255 / ((brightest - darkest) or 1.0) if image.mode == "F" else 255 / 65535
    offset = -darkest * scale if image.mode == "F" else 0.0
    return greys.point(lambda grey: grey * scale + offset).convert("L")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Its colours as they are meant, without the profile, which may name a person or their screen.

    A profile for inks or greys says nothing about the RGB that is made of them.
    """
    profile = image.info.pop("icc_profile", None)
    if profile is None or image.mode not in ("RGB", "RGBA", "P"):
        return image
    if image.mode == "P":
        image = image.convert("RGBA" if _has_transparency(image) else "RGB")
        image.info.pop("icc_profile", None)
    with suppress(ImageCms.PyCMSError, OSError):  # a broken profile, or one for other pictures than this
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), inPlace=True)
        del image.info["icc_profile"]  # of sRGB, which is meant wherever there is none
    return image


def _has_transparency(image: Image.Image) -> bool:
    return image.has_transparency_data


def _as_jpeg(image: Image.Image, most_bytes: int) -> Picture:
    opaque = _on_white(image)
    while True:
        for quality in _QUALITIES:
            # Not progressive: that would hold all of it once more while it is written.
            picture = _encoded(opaque, "JPEG", quality=quality)
            if len(picture.data) <= most_bytes or min(opaque.size) <= LEAST_SIDE:
                return picture
        opaque = opaque.resize((max(1, opaque.width * 3 // 4), max(1, opaque.height * 3 // 4)))


def _as_webp(image: Image.Image) -> Picture:
    """No larger than the model's own, since this encoder takes six times the picture's memory."""
    share = math.sqrt(MODEL_PIXELS / (image.width * image.height))
    image.thumbnail((math.ceil(image.width * share), math.ceil(image.height * share)))
    return _encoded(image, "WEBP", quality=90)


def _on_white(image: Image.Image) -> Image.Image:
    if not _has_transparency(image):
        opaque = _without_foreign_profile(image)
        return opaque if opaque.mode == "RGB" else opaque.convert("RGB")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper.convert("RGB")


def _without_foreign_profile(image: Image.Image) -> Image.Image:
    """A profile for inks or greys says nothing about the RGB that is made of them."""
    if image.mode not in ("RGB", "RGBA", "P"):
        image.info.pop("icc_profile", None)
    return image


def _encoded(image: Image.Image, kind: str, **options: object) -> Picture:
    """Encoded anew: only pixels and the colour profile come along; all else the image forgets."""
    out = io.BytesIO()
    profile = image.info.get("icc_profile")
    image.info = {} if profile is None else {"icc_profile": profile}
    image.save(out, kind, icc_profile=profile, **options)
    return Picture(out.getvalue(), _CONTENT_TYPES[kind], image.width, image.height)
