"""What the bot's database says, read beside it without disturbing it."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import func, select

from bot.store.driver.connection import Connection
from bot.store.driver.errors import DatabaseUnavailable, StatementRefused
from bot.store.pictures import cards
from bot.store.schema.conditions import COUNTS, IS_PARKED
from bot.store.schema.tables import dismissed, jobs, metadata, money
from tests.databases import beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    #: Jobs by their states.
    states: Counter[str] = field(default_factory=Counter)
    #: Jobs neither ended nor kept for /jobs.
    open: int = 0
    #: Pictures that no place in Discord is left for: /jobs has them.
    kept: int = 0
    #: Pictures that some member's limits count.
    counted: int = 0
    #: Cards whose message shows less than is known.
    due: int = 0
    held_microusd: int = 0
    spent_microusd: int = 0
    #: Bills beside those of jobs.
    extra: int = 0

    @property
    def jobs(self) -> int:
        return self.states.total()

    def __str__(self) -> str:
        if not self.states:
            return "no jobs"
        return ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))


def read_books(url: str) -> Books:
    """Empty while there is no database, or none with tables."""
    try:
        with beside(url, only_reads=True) as connection:
            return _books(connection)
    except (sqlite3.Error, psycopg.Error, DatabaseUnavailable, StatementRefused):
        return Books()


def traces_of(url: str, member_ids: Collection[int]) -> list[str]:
    """What the database still has of members who have had all their data deleted."""
    if not member_ids:
        return []
    with beside(url, only_reads=True) as connection:
        found = {where for where, value in _values(connection) if value in member_ids}
        words = connection.exec_driver_sql(_ERASED_WITH_WORDS).first()
    left = ["the words of an erased request"] if words else []
    return [*(f"a member who was erased is still in {where}" for where in sorted(found)), *left]


def _values(connection: Connection) -> Iterator[tuple[str, object]]:
    for table in metadata.sorted_tables:
        for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}"):  # noqa: S608  our own tables
            yield from ((f"{table.name}.{name}", value) for name, value in row._asdict().items())


def _books(connection: Connection) -> Books:
    states = Counter({row.state: row.n for row in connection.execute(_BY_STATE)})
    held, spent = connection.execute(_MONEY).one()
    kept = connection.scalars(_KEPT).one()
    return Books(
        states=Counter({state.value: count for state, count in states.items()}),
        open=sum(count for state, count in states.items() if not state.is_end) - kept,
        kept=kept,
        counted=connection.scalars(_COUNTED).one(),
        due=len(cards.due(connection)),
        held_microusd=int(held or 0),
        spent_microusd=int(spent or 0),
        extra=connection.scalars(_EXTRA).one(),
    )


_BY_STATE = select(jobs.c.state, func.count().label("n")).group_by(jobs.c.state)
_KEPT = select(func.count()).select_from(jobs).where(IS_PARKED)
_COUNTED = select(func.count()).select_from(jobs).where(COUNTS)
_EXTRA = select(func.count()).select_from(dismissed).where(dismissed.c.cost_microusd.is_not(None))
_MONEY = select(func.sum(money.c.held), func.sum(money.c.spent))
#: A request has a negative number in place of its interaction once it is erased.
_ERASED_WITH_WORDS = "SELECT 1 FROM cards WHERE interaction_id < 0 AND prompt <> ''"
