"""The connection that transaction functions are given: SQLAlchemy's statements on the bare drivers."""

import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import psycopg
from psycopg.errors import DuplicatePreparedStatement, InvalidSqlStatementName, ReadOnlySqlTransaction
from psycopg.pq import TransactionStatus
from sqlalchemy import Dialect, Executable

from bot.store.driver.compiled import POSTGRES, SQLITE, Compiled, compiled, together
from bot.store.driver.errors import StatementRefused, explained
from bot.store.driver.sealing import NO_CIPHER, TextCipher

Driver: TypeAlias = sqlite3.Connection | psycopg.Connection[Any]
#: A statement that changes something, and its values.
Write: TypeAlias = tuple[Executable, Mapping[str, Any]]
#: A named tuple of the statement's columns, in the types of the schema.
Row: TypeAlias = Any

#: After a failover, only a new connection leads to the server that writes. And a pool that takes prepared
#: statements away, or leaves others there, gives another session to a new connection.
NEED_ANOTHER_SESSION = (ReadOnlySqlTransaction, DuplicatePreparedStatement, InvalidSqlStatementName)


class Numbered(tuple[Any, ...]):
    """The values of PostgreSQL's $1, $2 and so on."""

    __slots__ = ()


class Rows(list[Any]):
    """All rows of a statement, or the first values of all."""

    __slots__ = ("rowcount",)
    #: How many rows the statement has found or changed.
    rowcount: int

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

    Raises the exceptions of `bot.store.driver.errors`, not the driver's.
    """

    __slots__ = ("_has_prepared", "_texts", "changes", "cipher", "dialect", "driver", "only_reads")

    def __init__(self, driver: Driver, cipher: TextCipher = NO_CIPHER, *, only_reads: bool = False) -> None:
        """`only_reads`: its transactions are begun as such, so that a refused write is a bug."""
        self.driver, self.cipher, self.only_reads = driver, cipher, only_reads
        self.dialect: Dialect = SQLITE if isinstance(driver, sqlite3.Connection) else POSTGRES
        #: How many statements so far may have changed something.
        self.changes = 0
        #: What ran since `begin`, on a server; None outside.
        self._texts: set[str] | None = None
        self._has_prepared = False

    def begin(self, text: str) -> None:
        """Begin a transaction that `commit` or `rollback` ends.

        What runs in it again is prepared: to plan a statement takes a server longer than to run it. Nothing
        prepared is left at the end, when a pool may give the session to somebody else.
        """
        self.exec_driver_sql(text)
        self._texts = set()

    def commit(self) -> None:
        self._end("COMMIT", "DEALLOCATE ALL; COMMIT")

    def rollback(self) -> None:
        # In one message, which no pool divides; where a statement has failed, ROLLBACK has to come first.
        self._end("ROLLBACK", "ROLLBACK; DEALLOCATE ALL")

    def _end(self, end: str, end_and_forget: str) -> None:
        self.exec_driver_sql(end_and_forget if self._has_prepared else end)
        self._texts, self._has_prepared = None, False

    def execute(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] = {}
    ) -> Rows:
        """Run the statement; for several mappings of values, once for each."""
        if isinstance(values, Mapping):
            return self._run(statement, values)
        results = [self._run(statement, each) for each in values]
        return rows_of([row for rows in results for row in rows], sum(rows.rowcount for rows in results))

    def execute_all(self, writes: Sequence[Write]) -> None:
        """Run statements none of which reads what another writes: with a server, in one go."""
        if self.dialect is SQLITE:
            for statement, values in writes:
                self._run(statement, values)
        else:
            forms = [self._form(statement, values) for statement, values in writes]
            text, places = together(tuple(form.text for form, _ in forms))
            self.changes += 1
            self._rows(text, Numbered(forms[number][1][name] for number, name in places), None)

    def scalars(self, statement: Executable, values: Mapping[str, Any] = {}) -> Rows:
        """Return the first column."""
        rows = self.execute(statement, values)
        return rows_of([row[0] for row in rows], rows.rowcount)

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
        form, parameters = self._form(statement, values)
        self.changes += form.changes_rows
        return self._rows(form.text, parameters, form)

    def _form(self, statement: Executable, values: Mapping[str, Any]) -> tuple[Compiled, dict[str, Any]]:
        try:
            form = compiled(statement, self.dialect, values)
            return form, form.parameters(values, self.cipher)
        except (ValueError, TypeError, LookupError) as error:  # of the types that store our values
            raise StatementRefused(str(error)) from None

    def _rows(self, text: str, parameters: Any, form: Compiled | None) -> Rows:
        try:
            cursor = self._cursor(text, parameters)
            has_rows = (form is not None and form.row is not None) or cursor.description
            found = cursor.fetchall() if has_rows else ()
        except (sqlite3.Error, psycopg.Error) as error:
            if isinstance(error, NEED_ANOTHER_SESSION) and not self.only_reads:
                self.driver.close()
            raise explained(error, is_lost=self.is_lost) from None
        if form is None or form.row is None:
            return rows_of(_named(cursor.description, found), cursor.rowcount)
        return rows_of(form.rows(found, self.cipher), cursor.rowcount)

    def _cursor(self, text: str, parameters: Any) -> Any:
        driver = self.driver
        if parameters is None:
            return driver.execute(text)
        if isinstance(driver, sqlite3.Connection):
            return driver.execute(text, parameters)
        cursor = psycopg.RawCursor(driver) if isinstance(parameters, Numbered) else driver.cursor()
        return cursor.execute(text, parameters, prepare=self._runs_again(text))

    def _runs_again(self, text: str) -> bool:
        """Return whether the statement ran before in the transaction, and is to be prepared."""
        if self._texts is None:
            return False
        if text in self._texts:
            self._has_prepared = True
            return True
        self._texts.add(text)
        return False

    @property
    def is_lost(self) -> bool:
        """Return whether the connection is broken, which happens to those with a server."""
        return isinstance(self.driver, psycopg.Connection) and self.driver.closed


def rows_of(found: Iterable[Any], rowcount: int) -> Rows:
    rows = Rows(found)
    rows.rowcount = rowcount
    return rows


def _named(description: Sequence[Any] | None, found: Iterable[Sequence[Any]]) -> Iterable[Any]:
    """Make rows of a statement that does not say which columns it has."""
    if description is None:
        return ()
    row = namedtuple("Row", [column[0] for column in description], rename=True)  # type: ignore[misc]  # noqa: PYI024  the columns are known here
    return map(row._make, found)
