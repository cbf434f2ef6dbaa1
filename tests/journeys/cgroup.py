"""A limit of memory for a process and its children, kept by the kernel, as engines for containers set it."""

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

#: The controller of version 1, or all of version 2.
_PLACES = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))
_LIMITS = ("memory.limit_in_bytes", "memory.max")
_PEAKS = ("memory.max_usage_in_bytes", "memory.peak")
_JOIN = 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"'


class Group:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def around(self, command: Sequence[str]) -> list[str]:
        """The command, run in here."""
        return ["sh", "-c", _JOIN, "join", str(self._folder), *command]

    @property
    def peak_mb(self) -> int | None:
        """The most that all of them had at once, files of theirs in the cache included; None if not told."""
        told = [self._folder / name for name in _PEAKS if (self._folder / name).exists()]
        return int(told[0].read_text()) // 1024**2 if told else None


@contextmanager
def limited_to(megabytes: int) -> Iterator[Group]:
    """A group of processes that have ended when this does."""
    folder = _place() / f"picture-bot-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    try:
        (limit,) = [folder / name for name in _LIMITS if (folder / name).exists()]
        limit.write_text(str(megabytes * 1024**2))
        yield Group(folder)
    finally:
        folder.rmdir()


@cache
def why_no_limits() -> str | None:
    """Say why this machine does not let us, or None."""
    if os.geteuid() != 0:
        return "limiting a process's memory takes root"
    try:
        with limited_to(512):
            return None
    except (OSError, ValueError, StopIteration) as error:
        return f"this machine forbids control groups of one's own: {error}"


def _place() -> Path:
    return next(place for place in _PLACES if (place / "cgroup.procs").exists())
