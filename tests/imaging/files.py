"""The file table: what strangers may send, made here, so that none has to be kept."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageCms

from bot.domain.failure import SourceProblem

ODD_EXIF = bytes.fromhex("0008000201120003")
EXIF_ORIENTATION = 0x0112


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(0).randbytes(width * height * 3))


def scene(width: int, height: int) -> Image.Image:
    """Red at the left, blue at the right, darker towards the bottom: whatever is turned or cut off shows."""
    ramp = Image.linear_gradient("L")
    red, blue = ramp.rotate(90), ramp.rotate(270)
    small = Image.merge("RGB", (red, ramp.point(lambda grey: 128 - grey // 2), blue))
    return small.resize((width, height), Image.Resampling.BILINEAR)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    """After the header."""
    return png[:33] + chunk(kind, data) + png[33:]


def wide_gamut_profile() -> bytes:
    """Red and blue change places: whoever drops it, or keeps it for other colours, can be seen."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    table = srgb[:400].replace(b"rXYZ", b"swap").replace(b"bXYZ", b"rXYZ").replace(b"swap", b"bXYZ")
    return table + srgb[400:]


def long_profile(size: int) -> bytes:
    """The same, with as many bytes as tables for a printing press take."""
    profile = wide_gamut_profile()
    return struct.pack(">I", size) + profile[4:] + bytes(size - len(profile))


