"""A backup: a copy of the database in one file, made while the bot runs."""

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import URL

from bot.domain.errors import OperatorError
from bot.fault_points import Point, reach
from bot.operating_system import flush, flush_folder
from bot.store.driver.database_url import address, place
from bot.store.driver.sqlite_file import beside, connect_to_read, os_problem, require_there, sqlite_problem

#: The work between two checks for a stop: 16 MB of copying, some milliseconds of verifying.
PAGES_AT_ONCE = 4096
INSTRUCTIONS_AT_ONCE = 100_000
#: How a backup begins: an SQLite file, or an archive of pg_dump.
BEGINNINGS = (b"SQLite format 3\0", b"PGDMP")
#: The name of the service in a libpq service file, which exists for one run of a program.
SERVICE = "bot"


def backup(url: str, path: Path) -> None:
    """Write a copy to `path`: an SQLite file, or an archive for PostgreSQL's pg_restore.

    An existing copy is replaced once the new one is complete; any other file is not. Raises `OperatorError`.
    """
    where = address(url)
    _require_free_or_backup(path)
    if isinstance(where, Path):
        _require_other_file(where, path)
        copy_file(where, path, threading.Event())
    else:
        with written_beside(path) as partial:
            run_postgres_program("pg_dump", where, "--format=custom", f"--file={partial}")


def copy_file(database: Path, path: Path, stop: threading.Event) -> None:
    """Copy an SQLite file. Once `stop` is set, the copying ends soon and leaves no file."""
    with _reading(database) as source, written_beside(path) as partial:
        _copy_sqlite(source, partial, database, stop)


def is_whole(copy: Path) -> bool:
    """Return whether an SQLite file passes its integrity check, which reads all of it."""
    try:
        with _reading(copy) as opened:
            return _complaint(opened) is None
    except (OperatorError, sqlite3.Error):
        return False


def _require_free_or_backup(path: Path) -> None:
    """Require that nothing is lost at `path`, such as a key, a file of settings, or a device."""
    try:
        if path.exists() and not (path.is_file() and _is_backup_or_empty(path)):
            raise OperatorError(f"{path} exists and is no backup. Give the backup another name.")
    except OSError as error:
        raise os_problem(path, error) from error


def _is_backup_or_empty(path: Path) -> bool:
    with path.open("rb") as file:
        beginning = file.read(max(map(len, BEGINNINGS)))
    return not beginning or beginning.startswith(BEGINNINGS)


def _require_other_file(database: Path, path: Path) -> None:
    require_there(database)
    own = [beside(database.resolve(), ending) for ending in ("", "-wal", "-shm", "-journal", ".lock")]
    if path.resolve() in own:
        raise OperatorError(f"{path} belongs to the database itself. Give the backup another name.")


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_to_read(database)) as source:
        try:
            source.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.Error as error:
            raise sqlite_problem(database, error) from error
        yield source


def _copy_sqlite(source: sqlite3.Connection, path: Path, database: Path, stop: threading.Event) -> None:
    def go_on(*_progress: int) -> int:
        if stop.is_set():
            raise OperatorError(f"The backup of {database} was stopped before it was complete.")
        return 0

    try:
        with closing(sqlite3.connect(path)) as copy:
            source.execute("BEGIN")  # one snapshot of the whole file, however long the copying takes
            source.backup(copy, pages=PAGES_AT_ONCE, progress=go_on)
            copy.execute("PRAGMA journal_mode = DELETE")  # so that it is a single file
            copy.set_progress_handler(stop.is_set, INSTRUCTIONS_AT_ONCE)
            _require_whole(copy, database)
    except sqlite3.Error as error:
        raise sqlite_problem(path, error) from error


def _require_whole(copy: sqlite3.Connection, database: Path) -> None:
    complaint = _complaint(copy)
    if complaint is not None:
        raise OperatorError(
            f"{database} is damaged, and its copy would be, too ({complaint}). "
            "No backup was made: stop the bot and restore an older one."
        )


def _complaint(opened: sqlite3.Connection) -> str | None:
    found: str = opened.execute("PRAGMA integrity_check(1)").fetchone()[0]
    return None if found == "ok" else " ".join(found.split())


def run_postgres_program(name: str, url: URL, *options: str) -> None:
    """Run pg_dump or pg_restore. The password is passed so that other users of the machine cannot see it."""
    program = shutil.which(name)
    if program is None:
        raise OperatorError(
            f"{name} is not installed, and PostgreSQL is backed up with pg_dump, restored with pg_restore. "
            "Install the PostgreSQL client of the server's version."
        )
    with _without_passwords(url) as (shown, secrets):
        done = subprocess.run(  # noqa: S603  the operator's own program and URL, without a shell
            [program, f"--dbname={shown}", *options],
            env={**os.environ, **secrets},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise OperatorError(f"{name} failed for {place(url)}: {reason}")


@contextmanager
def _without_passwords(url: URL) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the URL without passwords, and the environment variables with which libpq finds them."""
    query = dict(url.query)
    secrets = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    with ExitStack() as stack:
        if (passphrase := query.pop("sslpassword", None)) is not None:  # libpq has no variable for it
            service = stack.enter_context(NamedTemporaryFile("w", prefix="pg_service-"))
            service.write(f"[{SERVICE}]\nsslpassword={passphrase}\n")
            service.flush()
            query["service"] = SERVICE
            secrets["PGSERVICEFILE"] = service.name
        shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
        yield shown.render_as_string(), secrets


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Yield a temporary file, which replaces `path` once it is complete and on the disk."""
    partial = path.absolute().with_name(f".{path.name}.partial")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            reach(Point.BACKUP_BEGUN)
            yield partial
            flush(partial)
            reach(Point.BACKUP_COPIED)
            partial.replace(path)
            flush_folder(partial.parent)
            reach(Point.BACKUP_REPLACED)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise os_problem(path, error) from error
