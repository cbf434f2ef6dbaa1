"""The days that a report is about, from what moderators choose or type in their own language. All in UTC."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from bot.domain.errors import DateUnreadable
from bot.domain.period import Period
from bot.words.formats import is_day_first

_WEEK, _MONTH, _MONTHS = 7, 30, 12
#: By the name that moderators choose; the first is for those who choose none.
PERIODS: Mapping[str, Callable[[datetime], Period]] = {
    "7 days": lambda now: Period.last_days(now, _WEEK),
    "today": Period.today,
    "30 days": lambda now: Period.last_days(now, _MONTH),
    "this month": Period.this_month,
}
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.年] ?([0-9]{1,2})[-/.月] ?([0-9]{1,2})日?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.]) ?([0-9]{1,2})\2 ?([0-9]{4})")
#: Input methods of Asian languages may write these wide.
_AS_USUAL = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def chosen_period(name: str | None, first: str | None, last: str | None, now: datetime) -> Period:
    """Use the dates if there are any, else the name. Raises `DateUnreadable`, and what `Period` raises."""
    if first is None and last is None:
        by_default, *_ = PERIODS.values()
        return PERIODS.get(name or "", by_default)(now)
    until = Period.today(now).last if last is None else _day(last)
    since = until - timedelta(days=_MONTH - 1) if first is None else _day(first)
    return Period.between(since, until)


def name_of(period: Period, now: datetime) -> str:
    """Return the name by which moderators would choose this period now; "" if there is none."""
    return next((name for name, make in PERIODS.items() if make(now) == period), "")


def as_text(day: date) -> str:
    """Write a day for a custom id."""
    return day.isoformat().replace("-", "")


def from_text(text: str) -> date:
    """Raises `DateUnreadable`, which only a forged custom id can cause."""
    return _day(f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _day(text: str) -> date:
    """Year, month, day; or the year last, where it is certain which of the others is the day."""
    plain = text.translate(_AS_USUAL).strip()
    try:
        if match := _YEAR_FIRST.fullmatch(plain):
            return date(*map(int, match.groups()))
        if match := _YEAR_LAST.fullmatch(plain):
            return _with_year_last(match)
    except ValueError:
        raise DateUnreadable(text) from None
    raise DateUnreadable(text)


def _with_year_last(match: re.Match[str]) -> date:
    """Raises `ValueError` for what is no day, or may be two."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or is_day_first() or first > _MONTHS or first == second:
        return date(year, second, first)
    if second > _MONTHS:
        return date(year, first, second)
    raise ValueError("day and month could be swapped")
