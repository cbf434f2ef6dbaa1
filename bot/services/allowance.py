"""Whether a member may have more pictures, and how much is left: read from the job rows themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import LimitReached
from bot.domain.ids import GuildId, MemberId
from bot.domain.limits import Rule, Usage
from bot.store import jobs
from bot.store.database import Connection


def hold(
    connection: Connection,
    rules: Sequence[Rule],
    *,
    member_id: MemberId,
    guild_id: GuildId,
    asked: int,
    at: datetime,
) -> None:
    """Raise `LimitReached` for the first rule that `asked` more pictures would break."""
    for rule in rules:
        usage = _usage(connection, rule, member_id=member_id, guild_id=guild_id, asked=asked, at=at)
        if usage.used + asked > rule.limit:
            raise LimitReached(rule, usage.used, asked, usage.again_at)


def usages(
    connection: Connection, rules: Sequence[Rule], *, member_id: MemberId, guild_id: GuildId, at: datetime
) -> list[Usage]:
    """Each rule beside what is used of it, in the rules' order."""
    return [
        _usage(connection, rule, member_id=member_id, guild_id=guild_id, asked=1, at=at) for rule in rules
    ]


def with_reset(
    connection: Connection, usage: Usage, *, member_id: MemberId, guild_id: GuildId, at: datetime
) -> Usage:
    """The same with `resets_at`, for those who are told; admission need not know it."""
    window = usage.rule.window
    if window is None or not usage.used:
        return usage
    newest_at = jobs.nth_counted_at(
        connection,
        member_id=member_id,
        guild_id=None if usage.rule.everywhere else guild_id,
        since=at - window,
        n=1,
    )
    return usage if newest_at is None else replace(usage, resets_at=newest_at + window)


def _usage(
    connection: Connection,
    rule: Rule,
    *,
    member_id: MemberId,
    guild_id: GuildId,
    asked: int,
    at: datetime,
) -> Usage:
    """What is used, and when `asked` pictures become free if they are not: None if never, or unknown."""
    where = None if rule.everywhere else guild_id
    if rule.window is None:
        return Usage(rule, jobs.in_work(connection, member_id=member_id, guild_id=where))
    since = at - rule.window
    used = jobs.counted(connection, member_id=member_id, guild_id=where, since=since)
    in_the_way = rule.limit - asked + 1
    if in_the_way < 1 or used < in_the_way:
        return Usage(rule, used)
    leaves_at = jobs.nth_counted_at(
        connection, member_id=member_id, guild_id=where, since=since, n=in_the_way
    )
    return Usage(rule, used, None if leaves_at is None else leaves_at + rule.window)
