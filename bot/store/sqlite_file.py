"""An SQLite file as the operator sees it: locked, missing, damaged, full, unwritable. Knows no table."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import OperatorError
from bot.host import lock
from bot.store.errors import DatabaseDamaged, DatabaseInUse, NotMigrated

#: For statements of others, such as a person with a database browser.
BUSY_SECONDS = 5.0
#: Checking a larger file would keep the bot from starting for too long.
CHECKED_AT_START_MOST_BYTES = 64 * 1024 * 1024
OLDEST_SQLITE = (3, 35)  # RETURNING
#: Ending of the file that is about to take the database's place.
RESTORING = ".restoring"


@contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Keep every other process (and every other opening in this one) from the file.

    The lock is the kernel's, on a file beside the database: it ends with the process, however that ends.
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
    """A connection that writes; used by one thread at a time, though not always the same."""
    connection = _opened(path, "rw", busy_seconds)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    return _opened(path, "ro", BUSY_SECONDS)


def _opened(path: Path, mode: str, busy_seconds: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,  # transactions are begun and ended by us
        check_same_thread=False,
        timeout=busy_seconds,
    )


def create(path: Path) -> None:
    """Make an empty file that only its owner can read, unless there is one; never in place of a lost one."""
    require_not_torn(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise os_problem(path, error) from error


def require_not_torn(path: Path) -> None:
    """Refuse a database whose newest part is there, but not the file itself: opening would wipe it."""
    size = _size(path)
    for leftover in (beside(path, "-wal"), beside(path, "-journal")):
        if size == 0 and leftover.exists() and leftover.stat().st_size:
            raise OperatorError(
                f"{path} is missing or empty, but its newest changes are still in {leftover}. "
                "Put the file back beside it, or move both away and restore a backup."
            )
    if size == 0 and beside(path, RESTORING).exists():
        raise OperatorError(
            f"Putting a backup in the place of {path} was cut off. Do it again: python -m bot restore PATH"
        )


def _size(path: Path) -> int:
    """0 of what is not there. Raises `OperatorError` for what cannot even be looked at."""
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
            f"This Python comes with SQLite {'.'.join(map(str, version))}, but 3.35 or newer is needed. "
            "Use another Python, or PostgreSQL with DATABASE_URL."
        )


def os_problem(path: Path, error: OSError) -> OperatorError:
    if isinstance(error, FileNotFoundError):
        return OperatorError(f"The folder {path.parent} does not exist. Create it, or name another.")
    return OperatorError(
        f"{path} cannot be written: {error.strerror}. "
        "See that the bot's user may write the folder and that its disk has room."
    )


def sqlite_problem(path: Path, error: BaseException | None) -> OperatorError:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return damaged(path, str(error))
        case sqlite3.SQLITE_FULL:
            return OperatorError(f"The disk of {path} is full. Make room, then start again; nothing is lost.")
        case sqlite3.SQLITE_BUSY:
            return OperatorError(f"Another program keeps {path} locked. Close it, then start again.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            path = _unusable_part(path)
            return OperatorError(
                f"{path} cannot be written ({error}). See that the bot's user may write it and its folder."
            )
        case _:
            return OperatorError(f"{path} cannot be used ({error}). See that its disk works and has room.")


def _unusable_part(path: Path) -> Path:
    """The file that keeps the database from being used: often a -wal of another user, such as root."""
    parts = [beside(path, ending) for ending in ("-wal", "-shm")]
    return next((part for part in parts if part.exists() and not _may_write(part)), path)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise OperatorError(
            f"{path} is on a disk that cannot hold an SQLite database safely (journal mode {mode}). "
            "Use a local disk, or PostgreSQL with DATABASE_URL."
        )
    # FULL: a power cut must not make the bot forget that a request was about to be sent.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is forgotten is overwritten: without it, old prompts can be read in the file and its backups.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")  # shows whether anybody keeps it locked
    connection.execute("PRAGMA user_version = 1")  # shows whether it can be written
    connection.execute("ROLLBACK")


def damaged(path: Path, found: str) -> DatabaseDamaged:
    return DatabaseDamaged(
        f"{path} is damaged, or is no SQLite database ({' '.join(found.split())}). Nothing was changed. "
        "Restore a backup, which moves it aside: python -m bot restore --force PATH."
    )


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
