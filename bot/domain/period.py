"""A span of whole days in UTC, for a report."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.errors import PeriodEndsBeforeItBegins, PeriodTooLong
from bot.domain.money import Month

#: The days of a leap year.
MOST_DAYS = 366
DAY = timedelta(days=1)
#: Totals are kept by day, and for spans of six days: five of them are a month of 30 days.
SPAN = 6 * DAY
_FIRST_SPAN = date(1970, 1, 1)


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
    def last_week(cls, now: datetime) -> "Period":
        """Return the last whole week before `now`, from Monday to Sunday."""
        today = now.astimezone(UTC).date()
        monday = today - today.weekday() * DAY
        return cls(monday - 7 * DAY, monday - DAY)

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
    def whole_spans(self) -> list[date]:
        """Return the first day of each span that lies in the period with all of its days."""
        return [day for day in self.days if span_of(day) == day and day + SPAN - DAY <= self.last]

    @property
    def days_beside_spans(self) -> list[date]:
        """Return the days that are in no whole span: a few at both ends."""
        spans = set(self.whole_spans)
        return [day for day in self.days if span_of(day) not in spans]

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """Return the first moment after the period."""
        return datetime.combine(self.last, time(), UTC) + DAY


def span_of(day: date) -> date:
    """Return the first day of the span that the day is in."""
    return day - (day - _FIRST_SPAN) % SPAN
