"""The limits on a member's pictures, and the reason for each, which members can read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import ChannelId, RoleId


class LimitField(StrEnum):
    PER_HOUR = "per_hour"
    PER_DAY = "per_day"
    PER_WEEK = "per_week"
    PER_MONTH = "per_month"
    RUNNING = "running"
    #: Pictures requested in an hour, including failed and cancelled ones. Only the operator sets it.
    ATTEMPTS = "attempts"


class LimitOrigin(StrEnum):
    """The setter of a rule, from the lowest precedence to the highest; a channel's holds beside others."""

    OPERATOR_DEFAULT = "operator_default"
    GUILD = "guild"
    ROLE = "role"
    MEMBER = "member"
    CHANNEL = "channel"
    OPERATOR_CEILING = "operator_ceiling"


#: A day is the last 24 hours, and a month the last 30 days. With a reset at midnight, all would ask at once,
#: and each time zone would differ.
WINDOWS = {
    LimitField.PER_HOUR: timedelta(hours=1),
    LimitField.PER_DAY: timedelta(days=1),
    LimitField.PER_WEEK: timedelta(days=7),
    LimitField.PER_MONTH: timedelta(days=30),
    LimitField.ATTEMPTS: timedelta(hours=1),
}
#: Blocked, failed and cancelled pictures are free, but use the provider's time. So attempts have a limit,
#: too.
ATTEMPTS_FOR_EACH_PICTURE = 3
#: The limits that servers can set, shortest window first. If several are reached, a refusal names the one
#: that lasts longest.
FIELDS = (
    LimitField.RUNNING,
    LimitField.PER_HOUR,
    LimitField.PER_DAY,
    LimitField.PER_WEEK,
    LimitField.PER_MONTH,
)
#: Those of them that become free by waiting.
OVER_TIME = FIELDS[1:]


