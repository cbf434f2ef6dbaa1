"""SQLAlchemy's statements in the words of a driver. This module knows no table and no connection.

SQLAlchemy says well what a statement is, but takes longer to run one than the database does. So a statement
is compiled once for each dialect and shape, and runs on the driver itself. Only statements that live at the
top of a module gain by this: one that a function builds is compiled for each call.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Dialect, Executable, Insert, make_url
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows, SelectBase
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]
#: The names of the values, and the lengths of those that are lists.
Shape = tuple[str | tuple[str, int], ...]

#: With names for parameters, as both drivers take them.
SQLITE: Dialect = sqlite.dialect(paramstyle="named")
POSTGRES: Dialect = make_url("postgresql+psycopg://").get_dialect()()
#: What PostgreSQL calls the type of a float, which is our only type whose conversion depends on it.
FLOAT = 701


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement of one dialect and shape."""

    text: str
    changes_rows: bool
    #: Converted values that are part of the statement.
    constants: Values
    #: The name of each value, and its conversion to what the driver takes.
    values: Sequence[tuple[str, Convert | None]]
    #: The name of each list, the names of its elements in the text, and their conversion.
    lists: Sequence[tuple[str, Sequence[str], Convert | None]]
    #: Makes a row of the columns; None if the statement does not say which they are.
    row: Callable[[Sequence[Any]], Any] | None
    #: The columns to convert, by position.
    columns: Sequence[tuple[int, Convert]]

    def parameters(self, given: Values) -> dict[str, Any]:
        found = dict(self.constants)
        for name, convert in self.values:
            found[name] = given[name] if convert is None else convert(given[name])
        for name, elements, convert in self.lists:
            converted = given[name] if convert is None else map(convert, given[name])
            found.update(zip(elements, converted, strict=True))
        return found

    def rows(self, found: Sequence[Sequence[Any]]) -> Iterator[Any]:
        assert self.row is not None, "only statements with columns return rows"
        for values in found:
            converted = list(values)
            for position, convert in self.columns:
                converted[position] = convert(converted[position])
            yield self.row(converted)


_kept: WeakKeyDictionary[Executable, dict[tuple[str, Shape], Compiled]] = WeakKeyDictionary()


def compiled(statement: Executable, dialect: Dialect, given: Values) -> Compiled:
    """Return the statement compiled for values of this shape, from before if possible."""
    kept = _kept.get(statement)
    if kept is None:
        kept = _kept.setdefault(statement, {})
    shape = tuple([(name, len(it)) if isinstance(it, list | tuple) else name for name, it in given.items()])
    found = kept.get((dialect.name, shape))
    if found is None:
        found = kept[dialect.name, shape] = _compile(statement, dialect, given)
    return found


def _compile(statement: Executable, dialect: Dialect, given: Values) -> Compiled:
    # As for many rows: for one, SQLAlchemy would ask PostgreSQL to return the id.
    many = {"for_executemany": True} if isinstance(statement, Insert) else {}
    made = statement.compile(dialect=dialect, column_keys=list(given), **many)  # type: ignore[attr-defined]  # each statement of Core has it
    assert isinstance(made, SQLCompiler)
    state = made.construct_expanded_state(given)
    constants, values, lists = {}, [], []
    for parameter, name in made.bind_names.items():
        convert = _binding(parameter, dialect)
        elements = state.parameter_expansion.get(name)
        if name not in given:
            for element in [name] if elements is None else elements:
                value = state.parameters[element]
                constants[element] = value if convert is None else convert(value)
        elif elements is None:
            values.append((name, convert))
        else:
            lists.append((name, tuple(elements), convert))
    row, columns = _columns(statement, dialect)
    changes_rows = not isinstance(statement, SelectBase)
    return Compiled(state.statement, changes_rows, constants, values, lists, row, columns)


def _binding(parameter: BindParameter[Any], dialect: Dialect) -> Convert | None:
    type_: TypeEngine[Any] = parameter.type.dialect_impl(dialect)
    return type_.bind_processor(dialect)


def _columns(
    statement: Executable, dialect: Dialect
) -> tuple[Callable[[Sequence[Any]], Any] | None, list[tuple[int, Convert]]]:
    if not isinstance(statement, ReturnsRows) or not statement.exported_columns:
        return None, []
    columns = list(statement.exported_columns.items())
    row = namedtuple("Row", [name for name, _ in columns], rename=True)  # type: ignore[misc]  # noqa: PYI024  the columns are known here
    converts = [column.type.dialect_impl(dialect).result_processor(dialect, FLOAT) for _, column in columns]
    return row._make, [(n, convert) for n, convert in enumerate(converts) if convert is not None]
