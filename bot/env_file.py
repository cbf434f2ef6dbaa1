"""The encoding of a file with settings, which other programs may have written."""

import codecs
from pathlib import Path

#: The four bytes of UTF-32's mark begin with the two of UTF-16's.
ENCODINGS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}
MARK_BYTES = 4
#: The encoding of a file without a mark, by which of its first four bytes are zero.
UNMARKED: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}


def encoding_of(env_file: Path | None) -> str:
    """Detect the encoding by the first bytes: PowerShell writes UTF-16, and some editors mark UTF-8.

    Raises `OSError` for a folder, which Docker makes in place of a missing file, and for a pipe. The null
    device is an empty file.
    """
    if env_file is None or not env_file.exists():
        return "utf-8"
    if env_file.is_dir() or env_file.is_fifo():
        raise OSError("it is no regular file")
    with env_file.open("rb") as file:
        beginning = file.read(MARK_BYTES)
    unmarked = UNMARKED.get(tuple(not byte for byte in beginning), "utf-8")
    return next((name for mark, name in ENCODINGS.items() if beginning.startswith(mark)), unmarked)
