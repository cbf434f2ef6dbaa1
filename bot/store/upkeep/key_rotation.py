"""Finds and seals again the texts that the newest key has not sealed: old ones, and all after a new key."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)

from bot.store.driver.column_types import SealedText
from bot.store.driver.connection import Connection
from bot.store.schema.tables import metadata

#: The values of a row's primary key.
Key = tuple[Any, ...]


def outdated(connection: Connection, name: str, *, prefix: str, after: Key | None, limit: int) -> list[Key]:
    """Return rows whose texts do not begin with `prefix`, in order of their keys, after a given one."""
    asked, values = _STATEMENTS[name].find, {"prefix": prefix, "length": len(prefix), "most": limit}
    if after is not None:
        asked, values = _STATEMENTS[name].find_after, values | _named(after)
    return [tuple(row) for row in connection.execute(asked, values)]


def seal_again(connection: Connection, name: str, keys: Sequence[Key]) -> None:
    """Write the texts of these rows again. A text whose key is missing is left as it is."""
    statements = _STATEMENTS[name]
    for key in keys:
        for row in connection.execute(statements.read, _named(key)):
            for write, text in zip(statements.write, row, strict=True):
                if text:
                    connection.execute(write, {"text": text, **_named(key)})


class _Statements(NamedTuple):
    find: Select[Any]
    find_after: Select[Any]
    read: Executable
    write: Sequence[Update]


def _statements(table: Table) -> _Statements:
    keys, texts = list(table.primary_key), _texts(table)
    is_row = and_(*(column == bindparam(f"key{n}") for n, column in enumerate(keys)))
    find = select(*keys).where(or_(*map(_is_outdated, texts))).order_by(*keys).limit(bindparam("most"))
    place = tuple_(*(bindparam(f"key{n}", type_=column.type) for n, column in enumerate(keys)))
    return _Statements(
        find=find,
        find_after=find.where(tuple_(*keys) > place),
        read=select(*texts).where(is_row),
        write=[
            update(table).where(is_row).values({column: bindparam("text", type_=column.type)})
            for column in texts
        ],
    )


def _is_outdated(column: ColumnElement[str]) -> ColumnElement[bool]:
    stored = type_coerce(column, Text)
    beginning = func.substr(stored, 1, bindparam("length"))
    return and_(stored != "", beginning != bindparam("prefix"))


def _texts(table: Table) -> list[ColumnElement[str]]:
    return [column for column in table.columns if isinstance(column.type, SealedText)]


def _named(key: Key) -> dict[str, Any]:
    return {f"key{n}": value for n, value in enumerate(key)}


_STATEMENTS = {table.name: _statements(table) for table in metadata.sorted_tables if _texts(table)}
#: The tables with texts that are sealed.
TABLES = list(_STATEMENTS)
