"""Pictures whose files tell of people in every way that their formats have; and what a file still tells."""

import io
import struct
from collections.abc import Iterator

import pillow_heif
from PIL import Image, PngImagePlugin

#: Stands in whatever part of a file can hold text.
MARKER = "Anna Lantern's camera 59.913N"
_XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>{MARKER}</rdf></x:xmpmeta>'.encode()
#: Colorants of Display P3 for the white of profiles, as a wide screen has them.
_WIDE = {
    "rXYZ": (0.51512, 0.24120, -0.00105),
    "gXYZ": (0.29198, 0.69225, 0.04189),
    "bXYZ": (0.15710, 0.06657, 0.78407),
}
#: What a file may consist of if it tells nothing but its pixels.
_JPEG_PARTS = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}
_PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_WEBP_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
_JFIF_BYTES = 16


def telling_pictures() -> dict[str, bytes]:
    """One of each format that the bot takes, by its file extension or by what is special about it."""
    photo, clear = Image.new("RGB", (96, 64), (200, 100, 50)), Image.new("RGBA", (96, 64), (200, 100, 50, 90))
    exif, icc = _exif(), icc_profile(MARKER)
    return {
        "jpg": _with_iptc(_saved(photo, "JPEG", exif=exif, icc_profile=icc, comment=MARKER, xmp=_XMP)),
        "mpo.jpg": _saved(photo, "MPO", save_all=True, append_images=[photo], exif=exif, icc_profile=icc),
        "png": _saved(photo, "PNG", exif=exif, icc_profile=icc, pnginfo=_png_texts()),
        "clear.png": _saved(clear, "PNG", exif=exif, icc_profile=icc, pnginfo=_png_texts()),
        "indexed.png": _saved(photo.quantize(16), "PNG", exif=exif, icc_profile=icc, pnginfo=_png_texts()),
        "webp": _saved(photo, "WEBP", exif=exif, icc_profile=icc, xmp=_XMP),
        "clear.webp": _saved(clear, "WEBP", exif=exif, icc_profile=icc, xmp=_XMP),
        "gif": _saved(photo, "GIF", comment=MARKER, xmp=_XMP),
        "tiff": _saved(
            photo, "TIFF", exif=exif, icc_profile=icc, tiffinfo={270: MARKER, 315: MARKER, 700: _XMP}
        ),
        "bmp": _saved(photo, "BMP") + MARKER.encode(),
        "heic": _heif(photo, exif, icc),
        "avif": _saved(photo, "AVIF", exif=exif, icc_profile=icc, xmp=_XMP),
        "cmyk.jpg": _saved(photo.convert("CMYK"), "JPEG", exif=exif, comment=MARKER, xmp=_XMP),
        "grey.jpg": _saved(photo.convert("L"), "JPEG", exif=exif, comment=MARKER, xmp=_XMP),
    }


def what_it_tells(data: bytes) -> list[str]:
    """The parts of a JPEG, PNG or WebP file that are not its pixels, and the marker wherever it stands."""
    if data.startswith(b"\xff\xd8"):
        told = [f"JPEG {kind:02X}" for kind, size in _jpeg_parts(data) if _tells(kind, size)]
    elif data.startswith(b"\x89PNG"):
        told = [f"PNG {kind!r}" for kind in _png_parts(data) if kind not in _PNG_PARTS]
    elif data[8:12] == b"WEBP":
        told = [f"WebP {kind!r}" for kind in _webp_parts(data) if kind not in _WEBP_PARTS]
    else:
        told = ["an unknown format"]
    return told + ["the marker"] * (MARKER.encode() in data)


def icc_profile(description: str) -> bytes:
    """A profile of a screen with wide colours, as systems write them with the name of their owner."""
    text = description.encode("ascii") + b"\0"
    tags = {
        "desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        "cprt": b"text\0\0\0\0" + text,
        "wtpt": _xyz(0.9642, 1.0, 0.8249),
        **{name: _xyz(*colorant) for name, colorant in _WIDE.items()},
        **dict.fromkeys(
            ("rTRC", "gTRC", "bTRC"), b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
        ),
    }
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name.encode() + struct.pack(">II", start + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    header = struct.pack(
        ">I4sI4s4s4s12s4s",
        start + len(body),
        b"test",
        0x02400000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        bytes(12),
        b"acsp",
    )
    header += bytes(28) + struct.pack(">iii", *map(_fixed, (0.9642, 1.0, 0.8249)))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


# --- writing ------------------------------------------------------------------------------------------


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = exif[0x0110] = exif[0x013B] = exif[0x9C9D] = MARKER
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 54.0, 50.0), 3: "E", 4: (10.0, 45.0, 7.0)})
    exif.get_ifd(0x8769).update({0xA430: MARKER, 0x9003: "2026:03:14 12:00:00"})
    return exif.tobytes()


def _png_texts() -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", MARKER)
    texts.add_text("Comment", MARKER, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", _XMP.decode(), zip=True)
    texts.add(b"tIME", bytes([7, 234, 3, 14, 12, 0, 0]))
    return texts


def _with_iptc(jpeg: bytes) -> bytes:
    """With a Photoshop segment that holds a by-line."""
    byline = b"\x1c\x02\x50" + struct.pack(">H", len(MARKER)) + MARKER.encode()
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(byline)) + byline + b"\0" * (len(byline) % 2)
    segment = b"Photoshop 3.0\0" + block
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def _heif(image: Image.Image, exif: bytes, icc: bytes) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, exif=exif, xmp=_XMP, icc_profile=icc)
    return out.getvalue()


def _xyz(*colour: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *map(_fixed, colour))


def _fixed(value: float) -> int:
    return round(value * 65536)


# --- reading ------------------------------------------------------------------------------------------


def _tells(kind: int, size: int) -> bool:
    """JFIF's own segment has a fixed size, unless it carries a thumbnail."""
    return kind not in _JPEG_PARTS or (kind == 0xE0 and size != _JFIF_BYTES)


def _jpeg_parts(data: bytes) -> Iterator[tuple[int, int]]:
    """Marker and size of each segment; the pixels of the last one end the file."""
    at = 2
    while at < len(data) and data[at] == 0xFF:
        kind, (size,) = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])
        yield kind, size
        at += 2 + size
        if kind == 0xDA:  # the pixels
            at = data.index(b"\xff\xd9", at) + 2
    if at != len(data):
        yield 0, len(data) - at


def _png_parts(data: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8]
        at += size + 12


def _webp_parts(data: bytes) -> Iterator[bytes]:
    at = 12
    while at < len(data):
        (size,) = struct.unpack("<I", data[at + 4 : at + 8])
        yield data[at : at + 4]
        at += 8 + size + size % 2
