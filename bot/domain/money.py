"""What pictures cost, and how much a server may spend in a month. All money is integer micro-USD."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Of a US dollar.
MICROUSD = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in UTC. A picture belongs to the month in which it was asked for, for ever."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        utc = at.astimezone(UTC)
        return cls(utc.year, utc.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month that `str` has written: YYYY-MM."""
        year, number = text.split("-")
        return cls(int(year), int(number))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def starts_at(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment of the next month: when budgets begin anew."""
        return (self.starts_at + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """One server's money in one month: what is held for pictures whose price is not known yet, and spent."""

    month: Month
    held_microusd: int = 0
    spent_microusd: int = 0

    @property
    def used_microusd(self) -> int:
        """What of a budget is gone, or spoken for."""
        return self.held_microusd + self.spent_microusd
