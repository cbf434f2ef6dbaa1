"""The limits of members: what is used and left of them, counted from the job rows themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.domain.errors import LimitReached
from bot.domain.ids import GuildId, MemberId
from bot.domain.limits import OVER_TIME, LimitField, OperatorLimits, Rule, Usage
from bot.store.admission import counts
from bot.store.admission.counts import Counted
from bot.store.driver.database import Connection
from bot.store.servers import server_settings
from bot.store.servers.server_settings import RulesText

LONG_AGO, FAR_FUTURE = datetime.fromtimestamp(0, UTC), datetime(9999, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1000)  # most members of a server have the same ones
def rules_by(operator: OperatorLimits, text: RulesText) -> tuple[Rule, ...]:
    """The limits of one member in one server, the shortest window first, each with its reason."""
    return _one_of_equals(tuple(operator.rules(server_settings.rules_from(text))))


@lru_cache(maxsize=1000)
def _one_of_equals(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return those seen first: what is kept by rules is found sooner by the same ones than by equal ones."""
    return rules


def require_left(
    connection: Connection,
    rules: Sequence[Rule],
    *,
    member_ids: Sequence[MemberId],
    guild_id: GuildId,
    asked: int,
    at: datetime,
) -> Usage | None:
    """Raise `LimitReached` for the rule that `asked` more pictures would break, and for longest.

    Otherwise return the limit over time with the least left, as it will be once they are queued. It is known
    here, so that it need not be read again.
    """
    found = usages(connection, rules, member_ids=member_ids, guild_id=guild_id, asked=asked, at=at)
    for refusal in refusals(found, asked):
        raise refusal
    before = tightest(found)
    if before is None:
        return None
    return _once_queued(connection, before, member_ids=member_ids, guild_id=guild_id, asked=asked, at=at)


def refusals(found: Sequence[Usage], asked: int = 1) -> list[LimitReached]:
    """Return a refusal for each rule that `asked` more pictures would break; first what lasts longest."""
    broken = [usage for usage in found if usage.used + asked > usage.rule.limit]
    broken.sort(key=lambda usage: _free_again(usage, asked), reverse=True)
    return [LimitReached(usage.rule, usage.used, asked, usage.again_at) for usage in broken]


def usages(
    connection: Connection,
    rules: Sequence[Rule],
    *,
    member_ids: Sequence[MemberId],
    guild_id: GuildId,
    at: datetime,
    asked: int = 1,
) -> list[Usage]:
    """Return what is used of each rule, in the order of the rules.

    `again_at` is when `asked` more pictures would be allowed; None if never or unknown.
    """
    by = _counted(tuple(rules))
    uses = counts.used(connection, member_ids=member_ids, guild_id=guild_id, by=by, at=at)
    found = []
    for rule, counted, use in zip(rules, by, uses, strict=True):
        in_the_way = rule.limit - asked + 1
        is_free = in_the_way < 1 or use.weight < in_the_way
        again_at = (
            None if is_free else _leaves_at(connection, counted, member_ids, guild_id, at, n=in_the_way)
        )
        found.append(Usage(rule, use.weight, again_at, _later(use.newest_at, counted.window)))
    return found


def tightest(found: Sequence[Usage]) -> Usage | None:
    """Return the limit over time with the least left; of several, the one that lasts longest.

    The limit of attempts does not count.
    """
    over_time = [usage for usage in found if usage.rule.field in OVER_TIME]
    return min(over_time, key=_tightness, default=None)


def _tightness(usage: Usage) -> tuple[int, timedelta, timedelta]:
    window = usage.rule.window
    assert window is not None, "a limit over time"
    return usage.left, FAR_FUTURE - _free_again(usage), -window


def _free_again(usage: Usage, asked: int = 1) -> datetime:
    """Return when it no longer stands in the way, for a comparison: the far future if it always does."""
    if asked > usage.rule.limit:
        return FAR_FUTURE
    return usage.again_at or LONG_AGO


def _once_queued(
    connection: Connection,
    before: Usage,
    *,
    member_ids: Sequence[MemberId],
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
        (counted,) = _counted((before.rule,))
        oldest_leaves_at = _leaves_at(connection, counted, member_ids, guild_id, at, n=before.used)
    return replace(after, again_at=oldest_leaves_at or after.resets_at)


@lru_cache(maxsize=1000)  # most members of a server have the same rules
def _counted(rules: tuple[Rule, ...]) -> tuple[Counted, ...]:
    return tuple(
        Counted(rule.window, rule.everywhere, rule.field is LimitField.ATTEMPTS, rule.channel_id)
        for rule in rules
    )


def _leaves_at(
    connection: Connection,
    counted: Counted,
    member_ids: Sequence[MemberId],
    guild_id: GuildId,
    at: datetime,
    *,
    n: int,
) -> datetime | None:
    """Return when the `n`-th newest picture stops counting, or None if time does not change that."""
    if counted.window is None:
        return None
    asked_at = counts.nth_counted_at(
        connection, member_ids=member_ids, guild_id=guild_id, by=counted, at=at, n=n
    )
    return _later(asked_at, counted.window)


def _later(asked_at: datetime | None, window: timedelta | None) -> datetime | None:
    return None if asked_at is None or window is None else asked_at + window
