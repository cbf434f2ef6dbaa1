"""The connection that transaction functions are given: SQLAlchemy's statements on the bare drivers."""

import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Dialect, Executable

from bot.store.compiled import POSTGRES, SQLITE, Compiled, compiled
from bot.store.errors import StatementRefused, explained

Driver: TypeAlias = sqlite3.Connection | psycopg.Connection[Any]
#: A named tuple of the statement's columns, in the types of the schema.
Row: TypeAlias = Any


class Rows(list[Any]):
    """All rows of a statement, or the first values of all."""

    #: How many rows the statement has found or changed.
    rowcount: int

    def __init__(self, rows: Iterable[Any] = (), rowcount: int = 0) -> None:
        super().__init__(rows)
        self.rowcount = rowcount

    def one(self) -> Any:
        (row,) = self
        return row

    def one_or_none(self) -> Any:
        return self.one() if self else None

    def first(self) -> Any:
        return self[0] if self else None

    def all(self) -> list[Any]:
        return self

    def scalar_one(self) -> Any:
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        return self.scalar_one() if self else None


class Connection:
    """Runs statements in the transaction that its owner has begun, and will end.

    Raises the exceptions of `bot.store.errors`, not the driver's.
    """

    __slots__ = ("changes", "dialect", "driver")

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.dialect: Dialect = SQLITE if isinstance(driver, sqlite3.Connection) else POSTGRES
        #: How many statements so far may have changed something.
        self.changes = 0

    def execute(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] = {}
    ) -> Rows:
        """Run the statement; for several mappings of values, once for each."""
        if isinstance(values, Mapping):
            return self._run(statement, values)
        results = [self._run(statement, each) for each in values]
        return Rows([row for rows in results for row in rows], sum(rows.rowcount for rows in results))

    def scalars(self, statement: Executable, values: Mapping[str, Any] = {}) -> Rows:
        """Return the first column."""
        rows = self.execute(statement, values)
        return Rows([row[0] for row in rows], rows.rowcount)

    def scalar(self, statement: Executable, values: Mapping[str, Any] = {}) -> Any:
        """Return the first value; None without a row."""
        first = self.execute(statement, values).first()
        return None if first is None else first[0]

    def exec_driver_sql(self, text: str, parameters: Any = None) -> Rows:
        """Run a statement in the driver's own words, or several without parameters on PostgreSQL."""
        self.changes += 1
        return self._rows(text, parameters, None)

    @property
    def is_in_transaction(self) -> bool:
        """Return whether a transaction is open, though it may have failed."""
        if isinstance(self.driver, sqlite3.Connection):
            return self.driver.in_transaction
        return self.driver.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    @property
    def can_commit(self) -> bool:
        """Return whether a transaction is open in which no statement has failed for good."""
        if isinstance(self.driver, sqlite3.Connection):
            return self.driver.in_transaction
        return self.driver.info.transaction_status == TransactionStatus.INTRANS

    def _run(self, statement: Executable, values: Mapping[str, Any]) -> Rows:
        try:
            form = compiled(statement, self.dialect, values)
            parameters = form.parameters(values)
        except (ValueError, TypeError, LookupError) as error:  # of the types that store our values
            raise StatementRefused(str(error)) from None
        self.changes += form.changes_rows
        return self._rows(form.text, parameters, form)

    def _rows(self, text: str, parameters: Any, form: Compiled | None) -> Rows:
        try:
            cursor = self._cursor(text, parameters)
            found = cursor.fetchall() if cursor.description else ()
        except (sqlite3.Error, psycopg.Error) as error:
            raise explained(error, is_lost=self.is_lost) from None
        if form is None or form.row is None:
            return Rows(_named(cursor.description, found), cursor.rowcount)
        return Rows(form.rows(found), cursor.rowcount)

    def _cursor(self, text: str, parameters: Any) -> Any:
        driver: Any = self.driver  # the two do not share a type
        return driver.execute(text) if parameters is None else driver.execute(text, parameters)

    @property
    def is_lost(self) -> bool:
        """Return whether the connection is broken, which happens to those with a server."""
        return isinstance(self.driver, psycopg.Connection) and self.driver.closed


def _named(description: Sequence[Any] | None, found: Iterable[Sequence[Any]]) -> Iterable[Any]:
    """Make rows of a statement that does not say which columns it has."""
    if description is None:
        return ()
    row = namedtuple("Row", [column[0] for column in description], rename=True)  # type: ignore[misc]  # noqa: PYI024  the columns are known here
    return map(row._make, found)