@dataclass(frozen=True, slots=True)
class Overruled:
    """The limit that another rule has replaced: the 5 in "12 a day: your role (server default: 5)"."""

    limit: int
    origin: LimitOrigin
    role_id: RoleId | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule allows at most `limit` pictures (0 = none): in one server, in all servers, or in one channel."""

    field: LimitField
    limit: int
    origin: LimitOrigin
    everywhere: bool = False
    #: The role, if the origin is a role.
    role_id: RoleId | None = None
    #: The rule next in precedence; None if there is no other for this field.
    over: Overruled | None = None
    #: The channel, if the origin is a channel; its threads included.
    channel_id: ChannelId | None = None

    def __hash__(self) -> int:
        """Leave out the enums, whose own hashes take longer than all the rest."""
        return hash((self.limit, self.everywhere, self.role_id, self.channel_id))

    @property
    def window(self) -> timedelta | None:
        """Return how far back pictures or attempts count; None for the rule on running pictures."""
        return WINDOWS.get(self.field)


@dataclass(frozen=True, slots=True)
class Usage:
    """A rule and how much of it is used. If none is left, `again_at` is when the next picture is allowed."""

    rule: Rule
    used: int
    again_at: datetime | None = None
    #: When everything that is used now stops counting; None if that does not depend on time.
    resets_at: datetime | None = None

    @property
    def left(self) -> int:
        return max(0, self.rule.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """The limits of one setter. 0 = no pictures, None = not set."""

    per_hour: int | None = None
    per_day: int | None = None
    per_week: int | None = None
    per_month: int | None = None
    running: int | None = None

    def of(self, limit_field: LimitField) -> int | None:
        found: int | None = getattr(self, limit_field)
        return found

    @property
    def are_set(self) -> bool:
        return any(self.of(limit_field) is not None for limit_field in FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRules:
    """The rules of one server that may apply to a member in a channel. Roles without a rule may be absent."""

    default: Allowances = field(default_factory=Allowances)
    roles: Mapping[RoleId, Allowances] = field(default_factory=dict)
    member: Allowances = field(default_factory=Allowances)
    #: What each member may make in the channel.
    channel: Allowances = field(default_factory=Allowances)
    channel_id: ChannelId | None = None

    def candidates(self, limit_field: LimitField) -> Iterator[Overruled]:
        """Yield the setters of the field, highest precedence first; of several roles, the most generous."""
        if (limit := self.member.of(limit_field)) is not None:
            yield Overruled(limit, LimitOrigin.MEMBER)
        by_role = [
            (limit, -role_id)
            for role_id, allowances in self.roles.items()
            if (limit := allowances.of(limit_field)) is not None
        ]
        if by_role:
            limit, minus_id = max(by_role)
            yield Overruled(limit, LimitOrigin.ROLE, RoleId(-minus_id))
        if (limit := self.default.of(limit_field)) is not None:
            yield Overruled(limit, LimitOrigin.GUILD)


NO_RULES = ServerRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLimits(Allowances):
    """The operator's defaults for every member of every server, and how far servers may raise them.

    None = not set. Without a ceiling, the default is the ceiling: the operator pays.
    """

    #: Limits over all servers together. No server's rule can exceed them.
    ceilings: Allowances = field(default_factory=Allowances)
    #: Requested pictures in any hour, over all servers, including failed and cancelled ones. None: in each
    #: server, `ATTEMPTS_FOR_EACH_PICTURE` times as many as the member may make there in an hour.
    attempts_per_hour: int | None = None

    def rules(self, server: ServerRules = NO_RULES) -> list[Rule]:
        """Return the rules for a member, shortest window first; attempts come last."""
        rules = [rule for limit_field in FIELDS for rule in self._rules(limit_field, server)]
        attempts = self._attempts(rules)
        return rules if attempts is None else [*rules, attempts]

    def cap(self, limit_field: LimitField) -> int | None:
        """Return the most that a server's own rule can allow; None = any number."""
        ceiling = self.ceilings.of(limit_field)
        return self.of(limit_field) if ceiling is None else ceiling

    @property
    def caps(self) -> Allowances:
        return Allowances(**{limit_field.value: self.cap(limit_field) for limit_field in FIELDS})

    def _rules(self, limit_field: LimitField, server: ServerRules) -> list[Rule]:
        """Return the member's rule, the ceiling and the channel's, without those that cannot be reached."""
        found = self._rules_of_member(limit_field, server)
        limit = server.channel.of(limit_field)
        if limit is None or any(rule.limit <= limit for rule in found):
            return found
        return [*found, Rule(limit_field, limit, LimitOrigin.CHANNEL, channel_id=server.channel_id)]

    def _rules_of_member(self, limit_field: LimitField, server: ServerRules) -> list[Rule]:
        ceiling, rule = self.ceilings.of(limit_field), self._rule(limit_field, server)
        if ceiling is None:
            return [] if rule is None else [_capped(rule, self.of(limit_field))]
        if rule is not None and rule.limit < ceiling:
            return [rule, _ceiling(limit_field, ceiling, over=None)]
        return [_ceiling(limit_field, ceiling, over=rule)]

    def _rule(self, limit_field: LimitField, server: ServerRules) -> Rule | None:
        setters = list(server.candidates(limit_field))
        if (limit := self.of(limit_field)) is not None:
            setters.append(Overruled(limit, LimitOrigin.OPERATOR_DEFAULT))
        if not setters:
            return None
        holds, *others = setters
        return Rule(
            limit_field,
            holds.limit,
            holds.origin,
            role_id=holds.role_id,
            over=others[0] if others else None,
        )

    def _attempts(self, rules: Iterable[Rule]) -> Rule | None:
        origin = LimitOrigin.OPERATOR_DEFAULT
        if self.attempts_per_hour is not None:
            return Rule(LimitField.ATTEMPTS, self.attempts_per_hour, origin, everywhere=True)
        hourly = [rule for rule in rules if rule.field is LimitField.PER_HOUR and rule.channel_id is None]
        if not hourly:
            return None
        least = min(hourly, key=lambda rule: rule.limit)
        limit = ATTEMPTS_FOR_EACH_PICTURE * least.limit
        return Rule(LimitField.ATTEMPTS, limit, origin, everywhere=least.everywhere)


def _capped(rule: Rule, most: int | None) -> Rule:
    """Return the rule, or the operator's default where the server's rule would allow more."""
    if most is None or rule.limit <= most:
        return rule
    return Rule(rule.field, most, LimitOrigin.OPERATOR_CEILING, over=_overruled(rule))


def _ceiling(limit_field: LimitField, ceiling: int, *, over: Rule | None) -> Rule:
    """Return the ceiling as a rule. It replaces a rule that allows as much as the ceiling, or more."""
    overruled = None if over is None else _overruled(over)
    return Rule(limit_field, ceiling, LimitOrigin.OPERATOR_CEILING, everywhere=True, over=overruled)


def _overruled(rule: Rule) -> Overruled:
    return Overruled(rule.limit, rule.origin, rule.role_id)
