"""What a transaction may raise beside the errors of the functions in it."""

import sqlite3
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from bot.domain.errors import OperatorError, StoreUnavailable
from bot.domain.ids import JobId, RequestId
from bot.domain.job import JobState

E = TypeVar("E", bound=BaseException)


class NotMigrated(OperatorError):
    """There is no database, or none of this version, but nothing stands in the way of making it so."""

    def __init__(self, place: object, found: str) -> None:
        super().__init__(f"The database {place} is {found}. Run: python -m bot migrate")
        self.found = found


class DatabaseDamaged(OperatorError):
    """The SQLite file cannot be read, or is something else."""


class DatabaseInUse(OperatorError):
    """Another process holds the SQLite file."""

    def __init__(self, place: object, process: str) -> None:
        super().__init__(
            f"Another bot is using {place} (process {process}). Stop it first, "
            "or give this one a database of its own with DATABASE_URL."
        )
        self.process = process


class DatabaseUnavailable(StoreUnavailable):
    """The database is full, locked, closed or out of reach; the text is the database's own.

    Nothing of the transaction was kept. (Only if a connection broke during the very commit may it have been.)
    """


class StatementRefused(Exception):
    """The database refused a statement as it is: a bug. The text holds no value of any row."""


class StepRefused(Exception):
    """A step that `domain.job.STEPS` does not have: a bug."""

    def __init__(self, job_id: JobId, state: JobState, to: JobState) -> None:
        super().__init__(job_id, state, to)
        self.job_id, self.state, self.to = job_id, state, to


class RequestIdTaken(Exception):
    """Another job has this request of the provider already."""

    def __init__(self, request_id: RequestId) -> None:
        super().__init__(request_id)
        self.request_id = request_id


def explained(error: E) -> E | DatabaseUnavailable | StatementRefused:
    """The error of a database driver in our words; any other error as it is.

    Only the first line of its text is kept: PostgreSQL quotes whole rows in the lines after it.
    """
    if isinstance(error, PoolExhausted):
        return DatabaseUnavailable("all connections are in use")
    if not isinstance(error, StatementError):
        return error
    text = (str(error.orig).splitlines() or [type(error.orig).__name__])[0]
    says_why = StatementRefused(text) if _is_refusal(error) else DatabaseUnavailable(text)
    return says_why.with_traceback(error.__traceback__)


def _is_refusal(error: StatementError) -> bool:
    """Whether the statement or its values are at fault, and not the state of the database."""
    if not isinstance(error, DBAPIError):
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY)
    is_out_of_reach = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return not is_out_of_reach
