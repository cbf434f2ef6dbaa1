"""The days that a report is about, from what moderators choose or type. All days are of UTC."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from bot.domain.errors import DateUnreadable
from bot.domain.period import Period

_WEEK, _MONTH = 7, 30
#: By the name that moderators choose; the first is for those who choose none.
PERIODS: Mapping[str, Callable[[datetime], Period]] = {
    "7 days": lambda now: Period.last_days(now, _WEEK),
    "today": Period.today,
    "30 days": lambda now: Period.last_days(now, _MONTH),
    "this month": Period.this_month,
}
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def chosen_period(name: str | None, first: str | None, last: str | None, now: datetime) -> Period:
    """By dates if there are any, else by name. Raises `DateUnreadable` and whatever `Period` refuses."""
    if first is None and last is None:
        by_default, *_ = PERIODS.values()
        return PERIODS.get(name or "", by_default)(now)
    until = Period.today(now).last if last is None else _day(last)
    since = until - timedelta(days=_MONTH - 1) if first is None else _day(first)
    return Period.between(since, until)


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
