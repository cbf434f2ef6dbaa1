"""The checks of a file before it is decoded: its format, and whether it would need too much.

This module does not use Pillow. Every check is cheap, however the file was made.
"""

import mmap
import os
import re
import struct
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem

#: Enough for every signature, and for the list of brands of HEIC and AVIF.
FIRST_BYTES = 64
#: Cameras write up to twelve. Each scan is another pass over the whole picture.
MOST_SCANS = 32
#: Scanners write strips of some kilobytes. Each strip or tile is one call of the decoder.
MOST_PIECES = 20_000
#: TIFF 6.0 asks for multiples of 16.
LEAST_TILE = 16
#: The largest profiles for printing presses have three.
MOST_PROFILE_BYTES = 4_000_000
#: The directories of one TIFF file: pages, thumbnails, versions of a raw picture.
MOST_DIRECTORIES = 32
MOST_ENTRIES = 512

_SIGNATURES = (
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF....WEBP", "image/webp"),
    (rb"....ftyp.{4,}?avi[fs]", "image/avif"),
    (rb"....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", "image/heic"),
    (rb"BM.{4}\0\0\0\0", "image/bmp"),
    (rb"II\*\0|MM\0\*", "image/tiff"),
    (rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "image/jp2"),
    (rb"\0\0\0\x0cJXL \r\n\x87\n|\xff\x0a", "image/jxl"),
)
_KNOWN = tuple((re.compile(signature, re.DOTALL), kind) for signature, kind in _SIGNATURES)


def content_type(first_bytes: bytes) -> str | None:
    """Return the format of a file by its first bytes; None if it is no known picture."""
    for signature, kind in _KNOWN:
        if signature.match(first_bytes):
            return kind
    if re.match(rb"....ftyp", first_bytes, re.DOTALL) and b"avif" in first_bytes:
        return "image/avif"
    return None


