"""A span of whole days in UTC, for a report."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.errors import PeriodEndsBeforeItBegins, PeriodTooLong
from bot.domain.money import Month

#: The days of a leap year.
MOST_DAYS = 366
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A period from the start of `first` to the end of `last`. Build it with the class methods."""

    first: date
    last: date

    @classmethod
    def today(cls, now: datetime) -> "Period":
        return cls.last_days(now, 1)

    @classmethod
    def last_days(cls, now: datetime, days: int) -> "Period":
        """Return a period of `days` days that ends today."""
        today = now.astimezone(UTC).date()
        return cls(today - (days - 1) * DAY, today)

    @classmethod
    def this_month(cls, now: datetime) -> "Period":
        """Return the period from the first of the month to today."""
        return cls(Month.of(now).starts_at.date(), now.astimezone(UTC).date())

    @classmethod
    def between(cls, first: date, last: date) -> "Period":
        """Raise `PeriodEndsBeforeItBegins` or `PeriodTooLong`."""
        if last < first:
            raise PeriodEndsBeforeItBegins(first, last)
        if (last - first) // DAY + 1 > MOST_DAYS:
            raise PeriodTooLong((last - first) // DAY + 1, MOST_DAYS)
        return cls(first, last)

    @property
    def days(self) -> list[date]:
        """Return every day of the period, oldest first."""
        return [self.first + number * DAY for number in range((self.last - self.first) // DAY + 1)]

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """Return the first moment after the period."""
        return datetime.combine(self.last, time(), UTC) + DAY
