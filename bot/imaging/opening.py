"""Opening one picture, within the memory that this process may take. Runs in the child process only.

What would not fit is refused by its header. Whatever a library raises while it reads is the file's problem.
"""

import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pillow_heif
from PIL import AvifImagePlugin, Image, ImageChops, JpegImagePlugin, PngImagePlugin

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.luma import PICTURE_PIXELS
from bot.imaging import headers

# One thread each: the time of the process is limited, and stacks count as memory.
pillow_heif.options.DECODE_THREADS = 1
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pillow_heif.register_heif_opener()
#: Sizes are checked here, and without warnings.
Image.MAX_IMAGE_PIXELS = None
#: As for colour profiles of all formats; no texts are left.
PngImagePlugin.MAX_TEXT_CHUNK = headers.MOST_PROFILE_BYTES

#: What one piece of work may take at any moment, beside the 24 MB of the process itself: enforced.
MOST_BYTES = 104 * 1024 * 1024
#: What its pictures may take by their headers.
_MOST_PICTURE_BYTES = 101 * 1024 * 1024
#: For strips, and what is written.
_SPARE_BYTES = 6 * 1024 * 1024
#: If there is no room for even this beside the picture that was sent, too little would be left of it.
_LEAST_DRAWN_PIXELS = 2_500_000
#: Cameras have no more, and no format but JPEG can be opened at a part of its size.
MOST_PIXELS = 210_000_000
#: A photograph of 12 megapixels (4032 by 3024) is left as it is.
WHOLE_PIXELS = 12_300_000

#: What Pillow is let in for; all else that it can read, no chat client sends.
SOURCES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
    "image/avif": "AVIF",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
}
#: What a provider might send beside these.
RESULTS = SOURCES | {"image/jp2": "JPEG2000"}

#: Of each pixel while it is decoded, beside the picture that comes of it: tests/imaging/test_worker.py.
_DECODER_BYTES = {"WEBP": 13.0, "AVIF": 6.0, "HEIF": 4.5, "JPEG2000": 16.0}
#: Of each pixel of a decoded picture, by its mode.
_MODE_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
#: A walk over all pixels for each scan, and this many pixels, are a second or so.
QUICK_PIXELS = 26_000_000

_EXIF_ORIENTATION = 0x0112
#: The others' further pictures are pages, or versions of the same.
_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")
_FRAMES_LOOKED_AT = 30
_PIXELS_LOOKED_AT = 60_000_000
_LOOKED_AT_ROWS = 64


