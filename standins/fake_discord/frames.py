"""The encoding of frames: JSON, as text or as one zlib or zstd stream for the whole connection.

Knows no sessions, and of a frame only that it has `op`, `d`, `s` and `t`.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import zlib
from collections.abc import Callable, Mapping

from standins.fake_discord.close_codes import CloseCode
from standins.fake_discord.model import Json

Encoder = Callable[[str], str | bytes]
"""From a frame's text to what is sent; it keeps the state of the stream."""

VERSIONS = frozenset({"9", "10"})
"""Those that Discord does not call deprecated."""
_MOST_HEARD_BYTES = 4096
_EMPTY: Json = {"op": None, "d": None, "s": None, "t": None}


class RefusedError(Exception):
    """A client's request or frame is wrong: the connection is closed with `code`."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code)
        self.code = code


def frame(payload: Json) -> str:
    """The text of a frame; missing fields are null."""
    return json.dumps(_EMPTY | payload)


def heard(data: str | bytes) -> tuple[int, object]:
    """Op and data of a client's frame, text or binary. Raises RefusedError."""
    try:
        said = json.loads(data)
    except ValueError as error:
        raise RefusedError(CloseCode.DECODE_ERROR) from error
    if len(data) > _MOST_HEARD_BYTES or not isinstance(said, dict) or not isinstance(said.get("op"), int):
        raise RefusedError(CloseCode.DECODE_ERROR)
    return said["op"], said.get("d")


def encoder(query: Mapping[str, str]) -> Encoder:
    """The encoding and compression that the query of the address asks for. Raises RefusedError.

    Discord also speaks ETF, which this stand-in does not, and zstd, which here takes Python 3.14 or
    the package zstandard: just where discord.py asks for it. What Discord says to an unknown encoding or
    compression is not documented; here it is 4002.
    """
    if query.get("v", "10") not in VERSIONS:
        raise RefusedError(CloseCode.INVALID_API_VERSION)
    if query.get("encoding", "json") != "json":
        raise RefusedError(CloseCode.DECODE_ERROR)
    compress = query.get("compress")
    if compress == "zlib-stream":
        return _zlib_stream()
    if compress == "zstd-stream" and (zstd_stream := _zstd_stream()):
        return zstd_stream
    if compress:
        raise RefusedError(CloseCode.DECODE_ERROR)
    return plain


def plain(text: str) -> str:
    return text


def _zlib_stream() -> Encoder:
    stream = zlib.compressobj(level=1)

    def encode(text: str) -> bytes:
        return stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)

    return encode


def _zstd_stream() -> Encoder | None:
    """A zstd compressor, from the optional package zstandard, or from Python itself since 3.14."""
    if importlib.util.find_spec("zstandard"):
        zstandard = importlib.import_module("zstandard")
        stream = zstandard.ZstdCompressor(level=1).compressobj()
        return lambda text: bytes(
            stream.compress(text.encode()) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        )
    if importlib.util.find_spec("compression"):
        compressor = importlib.import_module("compression.zstd").ZstdCompressor(level=1)
        return lambda text: bytes(compressor.compress(text.encode(), mode=compressor.FLUSH_BLOCK))
    return None
