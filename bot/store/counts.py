"""The use of a member's limits, counted from the jobs themselves by indexes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, TextClause, bindparam, func, select

from bot.domain.ids import ChannelId, GuildId, MemberId
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
    #: None = in all channels.
    channel_id: ChannelId | None = None


def used(connection: Connection, *, member_id: MemberId, by: Sequence[Counted]) -> list[int]:
    """Return the weight of each set's pictures, in one statement, since admission waits for it.

    All sets must be about the same server and channel, if they are about one.
    """
    if not by:
        return []
    asked: dict[str, object] = {"member": member_id}
    sinces: dict[datetime, int] = {}
    shapes = []
    for counted in by:
        window = None if counted.since is None else sinces.setdefault(counted.since, len(sinces))
        shapes.append(_shape(counted, window))
        _add_places(asked, counted)
    for since, window in sinces.items():
        asked[f"since_{window}"] = since
    asked["oldest"] = min(sinces, default=None)
    return list(connection.execute(_counting(tuple(shapes)), asked).one())


def nth_counted_at(connection: Connection, *, member_id: MemberId, by: Counted, n: int) -> datetime | None:
    """Return the request time of the counted picture that the `n`-th newest (from 1) is part of.

    A picture of weight 2 is two of them. None if there are fewer. `by.since` must be set. The cost does not
    depend on the length of the history.
    """
    asked: dict[str, object] = {"member": member_id, "nth": n, "since_0": by.since}
    _add_places(asked, by)
    found: datetime | None = connection.scalars(_nth_counted(_shape(by, 0)), asked).one()
    return found


# --- statements that are run for every picture: built once, since that takes longer than running them ---


class _Shape(NamedTuple):
    """The parts of a `Counted` that decide the text of its statement."""

    #: The number of its time among the parameters; None if it does not depend on time.
    window: int | None
    is_in_guild: bool
    is_in_channel: bool
    are_attempts: bool


def _shape(by: Counted, window: int | None) -> _Shape:
    return _Shape(window, by.guild_id is not None, by.channel_id is not None, by.are_attempts)


def _add_places(asked: dict[str, object], by: Counted) -> None:
    if by.guild_id is not None:
        asked["guild"] = by.guild_id
    if by.channel_id is not None:
        asked["channel"] = by.channel_id


@cache
def _counting(shapes: tuple[_Shape, ...]) -> Select[*tuple[int, ...]]:
    """Build a statement with one column for each set.

    The sets over time are summed in one pass over the member's newest pictures, back to `oldest`.
    """
    sums: list[ColumnElement[int]] = [
        _weight_in_work(shape) if shape.window is None else _weight_since(shape) for shape in shapes
    ]
    if all(shape.window is None for shape in shapes):
        return select(*sums)
    is_new = jobs.c.created_at > bindparam("oldest")
    return select(*sums).where(jobs.c.member_id == bindparam("member"), is_new)


def _weight_since(shape: _Shape) -> ColumnElement[int]:
    return func.coalesce(func.sum(jobs.c.weight).filter(*_conditions(shape)), 0)


def _weight_in_work(shape: _Shape) -> ColumnElement[int]:
    """Build a query of its own: pictures in work have their own index, and may be older than `oldest`."""
    in_work = select(func.coalesce(func.sum(jobs.c.weight), 0)).select_from(jobs)
    is_members = jobs.c.member_id == bindparam("member")
    return in_work.where(is_members, *_conditions(shape)).correlate(None).scalar_subquery()


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


def _conditions(shape: _Shape) -> Iterator[ColumnElement[bool] | TextClause]:
    if shape.is_in_guild:
        yield jobs.c.guild_id == bindparam("guild")
    if shape.is_in_channel:
        yield jobs.c.channel_id == bindparam("channel")
    if shape.window is None:
        yield IS_IN_WORK
        return
    yield jobs.c.created_at > bindparam(f"since_{shape.window}")
    if not shape.are_attempts:
        yield COUNTS
