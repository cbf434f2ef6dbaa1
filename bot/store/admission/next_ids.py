"""The ids that new rows will have. With them, rows that name each other are written in one go."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, Table, column, func, literal, literal_column, select, table

_SEQUENCES = table("sqlite_sequence", column("name"), column("seq", BigInteger))


def next_ids(of: Table, count: int, dialect: str) -> Sequence[ColumnElement[int]]:
    """Return expressions for the ids of the next rows of a table: a different one for each row."""
    name: ColumnElement[str] = literal_column(f"'{of.name}'")
    if dialect == "postgresql":
        return [func.nextval(func.pg_get_serial_sequence(name, literal_column("'id'"))) for _ in range(count)]
    # As SQLite does itself: no id is given twice, not even that of a deleted row.
    given = select(func.max(_SEQUENCES.c.seq)).where(_SEQUENCES.c.name == name).scalar_subquery()
    there = select(func.max(of.c.id)).scalar_subquery()
    last = func.max(func.coalesce(given, 0), func.coalesce(there, 0))
    return [last + literal(number) for number in range(1, count + 1)]
