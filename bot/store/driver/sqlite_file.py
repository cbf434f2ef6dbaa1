"""The SQLite file: its lock, its connections, and the errors an operator can meet. It knows no table."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.domain.errors import OperatorError
from bot.operating_system import lock
from bot.store.driver.errors import DatabaseDamaged, DatabaseInUse, NotMigrated

#: How long to wait for other programs, such as a database browser.
BUSY_SECONDS = 5.0
#: The most memory for pages of the file. SQLite's own 2 MB hold too little of the indexes of many jobs.
CACHE_KIB = 64 * 1024
#: Checking a larger file would delay the start too long.
CHECKED_AT_START_MOST_BYTES = 64 * 1024 * 1024
OLDEST_SQLITE = (3, 35)  # RETURNING
#: The ending of the file that is about to replace the database.
RESTORING = ".restoring"


@contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Lock the file against every other process, and against a second opening in this one.

    It is a lock of the operating system on a file beside the database, which ends with the process. Unlike
    the library filelock, it says which process has it, and tells a file system without locks from a locked
    file.
    """
    try:
        descriptor = os.open(beside(path, ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise os_problem(beside(path, ".lock"), error) from error
    try:
        try:
            lock(descriptor)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode() or "unknown"
            raise DatabaseInUse(path, holder) from None
        except OSError as error:
            raise OperatorError(
                f"{path} is on a file system that cannot lock files ({error.strerror}), such as some network "
                "shares. Use a local disk, or PostgreSQL with DATABASE_URL."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def connect(path: Path, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open a connection that writes. Several threads may use it, but only one at a time."""
    connection: sqlite3.Connection = sqlite3.connect(**options(path, "rw", busy_seconds))
    try:
        prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write."""
    connection: sqlite3.Connection = sqlite3.connect(**options(path, "ro"))
    return connection


def options(path: Path, mode: str, busy_seconds: float = BUSY_SECONDS) -> dict[str, Any]:
    """Return what `sqlite3.connect` takes; `mode` is SQLite's: rw or ro."""
    return {
        "database": f"{path.absolute().as_uri()}?mode={mode}",
        "uri": True,
        "isolation_level": None,  # the callers begin and end transactions
        "check_same_thread": False,
        "timeout": busy_seconds,
    }


def create(path: Path) -> None:
    """Create an empty file that only its owner can read, unless it exists; never in place of a lost one."""
    require_not_torn(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise os_problem(path, error) from error


def require_not_torn(path: Path) -> None:
    """Raise `OperatorError` if the file is missing, but not its -wal file, which opening would delete."""
    size = _size(path)
    for leftover in (beside(path, "-wal"), beside(path, "-journal")):
        if size == 0 and leftover.exists() and leftover.stat().st_size:
            raise OperatorError(
                f"{path} is missing or empty, but its newest changes are still in {leftover}. "
                "Put the file back beside it, or move both away and restore a backup."
            )
    if size == 0 and beside(path, RESTORING).exists():
        raise OperatorError(
            f"The restore of {path} was interrupted. Run it again: python -m bot restore PATH"
        )


def _size(path: Path) -> int:
    """Return the size; 0 if there is no file. Raises `OperatorError` if it cannot be read."""
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError as error:
        raise os_problem(path, error) from error


def require_there(path: Path) -> None:
    require_not_torn(path)
    if not path.exists():
        raise NotMigrated(path, "not there yet")


def require_sound(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > CHECKED_AT_START_MOST_BYTES:
        return
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise damaged(path, found)


def require_version(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    if version < OLDEST_SQLITE:
        raise OperatorError(
            f"This Python has SQLite {'.'.join(map(str, version))}, but the bot needs 3.35 or newer. "
            "Use another Python, or PostgreSQL with DATABASE_URL."
        )


def os_problem(path: Path, error: OSError) -> OperatorError:
    if isinstance(error, FileNotFoundError):
        return OperatorError(f"The folder {path.parent} does not exist. Create it, or name another.")
    return OperatorError(
        f"{path} cannot be written: {error.strerror}. "
        "Check that the bot's user may write to the folder, and that its disk has free space."
    )


def sqlite_problem(path: Path, error: BaseException | None) -> OperatorError:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return damaged(path, str(error))
        case sqlite3.SQLITE_FULL:
            return OperatorError(f"The disk of {path} is full. Make room, then start again; nothing is lost.")
        case sqlite3.SQLITE_BUSY:
            return OperatorError(f"Another program has locked {path}. Close it, then start again.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            path = _unusable_part(path)
            return OperatorError(
                f"{path} cannot be written ({error}). Check that the bot's user may write it and its folder."
            )
        case _:
            return OperatorError(
                f"{path} cannot be used ({error}). Check that its disk works and has free space."
            )


def _unusable_part(path: Path) -> Path:
    """Return the file that cannot be written: often a -wal file of another user, such as root."""
    parts = [beside(path, ending) for ending in ("-wal", "-shm")]
    return next((part for part in parts if part.exists() and not _may_write(part)), path)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set a connection up for writing. Raises `OperatorError`, or the driver's errors."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise OperatorError(
            f"{path} is on a disk that cannot hold an SQLite database safely (journal mode {mode}). "
            "Use a local disk, or PostgreSQL with DATABASE_URL."
        )
    # FULL: after a power failure, the bot must still know that a request was about to be sent.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    # Overwrite what is deleted: otherwise, old prompts stay readable in the file and its backups.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")  # fails if another program has locked it
    connection.execute("PRAGMA user_version = 1")  # fails if it cannot be written
    connection.execute("ROLLBACK")


def damaged(path: Path, found: str) -> DatabaseDamaged:
    return DatabaseDamaged(
        f"{path} is damaged, or is no SQLite database ({' '.join(found.split())}). Nothing was changed. "
        "Restore a backup, which moves this file aside: python -m bot restore --force PATH."
    )


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
