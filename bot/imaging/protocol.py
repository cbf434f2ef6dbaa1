"""The protocol between the two processes, in addition to the problems of `SourceProblem`."""

from pathlib import Path

#: The picture needs more time than was allowed; the same request may be sent again with more.
LATER = "later"
#: A file could not be read or written. Its content is not at fault.
DISK = "disk"


class NeedsMoreTime(Exception):
    """The work was not done within the time allowed. With more time, it may be possible."""


def scratch_of(into: Path) -> Path:
    """Return the path of a temporary copy while `into` is made. The parent deletes it if the child dies."""
    return into.with_suffix(".clean")