def heic(width: int, height: int, **options: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(scene(width, height)).save(out, quality=50, **options)
    return out.getvalue()


def chunk_behind(png: bytes, kind: bytes, data: bytes) -> bytes:
    """After the pixels, before the end mark."""
    return png[:-12] + chunk(kind, data) + png[-12:]


#: What other programs pass over in a PNG: too short, out of order, or nonsense.
BAD_CHUNKS = {
    "acTL": b"\0",
    "fcTL": bytes(7),
    "fdAT": b"\0\0\0\1abcd",
    "tRNS": b"\0",
    "iCCP": b"",
    "iCCP without an end of its name": b"abc",
    "iCCP packed in an unknown way": b"abc\0\7abc",
    "iCCP cut off": b"abc\0\0" + zlib.compress(bytes(5000))[:9],
    "gAMA": b"\0",
    "cHRM": b"\0",
    "pHYs": b"\0",
    "PLTE": bytes(5),
}


#: What other programs show without a word.
ODD = {
    "png, odd exif": with_chunk(encoded(scene(300, 200), "PNG"), b"eXIf", ODD_EXIF),
    "jpeg, odd exif": encoded(scene(300, 200), "JPEG", exif=b"Exif\0\0" + ODD_EXIF),
    "webp, odd exif": encoded(scene(300, 200), "WEBP", exif=ODD_EXIF),
    "heic, odd exif": heic(300, 200, exif=b"Exif\0\0" + ODD_EXIF),
    "png, text of 2 MB": with_chunk(
        encoded(scene(300, 200), "PNG"), b"tEXt", b"Comment\0" + b"x" * 2_000_000
    ),
    "png, wrong checksum": with_chunk(encoded(scene(300, 200), "PNG"), b"tEXt", b"a\0b").replace(
        chunk(b"tEXt", b"a\0b"), chunk(b"tEXt", b"a\0b")[:-4] + b"oops"
    ),
    **{
        f"png, bad {name}": with_chunk(encoded(scene(300, 200), "PNG"), name[:4].encode(), data)
        for name, data in BAD_CHUNKS.items()
    },
    **{
        f"png, bad {name} behind": chunk_behind(encoded(scene(300, 200), "PNG"), name[:4].encode(), data)
        for name, data in BAD_CHUNKS.items()
    },
    "png, no end mark": encoded(scene(300, 200), "PNG")[:-12],
    "jpeg, last two bytes": encoded(scene(300, 200), "JPEG")[:-2],
    "progressive, last two bytes": encoded(scene(300, 200), "JPEG", progressive=True)[:-2],
    "jpeg, more behind": encoded(scene(300, 200), "JPEG") + b"GIF89a",
}


# --- what is made to harm -----------------------------------------------------------------------------


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 60,000 pixels wide and high."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def flat_png(width: int, height: int, bits: int, colours: int, channels: int) -> bytes:
    """Of one colour, and so of next to no bytes."""
    packer = zlib.compressobj(9)
    row = b"\0" + bytes(width * channels * bits // 8)
    body = b"".join([packer.compress(row) for _ in range(height)]) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


#: A grey that is not the brightest, by the bits of a sample: the bytes of some pixels, and its value.
GREYS = {1: (b"\xff", 1), 2: (b"\xaa", 2), 4: (b"\xaa", 10), 8: (b"\xaa", 170), 16: (b"\x9c\x40", 40_000)}


def clear_grey_png(bits: int, width: int = 64) -> bytes:
    """Black at the left; at the right a transparent grey: there is no alpha, but a chunk names the value."""
    pixels, value = GREYS[bits]
    half = width * bits // 16
    row = b"\0" + bytes(half) + pixels * (half // len(pixels))
    header = struct.pack(">IIBBBBB", width, 64, bits, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"tRNS", struct.pack(">H", value))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IDAT", zlib.compress(row * 64)) + chunk(b"IEND", b"")


def many_scans(width: int = 4000, height: int = 4000, scans: int = 9000) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = encoded(Image.new("L", (width, height), 128), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + b"\xff\xd9"


def hidden_scans(scans: int = 9000) -> bytes:
    """The same, each behind a mark without a length: whoever takes what follows for one sees none of them."""
    data = many_scans(scans=1)
    start = data.rindex(b"\xff\xda")
    return data[:start] + (b"\xff\x01" + data[start:-2]) * scans + b"\xff\xd9"


def unpacked_profile(size: int) -> bytes:
    """A colour profile that is next to nothing while it is packed."""
    return with_chunk(encoded(scene(300, 200), "PNG"), b"iCCP", b"a\0\0" + zlib.compress(bytes(size), 9))


def tiff(width: int, height: int, tags: dict[int, tuple[int, int, int]], more: bytes = b"") -> bytes:
    """A TIFF of one directory: number, type, count and value of each tag; `more` begins at byte 8."""
    found = {256: (4, 1, width), 257: (4, 1, height), 258: (3, 1, 8), 259: (3, 1, 1), 262: (3, 1, 1), **tags}
    entries = b"".join(struct.pack("<HHII", tag, *found[tag]) for tag in sorted(found))
    start = 8 + len(more)
    return b"II*\0" + struct.pack("<I", start) + more + struct.pack("<H", len(found)) + entries + b"\0\0\0\0"


def tiny_tiles(side: int = 300) -> bytes:
    """Each pixel is a tile of its own, and all of them are the same one."""
    count = side * side
    places = struct.pack("<I", 8) * count
    tags = {322: (4, 1, 1), 323: (4, 1, 1), 324: (4, count, 12), 325: (4, count, 12)}
    return tiff(side, side, tags, b"\xff\0\0\0" + places)


def many_strips(rows: int = 30_000) -> bytes:
    places = struct.pack("<I", 8) * rows
    tags = {273: (4, rows, 80), 278: (4, 1, 1), 279: (4, rows, 80)}
    return tiff(64, rows, tags, bytes(72) + places)


def camera_raw() -> bytes:
    """A thumbnail first, as cameras have it, and the sensor's numbers in a directory below."""
    pixels = bytes(160 * 120)
    below = struct.pack("<H", 3)
    below += struct.pack("<HHII", 256, 4, 1, 6000) + struct.pack("<HHII", 257, 4, 1, 4000)
    below += struct.pack("<HHII", 262, 3, 1, 32803) + b"\0\0\0\0"
    tags = {
        254: (4, 1, 1),
        273: (4, 1, 8),
        277: (3, 1, 1),
        278: (4, 1, 120),
        279: (4, 1, len(pixels)),
        330: (4, 1, 8 + len(pixels)),
    }
    return tiff(160, 120, tags, pixels + below)


def large_profile(size: int = 9_000_000) -> bytes:
    profile = random.Random(1).randbytes(size)
    return encoded(scene(512, 512), "JPEG", icc_profile=profile)


def empty_frames(width: int = 1200, height: int = 800, frames: int = 60) -> bytes:
    """Nothing is on any of them; each changes something that nobody sees."""
    pictures = [Image.new("P", (width, height), 0) for _ in range(frames)]
    for number, picture in enumerate(pictures):
        picture.putpalette([number, 0, 0] * 256)
        picture.info["transparency"] = 0
    return encoded(
        pictures[0],
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        transparency=0,
        disposal=2,
        optimize=False,
    )


def large_heic(width: int = 8064, height: int = 6048) -> bytes:
    """A small one that says it is large: it is refused before anybody finds out."""
    return heic(64, 64).replace(struct.pack(">II", 64, 64), struct.pack(">II", width, height))


@dataclass(frozen=True)
class Hostile:
    """A file that is made to harm; None: it is opened all the same."""

    name: str
    make: Callable[[], bytes]
    problem: SourceProblem | None


def _photograph(kind: str, width: int, height: int, **options: object) -> Callable[[], bytes]:
    return lambda: encoded(scene(width, height), kind, **options)


HOSTILE = (
    Hostile("tiles of one pixel", tiny_tiles, SourceProblem.TOO_HEAVY),
    Hostile("30,000 strips", many_strips, SourceProblem.TOO_HEAVY),
    Hostile("9,000 scans", many_scans, SourceProblem.TOO_HEAVY),
    Hostile("as many scans as may be", lambda: many_scans(5000, 5000, 20), None),
    Hostile("a profile of 9 MB", large_profile, SourceProblem.TOO_HEAVY),
    Hostile("9,000 hidden scans", hidden_scans, SourceProblem.TOO_HEAVY),
    Hostile("a packed profile of 400 MB", lambda: unpacked_profile(400_000_000), SourceProblem.TOO_HEAVY),
    Hostile("a bomb", a_bomb, SourceProblem.TOO_MANY_PIXELS),
    Hostile("100 megapixels of one grey", lambda: flat_png(10_000, 10_000, 8, 0, 1), SourceProblem.TOO_HEAVY),
    Hostile("16 bits of grey", lambda: flat_png(7_000, 5_500, 16, 0, 1), None),
    Hostile("16 bits of four colours", lambda: flat_png(5_000, 4_000, 16, 6, 4), None),
    Hostile("108 megapixels", _photograph("JPEG", 12_000, 9_000), None),
    Hostile("nothing on 60 frames", empty_frames, None),
    Hostile("48 megapixels of HEIC", large_heic, SourceProblem.TOO_HEAVY),
    Hostile("a raw picture", camera_raw, SourceProblem.NOT_A_PICTURE),
)
