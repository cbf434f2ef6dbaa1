"""What of a member's limits is used: read from the jobs themselves, by indexes of those that count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, TextClause, bindparam, func, select

from bot.domain.ids import GuildId, MemberId
from bot.store.schema import COUNTS, IS_IN_WORK, jobs


@dataclass(frozen=True, slots=True)
class Counted:
    """Which of a member's pictures a limit counts."""

    #: Those asked for after it, unless they came to nothing. None: those that are still to be made.
    since: datetime | None
    #: None: over all servers.
    guild_id: GuildId | None
    #: Whether also those count that came to nothing.
    are_attempts: bool = False


def used(connection: Connection, *, member_id: MemberId, by: Sequence[Counted]) -> list[int]:
    """How many pictures each of them counts, in one statement: admission waits for its answer."""
    if not by:
        return []
    asked: dict[str, object] = {"member": member_id}
    for number, one in enumerate(by):
        asked |= {f"since_{number}": one.since, f"guild_{number}": one.guild_id}
    return list(connection.execute(_counting(tuple(map(_shape, by))), asked).one())


def nth_counted_at(connection: Connection, *, member_id: MemberId, by: Counted, n: int) -> datetime | None:
    """When the `n`-th newest (from 1) picture that counts was asked for; None if there are fewer.

    `by.since` must be set. Costs the same whatever the history.
    """
    asked = {"member": member_id, "guild": by.guild_id, "since": by.since, "newer": n - 1}
    return connection.scalars(_nth_counted(_shape(by)), asked).one_or_none()


# --- statements that are run for every picture: built once, since that takes longer than running them ---


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of a `Counted` decides the text of its statement."""

    is_since: bool
    is_in_guild: bool
    are_attempts: bool


def _shape(one: Counted) -> _Shape:
    return _Shape(one.since is not None, one.guild_id is not None, one.are_attempts)


@cache
def _counting(shapes: tuple[_Shape, ...]) -> Select[int]:
    """A column for each."""
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
