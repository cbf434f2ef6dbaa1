"""The restore of a backup, which does not trust the backup about what is still to be sent.

A job that waits in the backup may have been sent and paid after the backup was made. So it is looked up in
the provider's history first, like any request whose answer was lost.
"""

import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, NullPool, Table, create_engine, inspect, select, text, update
from sqlalchemy import Connection as CoreConnection
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import OperatorError
from bot.domain.job import ENDS, JobState
from bot.operating_system import flush_folder
from bot.store.driver import sqlite_file
from bot.store.driver.connection import Connection
from bot.store.driver.database_url import address, place
from bot.store.driver.postgres import postgres_problem, session_options
from bot.store.driver.single_transaction import transaction
from bot.store.driver.sqlite import writing_connection
from bot.store.driver.sqlite_file import RESTORING, beside
from bot.store.pictures import jobs as shelf
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.schema.tables import cards, jobs, metadata
from bot.store.servers import welcomes
from bot.store.upkeep.backup import copy_file, is_whole, run_postgres_program
from bot.store.upkeep.migrate import migrate, migrate_file

#: More ids than are given between two backups. Discord still shows buttons with these ids, and they must not
#: lead to newer jobs.
IDS_LEFT_OUT = 1_000_000
#: The endings of the files of an SQLite database that contain data.
PARTS = ("", "-wal", "-journal")
WHY = "restored from a backup: may have been sent since"


@dataclass(frozen=True, slots=True)
class Restored:
    #: The path of the database that was there before, with its -wal file; None if there was none.
    replaced: Path | None
    #: The number of jobs that are looked up in the provider's history.
    doubtful: int


def restore(url: str, backup: Path, *, at: datetime, is_forced: bool = False) -> Restored:
    """Put the backup in the place of the database, migrate it, and mark what may have been sent as doubtful.

    An existing SQLite file is moved aside if `is_forced`; a PostgreSQL database has to be empty.
    Raises `OperatorError`; then the database is as it was.
    """
    if not backup.is_file():
        raise OperatorError(f"There is no backup {backup}.")
    where = address(url)
    if isinstance(where, Path):
        return _restore_file(where, backup, at, is_forced=is_forced)
    return _restore_postgres(where, url, backup, at)


def distrust(connection: Connection, at: datetime) -> int:
    """Mark all jobs that may have been sent since the backup as doubtful, and return their number.

    Servers that the bot has joined meanwhile may have been welcomed, too.
    """
    _leave_ids_out(connection)
    welcomes.begin_again(connection, at=at)
    unfinished = select(jobs.c.card_id).where(jobs.c.state.not_in(ENDS))
    # It is not known what the messages of these cards show now: the bot reads them before it edits them.
    connection.execute(update(cards).where(cards.c.id.in_(unfinished)).values(shown_revision=-1))
    return _doubt(connection, JobState.QUEUED, at) + _doubt(connection, JobState.SUBMITTING, at)


def _doubt(connection: Connection, state: JobState, at: datetime) -> int:
    waiting = connection.execute(select(*JOB).where(jobs.c.state == state)).all()
    for row in waiting:
        job = job_from(row)
        since = job.submitted_at or job.state_at
        if state is JobState.QUEUED:
            sent = shelf.step(connection, job, JobState.SUBMITTING, at=at, why=WHY, submitted_at=since)
            assert sent is not None, "no other process uses the database"
            job = sent
        shelf.step(connection, job, JobState.UNRESOLVED, at=at, why=WHY)
    return len(waiting)


def _leave_ids_out(connection: Connection) -> None:
    for table in (cards, jobs):
        if connection.dialect.name == "sqlite":
            _leave_out_in_file(connection, table)
        else:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(text(f"SELECT setval({sequence}, nextval({sequence}) + {IDS_LEFT_OUT})"))


def _leave_out_in_file(connection: Connection, table: Table) -> None:
    name = {"name": table.name}
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), name) or 0
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), name)
    next_ = {**name, "seq": last + IDS_LEFT_OUT}
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), next_)


# --- SQLite -------------------------------------------------------------------------------------------


def _restore_file(database: Path, backup: Path, at: datetime, *, is_forced: bool) -> Restored:
    if not is_whole(backup):
        raise OperatorError(f"{backup} is damaged, or is no SQLite database. Restore another backup.")
    with sqlite_file.held_lock(database):
        if _parts(database) and not is_forced:
            raise OperatorError(
                f"{database} exists. Use --force to replace it; it is moved aside, not deleted."
            )
        restoring = beside(database, RESTORING)
        _remove(restoring)
        try:
            copy_file(backup, restoring, threading.Event())
            doubtful = _made_cautious(restoring, at)
            replaced = _moved_aside(database, at)
            restoring.replace(database)
            flush_folder(database.parent)
        except OSError as error:
            raise sqlite_file.os_problem(database, error) from error
        finally:
            if database.exists():  # else `restoring` may be the only copy
                _remove(restoring)
    return Restored(replaced, doubtful)


def _made_cautious(restoring: Path, at: datetime) -> int:
    migrate_file(restoring)
    with writing_connection(restoring) as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        doubtful = distrust(connection, at)
        connection.exec_driver_sql("COMMIT")
    with closing(sqlite_file.connect(restoring)) as driver:
        driver.execute("PRAGMA journal_mode = DELETE")  # one file again, which can be moved
    return doubtful


def _moved_aside(database: Path, at: datetime) -> Path | None:
    """Move the file before its -wal file: a start that finds the -wal file alone creates no new database."""
    parts = _parts(database)
    if not parts:
        return None
    aside = beside(database, f".replaced-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if _parts(aside):
        raise OperatorError(f"{aside} already exists. Move it away, then restore again.")
    for ending in parts:
        beside(database, ending).rename(beside(aside, ending))
    beside(database, "-shm").unlink(missing_ok=True)
    return aside


def _parts(database: Path) -> Sequence[str]:
    return [ending for ending in PARTS if beside(database, ending).exists()]


def _remove(path: Path) -> None:
    for ending in (*PARTS, "-shm", ".lock"):
        with suppress(OSError):
            beside(path, ending).unlink()


# --- PostgreSQL ---------------------------------------------------------------------------------------


def _restore_postgres(where: URL, url: str, backup: Path, at: datetime) -> Restored:
    engine = create_engine(
        where, poolclass=NullPool, connect_args=session_options(where), hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            _require_empty(connection, where)
    except DBAPIError as error:
        raise postgres_problem(where, error.orig) from error
    run_postgres_program(
        "pg_restore", where, "--exit-on-error", "--single-transaction", "--no-owner", str(backup)
    )
    migrate(url)
    with transaction(url) as connection:
        return Restored(None, distrust(connection, at))


def _require_empty(connection: CoreConnection, where: URL) -> None:
    if set(inspect(connection).get_table_names()) & set(metadata.tables):
        raise OperatorError(
            f"The database {place(where)} is not empty. Create an empty one, set DATABASE_URL to it, "
            "and restore there."
        )
