"""The answer to "what can I make now, and what stops me first": for one member in one channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refusal
from bot.domain.failure import Failure
from bot.domain.money import Month, Spending
from bot.domain.reports import MemberUsage

#: The share of the operator's budget, in percent, from which on members read that little is left.
LITTLE_LEFT_PERCENT = 80


class BudgetState(StrEnum):
    """The state of the operator's budget. Its sums would show what other servers spend."""

    ENOUGH = "enough"
    LITTLE = "little"
    USED = "used"

    @classmethod
    def of(cls, *, cap_microusd: int, used_microusd: int, price_microusd: int) -> "BudgetState":
        if used_microusd + price_microusd > cap_microusd:
            return cls.USED
        is_little = used_microusd * 100 >= cap_microusd * LITTLE_LEFT_PERCENT
        return cls.LITTLE if is_little else cls.ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerBudget:
    """The budget of the server in this month, and the expected price of one picture."""

    cap_microusd: int
    spending: Spending
    price_microusd: int

    @property
    def left_microusd(self) -> int:
        return max(0, self.cap_microusd - self.spending.used_microusd)

    @property
    def pictures(self) -> int:
        """Return for how many more pictures it is enough."""
        return self.left_microusd // max(1, self.price_microusd)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxQuality:
    """The highest quality, where the operator offers it."""

    is_allowed: bool
    #: As how many pictures each counts.
    counts_as: int
    price_microusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionPreview:
    """The answer of admission to a request now. Nothing is held for it."""

    month: Month
    usage: MemberUsage
    #: All that would refuse the next picture, in the order in which a request meets it.
    refusals: Sequence[Refusal]
    #: Why the provider takes no requests; None: it takes them.
    paused_by: Failure | None = None
    #: The provider has asked for fewer requests: until then, new ones wait in line.
    waits_until: datetime | None = None
    budget: ServerBudget | None = None
    #: None: the operator has set no budget.
    operators_budget: BudgetState | None = None
    #: None: the operator does not offer it.
    max_quality: MaxQuality | None = None

    @property
    def most(self) -> int | None:
        """Return how many pictures the limits and the server's budget leave; None: no limit applies."""
        left = [usage.left for usage in self.usage.usages]
        if self.budget is not None:
            left.append(self.budget.pictures)
        return min(left, default=None)

    @property
    def most_of_max_quality(self) -> int | None:
        """Return the same for the highest quality, which may count as several pictures and cost more."""
        quality = self.max_quality
        if quality is None or not quality.is_allowed:
            return 0
        left = [usage.left // quality.counts_as for usage in self.usage.usages]
        if self.budget is not None:
            left.append(self.budget.left_microusd // max(1, quality.price_microusd))
        return min(left, default=None)
