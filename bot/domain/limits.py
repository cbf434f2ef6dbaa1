"""How many pictures a member may make, and the reason, which members are told word for word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class LimitField(StrEnum):
    PER_HOUR = "per_hour"
    PER_DAY = "per_day"
    RUNNING = "running"


class LimitOrigin(StrEnum):
    """Whose rule it is; rules of servers, roles and members are more origins."""

    OPERATOR_DEFAULT = "operator_default"
    OPERATOR_CEILING = "operator_ceiling"


#: A day is 24 hours and slides: no midnight at which everybody asks at once, in nobody's time zone.
WINDOWS = {LimitField.PER_HOUR: timedelta(hours=1), LimitField.PER_DAY: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `limit` pictures (0 = none). With `everywhere`, over all servers; else in one."""

    field: LimitField
    limit: int
    origin: LimitOrigin
    everywhere: bool = False

    @property
    def window(self) -> timedelta | None:
        """How far back pictures count; None for the rule over running pictures."""
        return WINDOWS.get(self.field)


@dataclass(frozen=True, slots=True)
class Usage:
    """A rule beside what is used of it. `again_at` is when the next picture becomes free, if none is left."""

    rule: Rule
    used: int
    again_at: datetime | None = None

    @property
    def left(self) -> int:
        return max(0, self.rule.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLimits:
    """The operator's defaults for every member of every server; None = not set."""

    per_hour: int | None = None
    per_day: int | None = None
    running: int | None = None
    ceiling_per_day: int | None = None

    def rules(self) -> list[Rule]:
        """What holds for a member, tightest window first."""
        set_here = [
            (LimitField.RUNNING, self.running),
            (LimitField.PER_HOUR, self.per_hour),
            (LimitField.PER_DAY, self.per_day),
        ]
        rules = [
            Rule(field, limit, LimitOrigin.OPERATOR_DEFAULT) for field, limit in set_here if limit is not None
        ]
        if self.ceiling_per_day is not None:
            ceiling = Rule(
                LimitField.PER_DAY, self.ceiling_per_day, LimitOrigin.OPERATOR_CEILING, everywhere=True
            )
            rules.append(ceiling)
        return rules
