"""A copy of the database in one file, made while the bot runs."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL

from bot.domain.errors import OperatorError
from bot.store.address import address, place
from bot.store.sqlite_file import BUSY_SECONDS, beside, os_problem, require_there, sqlite_problem


def backup(url: str, path: Path) -> None:
    """Write a copy to `path`: an SQLite file, or an archive for PostgreSQL's pg_restore.

    A copy that was there before is replaced once the new one is whole. Raises `OperatorError`.
    """
    where = address(url)
    if isinstance(where, Path):
        _require_other_file(where, path)
        with _reading(where) as source, _written_beside(path) as partial:
            _copy_sqlite(source, partial, where)
    else:
        with _written_beside(path) as partial:
            _dump_postgres(where, partial)


def _require_other_file(database: Path, path: Path) -> None:
    require_there(database)
    own = [beside(database.resolve(), ending) for ending in ("", "-wal", "-shm", "-journal", ".lock")]
    if path.resolve() in own:
        raise OperatorError(f"{path} belongs to the database itself. Give the backup another name.")


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as source:
        try:
            source.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.Error as error:
            raise sqlite_problem(database, error) from error
        yield source


def _copy_sqlite(source: sqlite3.Connection, path: Path, database: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file is all there is of it
            _require_whole(copy, database)
    except sqlite3.Error as error:
        raise sqlite_problem(path, error) from error


def _require_whole(copy: sqlite3.Connection, database: Path) -> None:
    found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise OperatorError(
            f"{database} is damaged, and so would be its copy ({' '.join(found.split())}). "
            "No backup was made: stop the bot and restore an older one."
        )


def _dump_postgres(url: URL, path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise OperatorError(
            "pg_dump is not installed, and PostgreSQL is backed up with it. "
            "Install the PostgreSQL client of the server's version."
        )
    without_password = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    secrets = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    dumped = subprocess.run(  # noqa: S603  the operator's own program and URL, without a shell
        [program, "--format=custom", f"--file={path}", f"--dbname={without_password}"],
        env={**os.environ, **secrets},
        capture_output=True,
        text=True,
        check=False,
    )
    if dumped.returncode != 0:
        reason = (dumped.stderr.strip().splitlines() or ["it gave no reason"])[0]
        raise OperatorError(f"pg_dump could not back up {place(url)}: {reason}")


@contextmanager
def _written_beside(path: Path) -> Iterator[Path]:
    """A file to write to, that takes the place of `path` once it is whole and on the disk."""
    partial = path.absolute().with_name(f".{path.name}.partial")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            yield partial
            _flush(partial)
            partial.replace(path)
            _flush(partial.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise os_problem(path, error) from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
