"""The folder of dated copies of an SQLite file. The oldest are deleted only after a new one is complete.

The name of a copy has its start time in UTC, so that names sort by age.
"""

import re
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.errors import OperatorError
from bot.store.driver.database_url import address
from bot.store.driver.sqlite_file import damaged, os_problem, require_there
from bot.store.upkeep.backup import copy_file, is_whole

_NAME = re.compile(r"bot-(\d{8}T\d{6}Z)\.sqlite3")
_MOVED = re.compile(r".*\.replaced-(\d{8}T\d{6}Z)")
_TIME = "%Y%m%dT%H%M%SZ"
#: A copy must leave this much free for the database itself.
LEAST_LEFT_BYTES = 64 * 1024 * 1024


def is_for(url: str) -> bool:
    """Return whether the database is a file; PostgreSQL has its own tools."""
    return isinstance(address(url), Path)


def backup_into(
    folder: Path,
    url: str,
    *,
    at: datetime,
    keep: int,
    stop: threading.Event | None = None,
    least_left_bytes: int = LEAST_LEFT_BYTES,
) -> Path:
    """Make a new copy, then delete all but the newest `keep`; return its path.

    Raises `OperatorError`; then nothing was deleted, and no incomplete copy is left.
    """
    database = address(url)
    assert isinstance(database, Path), "the caller has asked `is_for`"
    require_there(database)
    copy = folder / f"bot-{at.astimezone(UTC).strftime(_TIME)}.sqlite3"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _delete_leftovers(folder)
        _require_room(folder, database, least_left_bytes)
        copy_file(database, copy, stop or threading.Event())
        _prune(folder, copy, keep)
    except OSError as error:
        raise os_problem(folder, error) from error
    return copy


def newest_first(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), reverse=True)


def made_at(copy: Path) -> datetime:
    match = _NAME.fullmatch(copy.name)
    assert match is not None, "the caller has it from `newest_first`"
    return datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)


def left_by_restore(url: str) -> list[tuple[Path, datetime]]:
    """Return the databases that restores have moved aside, with the time, oldest first."""
    database = address(url)
    if not isinstance(database, Path) or not database.parent.is_dir():
        return []
    found = [
        (path, _MOVED.fullmatch(path.name)) for path in database.parent.glob(f"{database.name}.replaced-*")
    ]
    dated = [(path, datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)) for path, match in found if match]
    return sorted(dated, key=lambda pair: pair[1])


def newest_good(folder: Path) -> Path | None:
    """Return the newest copy that is not damaged; reads copies from the newest on until one is good."""
    return next((copy for copy in newest_first(folder) if is_whole(copy)), None)


def require_whole(url: str) -> None:
    """Check all of an SQLite file, also while the bot runs. Raises `DatabaseDamaged`."""
    database = address(url)
    if isinstance(database, Path) and not is_whole(database):
        raise damaged(database, "not every page of it can be read")


def _delete_leftovers(folder: Path) -> None:
    """Delete incomplete copies, left by a process that ended while copying."""
    for leftover in folder.glob(".bot-*.sqlite3.partial*"):
        leftover.unlink(missing_ok=True)


def _require_room(folder: Path, database: Path, least_left_bytes: int) -> None:
    free, size = shutil.disk_usage(folder).free, database.stat().st_size
    if free - size < least_left_bytes:
        raise OperatorError(
            f"No backup was made: {free // 1_000_000} MB are free on the disk of {folder}, and a copy of "
            f"{size // 1_000_000} MB would leave too little. Free some space, or lower BACKUP_KEEP."
        )


def _prune(folder: Path, newest: Path, keep: int) -> None:
    """Delete the oldest copies, but never `newest`: the machine's clock may have been set back."""
    others = [copy for copy in newest_first(folder) if copy != newest]
    for old in others[keep - 1 :]:
        old.unlink(missing_ok=True)
