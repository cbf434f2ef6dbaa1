"""The cost of pictures, and a server's spending in a month. All money is integer micro-USD."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: The number of micro-USD in a US dollar.
MICROUSD = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in UTC. A picture always belongs to the month of its request."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        utc = at.astimezone(UTC)
        return cls(utc.year, utc.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Return the month of a text that `str` has made: YYYY-MM."""
        year, number = text.split("-")
        return cls(int(year), int(number))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def starts_at(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def ends_at(self) -> datetime:
        """Return the first moment of the next month, when budgets reset."""
        return (self.starts_at + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The money of one server in one month: spent, or held for pictures whose price is not known yet."""

    month: Month
    held_microusd: int = 0
    spent_microusd: int = 0

    @property
    def used_microusd(self) -> int:
        """Return the part of a budget that is spent or held."""
        return self.held_microusd + self.spent_microusd
