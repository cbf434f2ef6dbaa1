"""The errors of the database. A transaction may also raise the errors of its function."""

import sqlite3
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from bot.domain.errors import OperatorError, StoreUnavailable
from bot.domain.ids import JobId, RequestId
from bot.domain.job import JobState

E = TypeVar("E", bound=BaseException)


class NotMigrated(OperatorError):
    """The database is missing or has an old schema, which a migration can fix."""

    def __init__(self, place: object, found: str) -> None:
        super().__init__(f"The database {place} is {found}. Run: python -m bot migrate")
        self.found = found


class DatabaseDamaged(OperatorError):
    """The SQLite file is damaged, or is no SQLite file."""


class DatabaseInUse(OperatorError):
    """Another process uses the SQLite file."""

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


class StatementRefused(Exception):
    """The database refused a statement: a bug. The text contains no values of rows."""


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


def explained(error: E) -> E | DatabaseUnavailable | StatementRefused:
    """Translate the error of a database driver; return any other error unchanged.

    Only the first line of its text is kept: PostgreSQL quotes whole rows in the other lines.
    """
    if isinstance(error, PoolExhausted):
        return DatabaseUnavailable("all connections are in use")
    if not isinstance(error, StatementError):
        return error
    text = (str(error.orig).splitlines() or [type(error.orig).__name__])[0]
    says_why = StatementRefused(text) if _is_refusal(error) else DatabaseUnavailable(text)
    return says_why.with_traceback(error.__traceback__)


def _is_refusal(error: StatementError) -> bool:
    """Return whether the statement or its values are at fault, not the state of the database."""
    if not isinstance(error, DBAPIError):
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY)
    is_out_of_reach = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return not is_out_of_reach
