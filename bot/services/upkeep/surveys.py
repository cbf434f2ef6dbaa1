"""Looks for troubles that no other service notices by itself: the operator's budget, and the disk."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.domain.money import Month
from bot.domain.trouble import Trouble
from bot.services.limits.budgets import Prices
from bot.services.runtime import Runtime
from bot.store.pictures import accounts

#: Held money returns when an image costs less or fails. A trouble ends only below this share of the budget,
#: so that it does not come and go.
USED_ENDS_PERCENT = 95
LOW_ENDS_PERCENT = 75
LOW_PERCENT = 80

#: For the database, backups and sources. Less than this may be used up within a busy week.
LEAST_FREE_BYTES = 1_000_000_000
#: The trouble ends only with so many times more.
ENOUGH_FREE = 1.2


class Survey(Protocol):
    async def look(self) -> Mapping[Trouble, bool]:
        """Return True or False for each trouble that can be judged. Raises `DatabaseUnavailable`."""


@dataclass(slots=True, kw_only=True)
class BudgetSurvey:
    runtime: Runtime
    prices: Prices
    #: None = no budget.
    cap_microusd: int | None
    _month: Month | None = field(init=False, default=None)
    _is_low: bool = field(init=False, default=False)
    _is_used: bool = field(init=False, default=False)

    async def look(self) -> Mapping[Trouble, bool]:
        if self.cap_microusd is not None:
            month = Month.of(self.runtime.clock.now())
            used = await self.runtime.database.read(accounts.used_everywhere, month=month)
            self._judge(month, used, self.cap_microusd)
        return {Trouble.BUDGET_LOW: self._is_low, Trouble.BUDGET_USED: self._is_used}

    def _judge(self, month: Month, used: int, cap: int) -> None:
        if month != self._month:
            self._month, self._is_low, self._is_used = month, False, False
        is_full = used + self.prices.microusd > cap
        self._is_used = is_full or (self._is_used and used * 100 > cap * USED_ENDS_PERCENT)
        low_percent = LOW_ENDS_PERCENT if self._is_low else LOW_PERCENT
        self._is_low = self._is_used or used * 100 >= cap * low_percent


@dataclass(slots=True, kw_only=True)
class DiskSurvey:
    folder: Path
    least_free_bytes: int = LEAST_FREE_BYTES
    _is_full: bool = field(init=False, default=False)

    async def look(self) -> Mapping[Trouble, bool]:
        """Return nothing if the disk does not tell."""
        try:
            free = (await asyncio.to_thread(shutil.disk_usage, self.folder)).free
        except OSError:
            return {}
        self._is_full = free < self.least_free_bytes * (ENOUGH_FREE if self._is_full else 1)
        return {Trouble.DISK: self._is_full}
