"""The opening of one picture within the memory limit of this process. Child process only.

A picture that would not fit is refused by its header. Every error of a library counts as a problem of the
file.
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

# One thread each: the process has a time limit, and stacks count as memory.
pillow_heif.options.DECODE_THREADS = 1
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pillow_heif.register_heif_opener()
#: This module checks sizes itself, without warnings.
Image.MAX_IMAGE_PIXELS = None
#: The same limit as for colour profiles. Text chunks are removed before.
PngImagePlugin.MAX_TEXT_CHUNK = headers.MOST_PROFILE_BYTES

#: The memory of one piece of work at any time, without the 24 MB of the process itself. It is enforced.
MOST_BYTES = 104 * 1024 * 1024
#: The memory that its pictures may need by their headers.
_MOST_PICTURE_BYTES = 101 * 1024 * 1024
#: Memory for strips and for encoding.
_SPARE_BYTES = 6 * 1024 * 1024
#: With less room than this beside the source, the converted picture would be too small.
_LEAST_DRAWN_PIXELS = 2_500_000
#: Cameras make no more, and only JPEG can be decoded at a reduced size.
MOST_PIXELS = 210_000_000
#: A photograph of 12 megapixels (4032 by 3024) is left as it is.
WHOLE_PIXELS = 12_300_000

#: The formats that Pillow may open. No chat client sends the others that it can read.
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
#: A provider might send this as well.
RESULTS = SOURCES | {"image/jp2": "JPEG2000"}

#: Bytes per pixel during decoding, in addition to the decoded picture: see tests/imaging/test_worker.py.
_DECODER_BYTES = {"WEBP": 13.0, "AVIF": 6.0, "HEIF": 4.5, "JPEG2000": 16.0}
#: Bytes per pixel of a decoded picture, by its mode.
_MODE_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
#: The mode of PNG with 16 bits of grey, and the bytes per pixel of one of its colours' transparency.
_FINE_GREY, _CLEAR_GREY_BYTES = "I;16", 4
#: One pass over this many pixels takes about a second. Each scan is a pass over all pixels.
QUICK_PIXELS = 26_000_000

_EXIF_ORIENTATION = 0x0112
#: In other formats, further images are pages, or versions of the same picture.
_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")
_FRAMES_LOOKED_AT = 30
_PIXELS_LOOKED_AT = 60_000_000
_LOOKED_AT_ROWS = 64


class Opened:
    """A picture that is not decoded yet. `effort` is the number of pixels to be read."""

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
        #: The pixels of the whole picture, even if it is decoded at a reduced size.
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
        """Let a JPEG be decoded as small as its format allows, with at least `least_pixels`.

        Raises `FileRefused` if there is still not enough memory for it.
        """
        self._unpack_small(least_pixels)
        self._check_memory()

    def decode(self) -> Image.Image:
        """Decode all of the picture, as planned."""
        self._load()
        if self._lacks_end:
            self._check_end()
        image = with_clear_grey(self._first_real_frame())
        # Keep only the pixels and their meaning: the decoder would keep its buffers.
        self.image = image._new(image.im)  # noqa: SLF001  a copy is memory for two
        return self.image

    @property
    def room_pixels(self) -> int:
        """Return the number of pixels that a converted copy of the picture may have."""
        return int(_MOST_PICTURE_BYTES - _SPARE_BYTES - self._decoded_bytes) // 4

    # --- how it is opened ---

    def _open(self) -> tuple[Image.Image, bytes | None]:
        """Return the picture, and its EXIF if it was read separately."""
        if self.format == "JPEG":
            # By its class: with Image.open, Pillow would parse more of the untrusted file.
            return JpegImagePlugin.JpegImageFile(self._ended() if self._lacks_end else self.path), None
        if self.format == "PNG":
            return self._open_png(headers.PNG_ATTEMPTS)
        return Image.open(self.path, formats=[self.format]), None

    def _open_png(self, attempts: Sequence[frozenset[bytes]]) -> tuple[Image.Image, bytes | None]:
        wanted, *others = attempts
        exif = headers.png_without_extras(self.path, self.scratch, wanted)
        try:
            with reading():
                image = Image.open(self.scratch, formats=["PNG"])
                _spread_clear_grey(image, headers.png_bits(self.scratch))
                return image, exif
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
            self.image, _ = self._open_png(others)  # the last attempt has freed its memory by now
            others = others[1:]

    def _ended(self, leave_out: int = 0) -> Path:
        """Copy the file without its last `leave_out` bytes, and add an end mark."""
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
        of_a_pixel = _MODE_BYTES.get(self.image.mode, 4)
        if self.image.mode == _FINE_GREY and "transparency" in self.image.info:
            of_a_pixel += _CLEAR_GREY_BYTES
        return self.image.width * self.image.height * of_a_pixel

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

        If the picture is incomplete, removing its last bytes changes it above its last rows.
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
        """Return the first frame that is not empty; the first frame if all are."""
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
    """Translate the errors of libraries to a problem of the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings about an untrusted file do not help anybody
            yield
    except FileRefused:
        raise
    except MemoryError as error:
        raise FileRefused(SourceProblem.TOO_HEAVY) from error
    except Exception as error:  # the libraries do not document what they raise for a bad file
        raise FileRefused(SourceProblem.BROKEN) from error


def is_empty(image: Image.Image) -> bool:
    """Return whether all of the picture is transparent, or of one colour."""
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


def _spread_clear_grey(image: Image.Image, bits: int) -> None:
    """Give a PNG's transparent grey its value in eight bits: Pillow converts the pixels alone."""
    grey = image.info.get("transparency")
    if image.mode == "L" and bits in (2, 4) and isinstance(grey, int):
        image.info["transparency"] = grey * 255 // (2**bits - 1)


def with_clear_grey(image: Image.Image) -> Image.Image:
    """Convert 16 bits of grey to 8 and alpha if one value is transparent, which Pillow would ignore."""
    clear = image.info.get("transparency")
    if image.mode != _FINE_GREY or not isinstance(clear, int):
        return image
    paper = Image.new("LA", image.size)
    paper.info = {name: value for name, value in image.info.items() if name != "transparency"}
    for top in range(0, image.height, _LOOKED_AT_ROWS):
        rows = image.crop((0, top, image.width, min(image.height, top + _LOOKED_AT_ROWS)))
        low, high = Image.frombytes("LA", rows.size, rows.tobytes()).split()  # little-endian
        others = ImageChops.lighter(_others(low, clear & 255), _others(high, clear >> 8))
        paper.paste(Image.merge("LA", (high, others)), (0, top))
    return paper


def _others(band: Image.Image, value: int) -> Image.Image:
    """Return 0 where the band has the value, and 255 elsewhere."""
    return band.point([0 if number == value else 255 for number in range(256)])


def _orientation(exif: bytes | None) -> int:
    """Return the EXIF orientation, 1 to 8; 1 if there is none, or an invalid one."""
    parsed = Image.Exif()
    try:
        with reading():
            parsed.load(exif or b"")
            orientation = parsed.get(_EXIF_ORIENTATION, 1)
    except FileRefused:
        return 1
    return orientation if orientation in range(1, 9) else 1
