"""Numbers that outlive the process, in a small file: whole or not at all, whenever it is killed."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import structlog

log = structlog.stdlib.get_logger(__name__)

_NOT_READ: tuple[type[Exception], ...] = (OSError, AttributeError, TypeError, ValueError)


def read(path: Path) -> Mapping[str, float]:
    """Return no numbers if the file cannot be read."""
    try:
        numbers = {name: float(value) for name, value in json.loads(path.read_text("utf-8")).items()}
    except _NOT_READ:
        return {}
    return numbers if all(map(math.isfinite, numbers.values())) else {}


def write(path: Path, what: Mapping[str, float]) -> None:
    """Replace the file. With nothing to keep, delete it."""
    try:
        if what:
            new = path.with_suffix(".new")
            new.write_text(json.dumps(what), "utf-8")
            new.replace(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("state file cannot be written", file=path.name, why=error.strerror)
