"""A span of whole days in UTC, about which a report is made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.errors import PeriodEndsBeforeItBegins, PeriodTooLong
from bot.domain.money import Month

#: A year and the day that some have.
MOST_DAYS = 366
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the start of `first` to the end of `last`. Build with the class methods."""

    first: date
    last: date

    @classmethod
    def today(cls, now: datetime) -> "Period":
        return cls.last_days(now, 1)

    @classmethod
    def last_days(cls, now: datetime, days: int) -> "Period":
        """Today and the days before it, `days` in all."""
        today = now.astimezone(UTC).date()
        return cls(today - (days - 1) * DAY, today)

    @classmethod
    def this_month(cls, now: datetime) -> "Period":
        """From the first of the month to today."""
        return cls(Month.of(now).starts_at.date(), now.astimezone(UTC).date())

    @classmethod
    def between(cls, first: date, last: date) -> "Period":
        """Raises `PeriodEndsBeforeItBegins`, `PeriodTooLong`."""
        if last < first:
            raise PeriodEndsBeforeItBegins(first, last)
        if (last - first) // DAY + 1 > MOST_DAYS:
            raise PeriodTooLong((last - first) // DAY + 1, MOST_DAYS)
        return cls(first, last)

    @property
    def days(self) -> list[date]:
        """Every day of it, oldest first."""
        return [self.first + number * DAY for number in range((self.last - self.first) // DAY + 1)]

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is not part of it any more."""
        return datetime.combine(self.last, time(), UTC) + DAY
