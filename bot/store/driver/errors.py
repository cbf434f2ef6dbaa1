"""The errors of the database. A transaction may also raise the errors of its function."""

import sqlite3

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from bot.domain.errors import OperatorError, StoreUnavailable
from bot.domain.ids import JobId, RequestId
from bot.domain.job import JobState

#: The class of PostgreSQL's error codes for faults of its own, such as a damaged page.
_SERVER_FAULT = "XX"


class NotMigrated(OperatorError):
    """The database is missing or has an old schema, which a migration can fix."""

    def __init__(self, place: object, found: str) -> None:
        super().__init__(f"The database {place} is {found}. Run: python -m bot migrate")
        self.found = found


class DatabaseDamaged(OperatorError):
    """The SQLite file is damaged, or is no SQLite file."""


class DatabaseInUse(OperatorError):
    """Another process uses the database, which only one may use."""

    def __init__(self, place: object, process: str) -> None:
        super().__init__(
            f"Another bot is using {place} (process {process}). Stop it first, "
            "or give this one a database of its own with DATABASE_URL."
        )
        self.process = process


class DatabaseUnavailable(StoreUnavailable):
    """The database is full, locked, closed or unreachable. The text is from the database.

    The transaction was rolled back. (Only if the connection broke during the commit, it may be saved.)
    """


class TransactionUndone(DatabaseUnavailable):
    """The database undid the whole transaction, for another's sake or since the connection broke.

    Its functions can run again from the start.
    """


class LockTimeout(DatabaseUnavailable):
    """Another session did not give up a lock in time."""


class StatementRefused(Exception):
    """The database refused a statement: a bug. The text contains no values of rows."""


class ConstraintViolated(StatementRefused):
    """A row would break a constraint, such as a unique index."""


class StepRefused(Exception):
    """The step is not in `domain.job.STEPS`: a bug."""

    def __init__(self, job_id: JobId, state: JobState, to: JobState) -> None:
        super().__init__(job_id, state, to)
        self.job_id, self.state, self.to = job_id, state, to


class RequestIdTaken(Exception):
    """Another job already has this request of the provider."""

    def __init__(self, request_id: RequestId) -> None:
        super().__init__(request_id)
        self.request_id = request_id


def explained(
    error: sqlite3.Error | psycopg.Error, *, is_lost: bool
) -> DatabaseUnavailable | StatementRefused:
    """Translate the error of a driver. `is_lost`: the connection is broken.

    Only the first line of its text is kept: PostgreSQL quotes whole rows in the other lines.
    """
    text = (str(error).splitlines() or [type(error).__name__])[0]
    if is_lost or isinstance(error, DeadlockDetected | SerializationFailure):
        return TransactionUndone(text)
    if isinstance(error, LockNotAvailable):
        return LockTimeout(text)
    if isinstance(error, sqlite3.IntegrityError | psycopg.IntegrityError):
        return ConstraintViolated(text)
    return StatementRefused(text) if _is_refusal(error) else DatabaseUnavailable(text)


def _is_refusal(error: sqlite3.Error | psycopg.Error) -> bool:
    """Return whether the statement or its values are at fault, not the state of the database."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY)
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_SERVER_FAULT):
        return False
    return not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | sqlite3.InterfaceError)
