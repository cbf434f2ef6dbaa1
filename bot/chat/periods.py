"""The days that a report is about, from what moderators choose or type. All days are of UTC."""

import re
from datetime import date, timedelta

from bot.domain.errors import DateUnreadable

TODAY, WEEK, MONTH, THIS_MONTH = "today", "7 days", "30 days", "this month"
PERIOD_NAMES = (TODAY, WEEK, MONTH, THIS_MONTH)
_LENGTHS = {TODAY: 1, WEEK: 7, MONTH: 30}
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")

#: The first and the last day.
Days = tuple[date, date]


def named_days(name: str, today: date) -> Days:
    """The days up to today; 7 for a name that is none."""
    if name == THIS_MONTH:
        return today.replace(day=1), today
    return today - timedelta(days=_LENGTHS.get(name, _LENGTHS[WEEK]) - 1), today


def days_between(first: str | None, last: str | None, today: date) -> Days:
    """From a date on, up to one, or both. Raises `DateUnreadable`."""
    until = today if last is None else _day(last)
    since = until - timedelta(days=_LENGTHS[MONTH] - 1) if first is None else _day(first)
    return since, until


def as_text(day: date) -> str:
    """For a custom id."""
    return day.isoformat().replace("-", "")


def from_text(text: str) -> date:
    """Raises `DateUnreadable`, which only a forged custom id can bring about."""
    return _day(f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _day(text: str) -> date:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise DateUnreadable(text)
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        raise DateUnreadable(text) from None