class Opened:
    """A picture of which nothing is decoded yet. `effort` is in pixels that have to be walked over."""

    def __init__(self, path: Path, formats: dict[str, str], scratch: Path) -> None:
        self.path = path
        self.scratch = scratch
        with path.open("rb") as file:
            self.kind = headers.content_type(file.read(headers.FIRST_BYTES))
        if self.kind not in formats:
            raise FileRefused(SourceProblem.NOT_A_PICTURE)
        self.format = formats[self.kind]
        self._jpeg = headers.jpeg(path) if self.format == "JPEG" else None
        self._rows_at_once = headers.check_tiff(path) if self.format == "TIFF" else 0
        with reading():
            self.image, exif = self._open()
        if len(self.image.info.get("icc_profile") or b"") > headers.MOST_PROFILE_BYTES:
            raise FileRefused(SourceProblem.TOO_HEAVY)
        #: Of the whole picture, however small it is unpacked.
        self.pixels = self.image.width * self.image.height
        if self.pixels > MOST_PIXELS:
            raise FileRefused(SourceProblem.TOO_MANY_PIXELS)
        self.orientation = _orientation(exif or self.image.info.get("exif"))

    @property
    def effort(self) -> int:
        scans = self._jpeg.scans if self._jpeg is not None and self._jpeg.keeps_all else 1
        return self.pixels * max(1, scans // 4)

    @property
    def _lacks_end(self) -> bool:
        return self._jpeg is not None and not self._jpeg.has_end

    def plan(self, least_pixels: int = PICTURE_PIXELS) -> None:
        """Have a JPEG unpacked as small as its format allows while it keeps so many pixels.

        Raises `FileRefused` if there is not enough memory for it even so.
        """
        self._unpack_small(least_pixels)
        self._check_memory()

    def decode(self) -> Image.Image:
        """All of it in memory, as it was planned."""
        self._load()
        if self._lacks_end:
            self._check_end()
        image = self._first_real_frame()
        # Only its pixels and what they mean: a decoder would keep what it has used.
        self.image = image._new(image.im)  # noqa: SLF001  a copy is memory for two
        return self.image

    @property
    def room_pixels(self) -> int:
        """As how many pixels it can be drawn beside itself."""
        return int(_MOST_PICTURE_BYTES - _SPARE_BYTES - self._decoded_bytes) // 4

    # --- how it is opened ---

    def _open(self) -> tuple[Image.Image, bytes | None]:
        """The picture, and its EXIF where that is told apart."""
        if self.format == "JPEG":
            # By its class: Pillow's own choice parses more of what a stranger wrote.
            return JpegImagePlugin.JpegImageFile(self._ended() if self._lacks_end else self.path), None
        if self.format == "PNG":
            return self._open_png(headers.PNG_ATTEMPTS)
        return Image.open(self.path, formats=[self.format]), None

    def _open_png(self, attempts: Sequence[frozenset[bytes]]) -> tuple[Image.Image, bytes | None]:
        wanted, *others = attempts
        exif = headers.png_without_extras(self.path, self.scratch, wanted)
        try:
            with reading():
                return Image.open(self.scratch, formats=["PNG"]), exif
        except FileRefused as error:
            if not others or error.problem is not SourceProblem.BROKEN:
                raise
        return self._open_png(others)

    def _load(self) -> None:
        others: Sequence[frozenset[bytes]] = headers.PNG_ATTEMPTS[1:] if self.format == "PNG" else ()
        while True:
            try:
                with reading():
                    self.image.load()
                    return
            except FileRefused as error:
                if not others or error.problem is not SourceProblem.BROKEN:
                    raise
            self.image, _ = self._open_png(others)  # by now the last attempt holds no memory
            others = others[1:]

    def _ended(self, leave_out: int = 0) -> Path:
        """A copy of the file, less so many bytes, with an end mark."""
        shutil.copyfile(self.path, self.scratch)
        with self.scratch.open("r+b") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - leave_out))
            file.write(b"\xff\xd9")
            file.truncate()
        return self.scratch

    def _unpack_small(self, least_pixels: int) -> None:
        if self.format != "JPEG":
            return
        for times in (8, 4, 2):
            if self.pixels // times**2 >= least_pixels:
                self.image.draft(None, (self.image.width // times, self.image.height // times))
                break

    @property
    def _decoded_bytes(self) -> int:
        return self.image.width * self.image.height * _MODE_BYTES.get(self.image.mode, 4)

    def _check_memory(self) -> None:
        pixels = self.image.width * self.image.height
        taken = self._decoded_bytes + pixels * _DECODER_BYTES.get(self.format, 0.0)
        if self.format == "TIFF":
            if self.image.info.get("compression") != "raw":
                taken += self.image.width * 4 * self._rows_at_once
            if self.image.getexif().get(_EXIF_ORIENTATION, 1) != 1:  # turned as soon as it is read
                taken += self._decoded_bytes
        if self._jpeg is not None and self._jpeg.keeps_all:
            taken += self.pixels * 2 * self._jpeg.samples
        if self.format in ("WEBP", "AVIF", "HEIF"):
            taken += self.path.stat().st_size
        if taken > _MOST_PICTURE_BYTES or self.room_pixels < min(pixels, _LEAST_DRAWN_PIXELS):
            raise FileRefused(SourceProblem.TOO_HEAVY)

    # --- what is missing at the end ---

    def _check_end(self) -> None:
        """Refuse a JPEG without an end mark that lacks more than its last row of blocks.

        Without its last bytes, the rest of a picture that is cut off in the middle changes in the middle.
        """
        whole, shorter = (self._eighth(leave_out) for leave_out in (0, 64))
        changed = ImageChops.difference(whole, shorter).getbbox()
        if changed is not None and changed[1] < whole.height - 1 - 32 // 8:
            raise FileRefused(SourceProblem.BROKEN)

    def _eighth(self, leave_out: int) -> Image.Image:
        with reading(), JpegImagePlugin.JpegImageFile(self._ended(leave_out)) as image:
            image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
            return image.convert("L")

    # --- animations ---

    def _first_real_frame(self) -> Image.Image:
        """The first frame that shows anything; the very first if none does."""
        image = self.image
        if self.format not in _ANIMATED or not getattr(image, "is_animated", False) or not is_empty(image):
            return image
        frames = min(_FRAMES_LOOKED_AT, _PIXELS_LOOKED_AT // self.pixels, getattr(image, "n_frames", 1))
        for number in range(1, frames):
            try:
                with reading():
                    image.seek(number)
                    image.load()
            except FileRefused:
                break
            if not is_empty(image):
                return image
        with reading():
            image.seek(0)
            image.load()
        return image


@contextmanager
def reading() -> Iterator[None]:
    """What the libraries raise, as what is wrong with the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of a stranger's file are nobody's news here
            yield
    except FileRefused:
        raise
    except MemoryError as error:
        raise FileRefused(SourceProblem.TOO_HEAVY) from error
    except Exception as error:  # there is no list of what the libraries raise over a stranger's file
        raise FileRefused(SourceProblem.BROKEN) from error


def is_empty(image: Image.Image) -> bool:
    """Whether nothing can be seen on it: all of it is transparent, or of one colour."""
    seen = set()
    for top in range(0, image.height, _LOOKED_AT_ROWS):
        box = (0, top, image.width, min(image.height, top + _LOOKED_AT_ROWS))
        strip = image.crop(box).convert("RGBA")
        is_clear = strip.getchannel("A").getextrema() == (0, 0)
        if not is_clear and strip.getcolors(1) is None:
            return False
        seen.add(None if is_clear else strip.getpixel((0, 0)))
        if len(seen) > 1:
            return False
    return True


def _orientation(exif: bytes | None) -> int:
    """From 1 to 8; 1 if there is none, or its EXIF is odd."""
    parsed = Image.Exif()
    try:
        with reading():
            parsed.load(exif or b"")
            told = parsed.get(_EXIF_ORIENTATION, 1)
    except FileRefused:
        return 1
    return told if told in range(1, 9) else 1
