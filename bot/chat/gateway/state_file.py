"""Numbers that outlive the process, in a small file: whole or not at all, whenever it is killed."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import structlog

log = structlog.stdlib.get_logger(__name__)

_NOT_READ: tuple[type[Exception], ...] = (OSError, AttributeError, TypeError, ValueError)


def read(path: Path) -> Mapping[str, float]:
    """What cannot be read was never written."""
    try:
        told = {name: float(value) for name, value in json.loads(path.read_text("utf-8")).items()}
    except _NOT_READ:
        return {}
    return told if all(map(math.isfinite, told.values())) else {}


def write(path: Path, what: Mapping[str, float]) -> None:
    """Nothing to keep: there is no file."""
    try:
        if what:
            new = path.with_suffix(".new")
            new.write_text(json.dumps(what), "utf-8")
            new.replace(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("what the next process should know is not kept", file=path.name, why=error.strerror)
