"""What of a member's limits is used: read from the jobs themselves, by indexes of those that count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Select, bindparam, func, select

from bot.domain.ids import GuildId, MemberId
from bot.store.schema import COUNTS, IS_IN_WORK, jobs


@dataclass(frozen=True, slots=True)
class Counted:
    """Which of a member's pictures a limit counts."""

    #: Those asked for after it, unless they came to nothing. None: those that are still to be made.
    since: datetime | None
    #: None: over all servers.
    guild_id: GuildId | None


def used(connection: Connection, *, member_id: MemberId, by: Sequence[Counted]) -> list[int]:
    """How many pictures each of them counts, in one statement: admission waits for its answer."""
    if not by:
        return []
    asked: dict[str, object] = {"member": member_id}
    for number, one in enumerate(by):
        asked |= {f"since_{number}": one.since, f"guild_{number}": one.guild_id}
    shape = tuple((one.since is not None, one.guild_id is not None) for one in by)
    return list(connection.execute(_counting(shape), asked).one())


def nth_counted_at(
    connection: Connection, *, member_id: MemberId, guild_id: GuildId | None, since: datetime, n: int
) -> datetime | None:
    """When the `n`-th newest (from 1) picture that counts was asked for, if that was after `since`.

    Without a guild: over all servers. Costs the same whatever the history.
    """
    asked = {"member": member_id, "guild": guild_id, "since": since, "newer": n - 1}
    return connection.scalars(_NTH_COUNTED[guild_id is not None], asked).one_or_none()


# --- statements that are run for every picture: built once, since that takes longer than running them ---


@cache
def _counting(shape: tuple[tuple[bool, bool], ...]) -> Select[int]:
    """A column for each: whether it counts since a time, and whether in one server."""
    counts = [_count(number, *one).scalar_subquery() for number, one in enumerate(shape)]
    return select(*counts)


def _count(number: int, is_since: bool, is_in_guild: bool) -> Select[int]:  # noqa: FBT001  unpacked from a shape
    theirs = select(func.count()).select_from(jobs).where(jobs.c.member_id == bindparam("member"))
    if is_in_guild:
        theirs = theirs.where(jobs.c.guild_id == bindparam(f"guild_{number}"))
    if not is_since:
        return theirs.where(IS_IN_WORK)
    return theirs.where(COUNTS, jobs.c.created_at > bindparam(f"since_{number}"))


_NTH_EVERYWHERE = (
    select(jobs.c.created_at)
    .where(COUNTS, jobs.c.created_at > bindparam("since"), jobs.c.member_id == bindparam("member"))
    .order_by(jobs.c.created_at.desc())
    .limit(1)
    .offset(bindparam("newer"))
)
#: Under True: in one server.
_NTH_COUNTED = {False: _NTH_EVERYWHERE, True: _NTH_EVERYWHERE.where(jobs.c.guild_id == bindparam("guild"))}
