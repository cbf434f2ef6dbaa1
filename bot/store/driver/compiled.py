"""SQLAlchemy's statements in the words of a driver. This module knows no table and no connection.

SQLAlchemy says well what a statement is, but takes longer to run one than the database does. So a statement
is compiled once for each dialect and shape, and runs on the driver itself. Only statements that live at the
top of a module gain by this: one that a function builds is compiled for each call.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Dialect, Executable, Insert, make_url
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows, SelectBase
from sqlalchemy.types import TypeEngine

from bot.store.driver.column_types import Convert, SealedText
from bot.store.driver.sealing import TextCipher

Values = Mapping[str, Any]
#: The dialect, the names of the values, and the lengths of those that are lists.
Shape = tuple[str | int, ...]

#: With names for parameters, as both drivers take them.
SQLITE: Dialect = sqlite.dialect(paramstyle="named")
POSTGRES: Dialect = make_url("postgresql+psycopg://").get_dialect()()
_NAME_OR_PERCENT = re.compile(r"%\((\w+)\)s|%%")
#: What PostgreSQL calls the type of a float, which is our only type whose conversion depends on it.
FLOAT = 701


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement of one dialect and shape."""

    text: str
    changes_rows: bool
    #: Converted values that are part of the statement.
    constants: Values
    #: The values that the driver takes only after a conversion, by name.
    conversions: Sequence[tuple[str, Convert]]
    #: The name of each list, the names of its elements in the text, and their conversion.
    lists: Sequence[tuple[str, Sequence[str], Convert | None]]
    #: Makes a row of the columns; None if the statement does not say which they are.
    row: Callable[[Sequence[Any]], Any] | None
    #: The columns to convert, by position.
    columns: Sequence[tuple[int, Convert]]
    #: The values to seal, by name, and the columns to open, by position.
    sealed_values: Sequence[str] = ()
    sealed_columns: Sequence[int] = ()

    def parameters(self, given: Values, cipher: TextCipher) -> dict[str, Any]:
        found = {**given, **self.constants}
        for name, elements, convert in self.lists:
            listed = found.pop(name)
            found.update(zip(elements, listed if convert is None else map(convert, listed), strict=True))
        for name, conversion in self.conversions:
            found[name] = conversion(found[name])
        for name in self.sealed_values:
            if found[name]:
                found[name] = cipher.seal(found[name])
        return found

    def rows(self, found: Sequence[Sequence[Any]], cipher: TextCipher) -> Iterable[Any]:
        assert self.row is not None, "only statements with columns return rows"
        if self.columns or self.sealed_columns:
            found = [self._converted(list(values), cipher) for values in found]
        return map(self.row, found)

    def _converted(self, values: list[Any], cipher: TextCipher) -> list[Any]:
        for position, convert in self.columns:
            values[position] = convert(values[position])
        for position in self.sealed_columns:
            if values[position]:
                values[position] = cipher.open(values[position])
        return values


_kept: WeakKeyDictionary[Executable, dict[Shape, Compiled]] = WeakKeyDictionary()


def compiled(statement: Executable, dialect: Dialect, given: Values) -> Compiled:
    """Return the statement compiled for values of this shape, from before if possible."""
    kept = _kept.get(statement)
    if kept is None:
        kept = _kept.setdefault(statement, {})
    shape: Shape = (dialect.name, *given)
    found = kept.get(shape)
    if found is not None and found.lists:
        shape = (*shape, *[len(given[name]) for name, _, _ in found.lists])
        found = kept.get(shape)
    if found is None:
        found = kept[shape] = _compile(statement, dialect, given)
        kept.setdefault((dialect.name, *given), found)
    return found


@lru_cache(maxsize=100)
def together(texts: tuple[str, ...]) -> tuple[str, Sequence[tuple[int, str]]]:
    """Return PostgreSQL's text for statements that run as one, and the statement and name of each value.

    The values have numbers: psycopg would look for so many names each time again.
    """
    places: dict[tuple[int, str], int] = {}
    parts = [_numbered(number, text, places) for number, text in enumerate(texts)]
    named = ", ".join(f"_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    return f"WITH {named} {parts[-1]}", tuple(places)


def _numbered(number: int, text: str, places: dict[tuple[int, str], int]) -> str:
    def place(found: re.Match[str]) -> str:
        name = found[1]
        return "%" if name is None else f"${places.setdefault((number, name), len(places) + 1)}"

    return _NAME_OR_PERCENT.sub(place, text)


def _compile(statement: Executable, dialect: Dialect, given: Values) -> Compiled:
    # As for many rows: for one, SQLAlchemy would ask PostgreSQL to return the id.
    many = {"for_executemany": True} if isinstance(statement, Insert) else {}
    made = statement.compile(dialect=dialect, column_keys=list(given), **many)  # type: ignore[attr-defined]  # each statement of Core has it
    assert isinstance(made, SQLCompiler)
    state = made.construct_expanded_state(given)
    constants, conversions, lists, sealed = {}, {}, {}, []
    for parameter, name in made.bind_names.items():
        if parameter in made.literal_execute_params:  # part of the text
            continue
        convert = _binding(parameter, dialect)
        elements = state.parameter_expansion.get(name)
        if isinstance(parameter.type, SealedText):
            sealed.append(name)
        if name not in given:
            for element in [name] if elements is None else elements:
                value = state.parameters[element]
                constants[element] = value if convert is None else convert(value)
        elif elements is not None:
            lists[name] = (name, tuple(elements), convert)
        elif convert is not None:
            conversions[name] = convert
    row, columns = _columns(statement, dialect)
    return Compiled(
        state.statement,
        not isinstance(statement, SelectBase),
        constants,
        [*conversions.items()],
        [*lists.values()],
        row,
        columns,
        sealed_values=sealed,
        sealed_columns=_sealed_columns(statement),
    )


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


def _sealed_columns(statement: Executable) -> list[int]:
    if not isinstance(statement, ReturnsRows):
        return []
    columns = statement.exported_columns.values()
    return [n for n, column in enumerate(columns) if isinstance(column.type, SealedText)]
