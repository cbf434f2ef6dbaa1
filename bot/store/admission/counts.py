"""The use of a member's limits, counted from the jobs themselves by indexes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, TextClause, bindparam, func, select, union_all

from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.store.driver.connection import Connection
from bot.store.schema.conditions import COUNTS, IS_IN_WORK
from bot.store.schema.tables import jobs


class Counted(NamedTuple):
    """The set of a member's pictures that a limit counts."""

    #: Pictures requested within this time that did not fail. None: pictures that are not finished.
    window: timedelta | None
    everywhere: bool = False
    #: Failed and cancelled pictures count, too.
    are_attempts: bool = False
    #: None = in all channels.
    channel_id: ChannelId | None = None


class Use(NamedTuple):
    """A set of a member's pictures that a limit counts."""

    weight: int
    #: When the newest of them was requested; None without one, and of sets that do not depend on time.
    newest_at: datetime | None


def used(
    connection: Connection,
    *,
    member_ids: Sequence[MemberId],
    guild_id: GuildId,
    by: tuple[Counted, ...],
    at: datetime,
) -> list[Use]:
    """Return the use of each set, in one statement, since admission waits for it.

    All sets must be about the same channel, if they are about one. `member_ids` are all ids under which there
    may be rows of the member.
    """
    if not by:
        return []
    question = _question(by)
    asked = {"members": member_ids, "guild": guild_id, "channel": question.channel_id}
    for name, window in question.windows:
        asked[name] = at - window
    found = iter(connection.execute(question.statement, asked).one())
    return [Use(next(found), None if counted.window is None else next(found)) for counted in by]


def nth_counted_at(
    connection: Connection,
    *,
    member_ids: Sequence[MemberId],
    guild_id: GuildId,
    by: Counted,
    at: datetime,
    n: int,
) -> datetime | None:
    """Return the request time of the counted picture that the `n`-th newest (from 1) is part of.

    A picture of weight 2 is two of them. None if there are fewer. `by.window` must be set. The cost does not
    depend on the length of the history.
    """
    assert by.window is not None, "only sets over time have an order"
    asked = {"nth": n, "since_0": at - by.window, "guild": guild_id, "channel": by.channel_id}
    asked |= {f"member_{number}": member_id for number, member_id in enumerate(member_ids)}
    statement = _nth_counted(_shape(by, 0), len(member_ids))
    found: datetime | None = connection.scalars(statement, asked).one()
    return found


# --- statements that are run for every picture: built once, since that takes longer than running them ---


_IS_MEMBERS = jobs.c.member_id.in_(bindparam("members", expanding=True))


class _Shape(NamedTuple):
    """The parts of a `Counted` that decide the text of its statement."""

    #: The number of its time among the parameters; None if it does not depend on time.
    window: int | None
    is_in_guild: bool
    is_in_channel: bool
    are_attempts: bool


def _shape(by: Counted, window: int | None) -> _Shape:
    return _Shape(window, not by.everywhere, by.channel_id is not None, by.are_attempts)


class _Question(NamedTuple):
    statement: Select[*tuple[Any, ...]]
    #: The names of its times, and how long ago each is.
    windows: Sequence[tuple[str, timedelta]]
    channel_id: ChannelId | None


@lru_cache(maxsize=1000)  # most members of a server have the same limits
def _question(by: tuple[Counted, ...]) -> _Question:
    windows = sorted({counted.window for counted in by if counted.window is not None})
    numbers = {window: number for number, window in enumerate(windows)}
    shapes = [_shape(counted, None if counted.window is None else numbers[counted.window]) for counted in by]
    named = [(f"since_{number}", window) for window, number in numbers.items()]
    named += [("oldest", window) for window in windows[-1:]]
    channel_id = next((counted.channel_id for counted in by if counted.channel_id is not None), None)
    return _Question(_counting(tuple(shapes)), named, channel_id)


@cache
def _counting(shapes: tuple[_Shape, ...]) -> Select[*tuple[Any, ...]]:
    """Build a statement with the columns of each set.

    The sets over time are summed in one pass over the member's newest pictures, back to `oldest`.
    """
    columns: list[ColumnElement[Any]] = []
    for shape in shapes:
        columns += [_weight_in_work(shape)] if shape.window is None else _use_since(shape)
    if all(shape.window is None for shape in shapes):
        return select(*columns)
    is_new = jobs.c.created_at > bindparam("oldest")
    return select(*columns).where(_IS_MEMBERS, is_new)


def _use_since(shape: _Shape) -> list[ColumnElement[Any]]:
    weight, newest = func.sum(jobs.c.weight), func.max(jobs.c.created_at)
    return [func.coalesce(weight.filter(*_conditions(shape)), 0), newest.filter(*_conditions(shape))]


def _weight_in_work(shape: _Shape) -> ColumnElement[int]:
    """Build a query of its own: pictures in work have their own index, and may be older than `oldest`."""
    in_work = select(func.coalesce(func.sum(jobs.c.weight), 0)).select_from(jobs)
    return in_work.where(_IS_MEMBERS, *_conditions(shape)).correlate(None).scalar_subquery()


@cache
def _nth_counted(shape: _Shape, ids: int) -> Select[datetime]:
    """Build a query that adds up weights from the newest picture on.

    It reads at most `nth` pictures of each of the member's ids, since none weighs less than 1.
    """
    newest = union_all(*(select(_newest(shape, number)) for number in range(ids))).subquery("newest")
    weight = func.sum(newest.c.weight).over(order_by=newest.c.created_at.desc(), rows=(None, 0))
    added_up = select(newest.c.created_at, weight.label("weight")).subquery("added_up")
    return select(func.max(added_up.c.created_at)).where(added_up.c.weight >= bindparam("nth"))


def _newest(shape: _Shape, number: int) -> Subquery:
    """Ask for one id alone: for several at once, SQLite would not read the index in its order."""
    return (
        select(jobs.c.created_at, jobs.c.weight)
        .where(jobs.c.member_id == bindparam(f"member_{number}"), *_conditions(shape))
        .order_by(jobs.c.created_at.desc())
        .limit(bindparam("nth"))
        .subquery(f"newest_{number}")
    )


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
