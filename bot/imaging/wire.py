"""The words and names that the two processes share, beside the problems of `SourceProblem`."""

from pathlib import Path

#: It takes longer than was allowed: the same request may be sent with more patience.
LATER = "later"
#: A file could not be read or written: no fault of its content.
DISK = "disk"


def scratch_of(into: Path) -> Path:
    """Where a copy may stand while `into` is made. A dead child leaves it: whoever asked takes it away."""
    return into.with_suffix(".clean")
