"""INSERT … ON CONFLICT, for which SQLAlchemy has one construct in each dialect and none for both."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.driver.connection import Connection

T = TypeVar("T")
Insert = sqlite.Insert | postgresql.Insert

_INSERTS: dict[str, Callable[[Table], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def in_each_dialect(table: Table, build: Callable[[Insert], T]) -> dict[str, T]:
    """Build a statement from the INSERT of each dialect; `connection.dialect.name` picks the right one."""
    return {name: build(insert(table)) for name, insert in _INSERTS.items()}


def upsert(
    connection: Connection,
    table: Table,
    *,
    key: Mapping[str, object],
    values: Mapping[str, object],
    only_new: Mapping[str, object] | None = None,
) -> None:
    """Set `values` in the row with this key, which is inserted if there is none.

    `only_new` are the columns that an inserted row needs and a row that exists keeps.
    """
    insert = _INSERTS[connection.dialect.name](table)
    row = insert.values({**key, **values, **(only_new or {})})
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
