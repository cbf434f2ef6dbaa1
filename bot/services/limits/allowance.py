"""The limits of members: what is used and left of them, counted from the job rows themselves."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.errors import LimitReached
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import OVER_TIME, LimitField, OperatorLimits, Rule, Usage
from bot.store import counts, server_settings
from bot.store.counts import Counted
from bot.store.database import Connection

LONG_AGO, FAR_FUTURE = datetime.fromtimestamp(0, UTC), datetime(9999, 1, 1, tzinfo=UTC)


def rules_for(
    connection: Connection,
    operator: OperatorLimits,
    *,
    guild_id: GuildId,
    member_id: MemberId,
    role_ids: Collection[RoleId],
    channel_id: ChannelId | None,
) -> list[Rule]:
    """The limits of one member in one server, the shortest window first, each with its reason.

    `channel_id` is the channel of the request, or of its thread; None leaves out the limits of channels.
    """
    server = server_settings.rules_for(
        connection, guild_id=guild_id, member_id=member_id, role_ids=role_ids, channel_id=channel_id
    )
    return operator.rules(server)


def hold(
    connection: Connection,
    rules: Sequence[Rule],
    *,
    member_id: MemberId,
    guild_id: GuildId,
    asked: int,
    at: datetime,
) -> Usage | None:
    """Raise `LimitReached` for the rule that `asked` more pictures would break, and for longest.

    Otherwise return the limit over time with the least left, as it will be once they are queued. It is known
    here, so that it need not be read again.
    """
    found = usages(connection, rules, member_id=member_id, guild_id=guild_id, asked=asked, at=at)
    broken = [usage for usage in found if usage.used + asked > usage.rule.limit]
    if broken:
        last = max(broken, key=lambda usage: _free_again(usage, asked))
        raise LimitReached(last.rule, last.used, asked, last.again_at)
    before = tightest(found)
    if before is None:
        return None
    return _once_queued(connection, before, member_id=member_id, guild_id=guild_id, asked=asked, at=at)


def usages(
    connection: Connection,
    rules: Sequence[Rule],
    *,
    member_id: MemberId,
    guild_id: GuildId,
    at: datetime,
    asked: int = 1,
) -> list[Usage]:
    """Return what is used of each rule, in the order of the rules.

    `again_at` is when `asked` more pictures would be allowed; None if never or unknown.
    """
    by = [_counted(rule, guild_id, at) for rule in rules]
    found = []
    for rule, counted, used in zip(
        rules, by, counts.used(connection, member_id=member_id, by=by), strict=True
    ):
        in_the_way = rule.limit - asked + 1
        is_free = in_the_way < 1 or used < in_the_way
        again_at = None if is_free else _leaves_at(connection, rule, counted, member_id, n=in_the_way)
        found.append(Usage(rule, used, again_at))
    return found


def tightest(found: Sequence[Usage]) -> Usage | None:
    """Return the limit over time with the least left; of several, the one that lasts longest.

    The limit of attempts does not count.
    """
    over_time = [usage for usage in found if usage.rule.field in OVER_TIME]
    return min(over_time, key=_tightness, default=None)


def _tightness(usage: Usage) -> tuple[int, float, float]:
    window = usage.rule.window
    assert window is not None, "a limit over time"
    return usage.left, -_free_again(usage).timestamp(), -window.total_seconds()


def _free_again(usage: Usage, asked: int = 1) -> datetime:
    """Return when it no longer stands in the way, for a comparison: the far future if it always does."""
    if asked > usage.rule.limit:
        return FAR_FUTURE
    return usage.again_at or LONG_AGO


def with_reset(
    connection: Connection, usage: Usage, *, member_id: MemberId, guild_id: GuildId, at: datetime
) -> Usage:
    """Return the usage with `resets_at`, which costs a query, for messages that show it."""
    if not usage.used:
        return usage
    counted = _counted(usage.rule, guild_id, at)
    resets_at = _leaves_at(connection, usage.rule, counted, member_id, n=1)
    return usage if resets_at is None else replace(usage, resets_at=resets_at)


def _once_queued(
    connection: Connection,
    before: Usage,
    *,
    member_id: MemberId,
    guild_id: GuildId,
    asked: int,
    at: datetime,
) -> Usage:
    """Return what will be used of a rule over time once the new pictures are queued."""
    window = before.rule.window
    assert window is not None, "only rules over time become free by waiting"
    after = Usage(before.rule, before.used + asked, resets_at=at + window)
    if after.left:
        return after
    oldest_leaves_at = None
    if before.used:
        counted = _counted(before.rule, guild_id, at)
        oldest_leaves_at = _leaves_at(connection, before.rule, counted, member_id, n=before.used)
    return replace(after, again_at=oldest_leaves_at or after.resets_at)


def _counted(rule: Rule, guild_id: GuildId, at: datetime) -> Counted:
    since = None if rule.window is None else at - rule.window
    guild = None if rule.everywhere else guild_id
    return Counted(since, guild, are_attempts=rule.field is LimitField.ATTEMPTS, channel_id=rule.channel_id)


def _leaves_at(
    connection: Connection, rule: Rule, counted: Counted, member_id: MemberId, *, n: int
) -> datetime | None:
    """Return when the `n`-th newest picture stops counting, or None if time does not change that."""
    if rule.window is None:
        return None
    asked_at = counts.nth_counted_at(connection, member_id=member_id, by=counted, n=n)
    return None if asked_at is None else asked_at + rule.window
