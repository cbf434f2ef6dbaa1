"""The use of a member's limits, counted from the jobs themselves by indexes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, TextClause, bindparam, func, select

from bot.domain.ids import GuildId, MemberId
from bot.store.connection import Connection
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
    """Return the weight of each set's pictures, in one statement, since admission waits for it."""
    if not by:
        return []
    asked: dict[str, object] = {"member": member_id}
    for number, counted in enumerate(by):
        asked |= {f"since_{number}": counted.since, f"guild_{number}": counted.guild_id}
    asked["oldest"] = min((counted.since for counted in by if counted.since is not None), default=None)
    return list(connection.execute(_counting(tuple(map(_shape, by))), asked).one())


def nth_counted_at(connection: Connection, *, member_id: MemberId, by: Counted, n: int) -> datetime | None:
    """Return the request time of the counted picture that the `n`-th newest (from 1) is part of.

    A picture of weight 2 is two of them. None if there are fewer. `by.since` must be set. The cost does not
    depend on the length of the history.
    """
    asked = {"member": member_id, "guild": by.guild_id, "since": by.since, "nth": n}
    found: datetime | None = connection.scalars(_nth_counted(_shape(by)), asked).one()
    return found


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
def _counting(shapes: tuple[_Shape, ...]) -> Select[*tuple[int, ...]]:
    """Build a statement with one column for each set.

    The sets over time are summed in one pass over the member's newest pictures, back to `oldest`.
    """
    sums: list[ColumnElement[int]] = [
        _weight_since(shape, f"_{number}") if shape.is_since else _weight_in_work(shape, f"_{number}")
        for number, shape in enumerate(shapes)
    ]
    if not any(shape.is_since for shape in shapes):
        return select(*sums)
    is_new = jobs.c.created_at > bindparam("oldest")
    return select(*sums).where(jobs.c.member_id == bindparam("member"), is_new)


def _weight_since(shape: _Shape, ending: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(jobs.c.weight).filter(*_conditions(shape, ending)), 0)


def _weight_in_work(shape: _Shape, ending: str) -> ColumnElement[int]:
    """Build a query of its own: pictures in work have their own index, and may be older than `oldest`."""
    in_work = select(func.coalesce(func.sum(jobs.c.weight), 0)).select_from(jobs)
    is_members = jobs.c.member_id == bindparam("member")
    return in_work.where(is_members, *_conditions(shape, ending)).correlate(None).scalar_subquery()


@cache
def _nth_counted(shape: _Shape) -> Select[datetime]:
    """Build a query that adds up weights from the newest picture on.

    It reads at most `nth` pictures, since none weighs less than 1.
    """
    newest_first = jobs.c.created_at.desc()
    weight = func.sum(jobs.c.weight).over(order_by=newest_first, rows=(None, 0)).label("weight")
    added_up = (
        select(jobs.c.created_at, weight)
        .where(jobs.c.member_id == bindparam("member"), *_conditions(shape))
        .order_by(newest_first)
        .limit(bindparam("nth"))
        .subquery("added_up")
    )
    return select(func.max(added_up.c.created_at)).where(added_up.c.weight >= bindparam("nth"))


def _conditions(shape: _Shape, ending: str = "") -> Iterator[ColumnElement[bool] | TextClause]:
    if shape.is_in_guild:
        yield jobs.c.guild_id == bindparam(f"guild{ending}")
    if shape.is_since:
        yield jobs.c.created_at > bindparam(f"since{ending}")
        if not shape.are_attempts:
            yield COUNTS
    else:
        yield IS_IN_WORK
