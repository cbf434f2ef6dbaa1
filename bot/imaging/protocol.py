"""What the two processes share, beside the problems of `SourceProblem`."""

from pathlib import Path

#: The picture needs more time than was allowed; the same request may be sent again with more.
LATER = "later"
#: A file could not be read or written. Its content is not at fault.
DISK = "disk"


class NeedsMoreTime(Exception):
    """The work was not done within the time allowed. With more time, it may be possible."""


def scratch_of(into: Path) -> Path:
    """Where a copy may stand while `into` is made. A dead child leaves it: whoever asked takes it away."""
    return into.with_suffix(".clean")
