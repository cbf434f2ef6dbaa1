"""The connection that transaction functions are given: SQLAlchemy's statements on the bare drivers."""

import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import psycopg
from psycopg.errors import ReadOnlySqlTransaction
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


class Numbered(tuple[Any, ...]):
    """The values of PostgreSQL's $1, $2 and so on."""

    __slots__ = ()


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

    Raises the exceptions of `bot.store.driver.errors`, not the driver's.
    """

    __slots__ = ("changes", "cipher", "dialect", "driver", "only_reads")

    def __init__(self, driver: Driver, cipher: TextCipher = NO_CIPHER, *, only_reads: bool = False) -> None:
        """`only_reads`: its transactions are begun as such, so that a refused write is a bug."""
        self.driver, self.cipher, self.only_reads = driver, cipher, only_reads
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
            if isinstance(error, ReadOnlySqlTransaction) and not self.only_reads:
                self.driver.close()  # after a failover, only a new connection leads to the server that writes
            raise explained(error, is_lost=self.is_lost) from None
        if form is None or form.row is None:
            return Rows(_named(cursor.description, found), cursor.rowcount)
        return Rows(form.rows(found, self.cipher), cursor.rowcount)

    def _cursor(self, text: str, parameters: Any) -> Any:
        driver: Any = self.driver  # the two do not share a type
        if isinstance(parameters, Numbered):
            driver = psycopg.RawCursor(driver)
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