# --- JPEG ---------------------------------------------------------------------------------------------

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_SHORTEST_FRAME = 6
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LOSSLESS_OR_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
#: In entropy-coded data 0xFF is followed by zero or by a restart's number; anything else is a marker. The one
#: with 1 has no segment. Reading a length after it would skip scans that a decoder finds.
_MARKER = re.compile(rb"\xff+[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Jpeg:
    """The structure of a JPEG. `samples` is the values per pixel: 1.5 with halved colours, else 3."""

    scans: int
    keeps_all: bool
    samples: float
    has_end: bool


def jpeg(path: Path) -> Jpeg:
    """Read the markers of the first picture in the file."""
    scans, samples, components, is_progressive, has_end = 0, 3.0, 3, False, False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for marker, start, length in _markers(data):
            if marker == _SOS:
                scans += 1
                if scans == 1 and length:
                    is_progressive |= data[start] < components  # a scan for each component
                if scans > MOST_SCANS:
                    raise FileRefused(SourceProblem.TOO_HEAVY)
            elif marker in _FRAMES and length >= _SHORTEST_FRAME:
                frame = data[start : start + length]
                components = frame[5]
                samples = _samples(frame)
                is_progressive |= marker in _LOSSLESS_OR_PROGRESSIVE
            has_end = marker == _EOI
    return Jpeg(scans, is_progressive, samples, has_end)


def _samples(frame: bytes) -> float:
    factors = [(factor >> 4) * (factor & 15) for factor in frame[7::3]]
    return sum(factors) / (max(factors, default=1) or 1)


def _markers(data: mmap.mmap) -> Iterator[tuple[int, int, int]]:
    """Yield each marker up to the end mark, with the start and the length of its segment's content."""
    at = 2
    while (found := _MARKER.search(data, at)) is not None:
        marker, at = data[found.end() - 1], found.end()
        if marker == _EOI:
            yield marker, at, 0
            return
        if marker == _SOI or at + 2 > len(data):
            continue
        (length,) = struct.unpack(">H", data[at : at + 2])
        yield marker, at + 2, max(0, length - 2)
        at += length


# --- PNG ----------------------------------------------------------------------------------------------

_PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT"})
#: The chunks to copy, and fewer chunks to try if the copy cannot be read: a bad chunk that other programs
#: ignore is no reason to refuse the picture. Texts and thumbnails are not needed.
PNG_ATTEMPTS = (
    _PIXELS | {b"tRNS", b"iCCP", b"acTL", b"fcTL", b"fdAT"},
    _PIXELS | {b"tRNS"},
    _PIXELS,
)
_MOST_PROFILE_NAME = 80
_LARGEST_EXIF = 65_536
_CHUNK_HEAD = 8
#: Behind the signature, the head of the first chunk, width and height.
_BITS_AT = 24
_COPIED_BYTES = 1_000_000


def png_without_extras(path: Path, into: Path, wanted: Collection[bytes]) -> bytes | None:
    """Copy the wanted chunks and an end mark; return the EXIF. An incomplete chunk ends the copy.

    Raises `FileRefused` for a colour profile that is too large.
    """
    exif = None
    with path.open("rb") as file, into.open("wb") as copy:
        copy.write(file.read(8))
        while len(head := file.read(_CHUNK_HEAD)) == _CHUNK_HEAD:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"IEND":
                break
            if kind == b"iCCP":
                _check_profile(file, length)
            if kind == b"eXIf" and length <= _LARGEST_EXIF:
                exif = file.read(length)
                file.seek(4, os.SEEK_CUR)
            elif kind not in wanted:
                file.seek(length + 4, os.SEEK_CUR)
            else:
                copy.write(head)
                if not _copy(file, copy, length + 4):
                    return exif
        copy.write(b"\0\0\0\0IEND\xaeB`\x82")
    return exif


def png_bits(path: Path) -> int:
    """Return the number of bits of a sample; 0 if the header is incomplete."""
    with path.open("rb") as file:
        return int.from_bytes(file.read(_BITS_AT + 1)[_BITS_AT:])


def _check_profile(file: BinaryIO, length: int) -> None:
    """Raise `FileRefused` if the profile is too long when unpacked. Invalid data is not checked here."""
    if length > MOST_PROFILE_BYTES:
        raise FileRefused(SourceProblem.TOO_HEAVY)
    start = file.tell()
    content = file.read(length)
    file.seek(start)
    packed = content[content.find(b"\0", 0, _MOST_PROFILE_NAME) + 2 :]
    with suppress(zlib.error):
        if len(zlib.decompressobj().decompress(packed, MOST_PROFILE_BYTES + 1)) > MOST_PROFILE_BYTES:
            raise FileRefused(SourceProblem.TOO_HEAVY)


def _copy(file: BinaryIO, copy: BinaryIO, length: int) -> bool:
    """Copy `length` bytes; return False if the file ends before."""
    while length:
        piece = file.read(min(length, _COPIED_BYTES))
        if not piece:
            return False
        copy.write(piece)
        length -= len(piece)
    return True


# --- TIFF ---------------------------------------------------------------------------------------------

_SUBFILE_TYPE, _WIDTH, _HEIGHT, _PHOTOMETRIC = 254, 256, 257, 262
_STRIP_OFFSETS, _ROWS_PER_STRIP, _TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS = 273, 278, 322, 323, 324
_SUB_DIRECTORIES, _DNG_VERSION = 330, 50706
_TIFF_HEAD = 8
#: The data of a camera's sensor, which is not converted to colours yet.
_RAW_PHOTOMETRICS = (32803, 34892)
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I"}

#: The values of each tag with their number; long lists have only the number.
Directory = dict[int, tuple[int, tuple[int, ...]]]


def check_tiff(path: Path) -> int:
    """Return how many rows are decoded at once.

    Raises `FileRefused` for too many pieces, and for a camera's raw file, of which only a thumbnail can be
    read.
    """
    with path.open("rb") as file:
        found = _directories(file)
    if not found:
        raise FileRefused(SourceProblem.BROKEN)
    first = found[0]
    if _is_camera_raw(found):
        raise FileRefused(SourceProblem.NOT_A_PICTURE)
    pieces = max(first.get(tag, (0, ()))[0] for tag in (_STRIP_OFFSETS, _TILE_OFFSETS))
    tile = [_number(first, tag, LEAST_TILE) for tag in (_TILE_WIDTH, _TILE_HEIGHT)]
    if pieces > MOST_PIECES or min(tile) < LEAST_TILE:
        raise FileRefused(SourceProblem.TOO_HEAVY)
    height = _number(first, _HEIGHT, 0)
    return min(height, tile[1] if _TILE_OFFSETS in first else _number(first, _ROWS_PER_STRIP, height))


def _is_camera_raw(found: list[Directory]) -> bool:
    """Return whether this is a camera's raw file. Its images differ much more in size than scanned pages."""
    first = found[0]
    if _DNG_VERSION in first or _number(first, _SUBFILE_TYPE, 0) & 1:
        return True
    return any(
        _number(directory, _PHOTOMETRIC, 0) in _RAW_PHOTOMETRICS or _pixels(directory) > 2 * _pixels(first)
        for directory in found
    )


def _pixels(directory: Directory) -> int:
    return _number(directory, _WIDTH, 0) * _number(directory, _HEIGHT, 0)


def _number(directory: Directory, tag: int, otherwise: int) -> int:
    _, values = directory.get(tag, (0, ()))
    return values[0] if values else otherwise


def _directories(file: BinaryIO) -> list[Directory]:
    head = file.read(_TIFF_HEAD)
    order = "<" if head[:2] == b"II" else ">"
    waiting = [struct.unpack(order + "I", head[4:8])[0]] if len(head) == _TIFF_HEAD else []
    found: list[Directory] = []
    seen = {0}
    while waiting and len(found) < MOST_DIRECTORIES:
        at = waiting.pop(0)
        if at in seen:
            continue
        seen.add(at)
        directory, following = _directory(file, at, order)
        found.append(directory)
        waiting += [following, *directory.get(_SUB_DIRECTORIES, (0, ()))[1]]
    return found


def _directory(file: BinaryIO, at: int, order: str) -> tuple[Directory, int]:
    """Read the directory at this offset; return it with the offset of the next one (0 = none)."""
    file.seek(at)
    (count,) = struct.unpack(order + "H", file.read(2).ljust(2, b"\0"))
    entries = file.read(12 * min(count, MOST_ENTRIES))
    tail = file.read(4) if count <= MOST_ENTRIES else b""
    directory: Directory = {}
    for start in range(0, len(entries) - 11, 12):
        tag, kind, length = struct.unpack(order + "HHI", entries[start : start + 8])
        directory[tag] = length, _values(file, order, kind, length, entries[start + 8 : start + 12])
    (following,) = struct.unpack(order + "I", tail.ljust(4, b"\0")[:4])
    return directory, following


def _values(file: BinaryIO, order: str, kind: int, length: int, content: bytes) -> tuple[int, ...]:
    letter = _NUMBERS.get(kind)
    if letter is None or length > MOST_DIRECTORIES:
        return ()
    size = struct.calcsize(letter) * length
    if size > len(content):
        file.seek(struct.unpack(order + "I", content)[0])
        content = file.read(size)
    return struct.unpack(order + letter * length, content[:size]) if len(content) >= size else ()
