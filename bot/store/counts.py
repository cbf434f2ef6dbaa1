"""The use of a member's limits, counted from the jobs themselves by indexes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, TextClause, bindparam, func, select

from bot.domain.ids import GuildId, MemberId
from bot.store.schema import COUNTS, IS_IN_WORK, jobs


@dataclass(frozen=True, slots=True)
class Counted:
    """The set of a member's pictures that a limit counts."""

    #: Pictures requested after this time that did not fail. None: pictures that are not finished.
    since: datetime | None
    #: None = over all servers.
    guild_id: GuildId | None
    #: Failed and cancelled pictures count, too.
    are_attempts: bool = False


def used(connection: Connection, *, member_id: MemberId, by: Sequence[Counted]) -> list[int]:
    """Return how many pictures each set has, in one statement, since admission waits for it."""
    if not by:
        return []
    asked: dict[str, object] = {"member": member_id}
    for number, counted in enumerate(by):
        asked |= {f"since_{number}": counted.since, f"guild_{number}": counted.guild_id}
    return list(connection.execute(_counting(tuple(map(_shape, by))), asked).one())


def nth_counted_at(connection: Connection, *, member_id: MemberId, by: Counted, n: int) -> datetime | None:
    """Return the request time of the `n`-th newest (from 1) counted picture; None if there are fewer.

    `by.since` must be set. The cost does not depend on the length of the history.
    """
    asked = {"member": member_id, "guild": by.guild_id, "since": by.since, "newer": n - 1}
    return connection.scalars(_nth_counted(_shape(by)), asked).one_or_none()


# --- statements that are run for every picture: built once, since that takes longer than running them ---


@dataclass(frozen=True, slots=True)
class _Shape:
    """The parts of a `Counted` that decide the text of its statement."""

    is_since: bool
    is_in_guild: bool
    are_attempts: bool


def _shape(by: Counted) -> _Shape:
    return _Shape(by.since is not None, by.guild_id is not None, by.are_attempts)


@cache
def _counting(shapes: tuple[_Shape, ...]) -> Select[int]:
    """Build a statement with one column for each set."""
    counts = [
        select(func.count()).select_from(jobs).where(*_conditions(shape, f"_{number}")).scalar_subquery()
        for number, shape in enumerate(shapes)
    ]
    return select(*counts)


@cache
def _nth_counted(shape: _Shape) -> Select[datetime]:
    newest_first = select(jobs.c.created_at).where(*_conditions(shape)).order_by(jobs.c.created_at.desc())
    return newest_first.limit(1).offset(bindparam("newer"))


def _conditions(shape: _Shape, ending: str = "") -> Iterator[ColumnElement[bool] | TextClause]:
    yield jobs.c.member_id == bindparam("member")
    if shape.is_in_guild:
        yield jobs.c.guild_id == bindparam(f"guild{ending}")
    if shape.is_since:
        yield jobs.c.created_at > bindparam(f"since{ending}")
        if not shape.are_attempts:
            yield COUNTS
    else:
        yield IS_IN_WORK
