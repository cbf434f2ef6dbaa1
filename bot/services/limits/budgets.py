"""Budgets of servers and of the operator: the expected price, holds in the month, and warnings."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.errors import BudgetSpent, CardGone, CourierUnavailable
from bot.domain.money import Month, Spending
from bot.services.protocols import Notices
from bot.services.runtime import Runtime
from bot.store.admission.facts import Facts
from bot.store.driver.database import Database
from bot.store.pictures import accounts, bills
from bot.store.pictures.accounts import WatchedBudget

log = structlog.stdlib.get_logger(__name__)

LEARNED_FROM = 100
#: The expected price, among the newest costs: few pictures cost more than what was held for them.
PERCENTILE = 0.95
#: Shares of the budget at which a server is warned, the higher one first.
WARNED_PERCENTS = (100, 80)


def expected_cost(costs: Sequence[int], unit_price_microusd: int) -> int:
    """Return a high percentile of the newest costs; without any, the operator's price."""
    if not costs:
        return unit_price_microusd
    rank = -(-len(costs) * PERCENTILE // 1)
    return sorted(costs)[int(rank) - 1]


class Prices:
    """The expected price of one picture by each model, in micro-USD."""

    def __init__(self, *, database: Database, model: str, unit_prices_microusd: Mapping[str, int]) -> None:
        """`model` is the usual one; `unit_prices_microusd` are expected until bills have been seen."""
        self._database = database
        self._model = model
        self._unit_prices = unit_prices_microusd
        #: By model.
        self.expected_microusd = dict(unit_prices_microusd)

    @property
    def microusd(self) -> int:
        """Return the price of the usual model."""
        return self.expected_microusd[self._model]

    def of(self, model: str) -> int:
        """Return the price by a model; for one that is no longer offered, the highest."""
        return self.expected_microusd.get(model) or max(self.expected_microusd.values())

    async def learn(self) -> None:
        """Read the newest costs from the store: at the start, and now and then."""
        for model, unit_price in self._unit_prices.items():
            costs = await self._database.read(bills.newest_costs, model=model, limit=LEARNED_FROM)
            self.expected_microusd[model] = expected_cost(costs, unit_price)


def require_left(facts: Facts, *, amount: int, month: Month, operator_cap: int | None) -> None:
    """Raise `BudgetSpent` if the amount does not fit into the operator's budget, or into the server's."""
    for cap, used, is_operators in (
        (operator_cap, facts.used_everywhere_microusd, True),
        (facts.chosen.budget_microusd, facts.used_microusd, False),
    ):
        if cap is not None and used + amount > cap:
            raise BudgetSpent(
                month=month,
                cap_microusd=cap,
                used_microusd=used,
                asked_microusd=amount,
                is_operators=is_operators,
            )


def percent_reached(spending: Spending, cap_microusd: int, price_microusd: int) -> int:
    """Return the highest reached share of `WARNED_PERCENTS`, or 0. At 100, not one more picture fits."""
    if spending.used_microusd + price_microusd > cap_microusd:
        return 100
    return 80 if spending.used_microusd * 100 >= cap_microusd * 80 else 0


@dataclass(slots=True, kw_only=True)
class BudgetWarnings:
    """Warns a server once at each share of a month's budget. A failed warning is retried."""

    runtime: Runtime
    notices: Notices
    prices: Prices
    #: Only one at a time, or a server would be warned twice.
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    async def post_due(self) -> None:
        """Warn each server that has a budget and a log channel, if a warning is due."""
        async with self._turn:
            month = Month.of(self.runtime.clock.now())
            for watched in await self.runtime.database.read(accounts.watched_budgets, month=month):
                percent = percent_reached(watched.spending, watched.cap_microusd, self.prices.microusd)
                if percent > watched.warned_percent and await self._warn(watched, percent):
                    await self.runtime.database.write(
                        accounts.set_warned, guild_id=watched.guild_id, month=month, percent=percent
                    )

    async def _warn(self, watched: WatchedBudget, percent: int) -> bool:
        """Return False if the warning has to be tried again."""
        try:
            await self.notices.budget(
                guild_id=watched.guild_id,
                channel_id=watched.log_channel_id,
                percent=percent,
                cap_microusd=watched.cap_microusd,
                used_microusd=watched.spending.used_microusd,
                resets_at=watched.spending.month.ends_at,
                language=watched.language,
            )
        except CourierUnavailable:
            return False
        except CardGone:
            log.warning("a server's log channel cannot be written to", guild=watched.guild_id)
        return True
