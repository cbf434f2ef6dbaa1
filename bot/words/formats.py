"""Numbers, money, shares, days, durations and lists, as they are written in the current language."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_timedelta, get_date_format
from babel.lists import format_list
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
)
from babel.units import format_unit

from bot.words.language import spoken

#: Babel is slow, and most values that are shown were shown a moment ago.
MOST_REMEMBERED = 2000
MICROUSD = 1_000_000
#: Below this, every language of ours writes a number without any separator.
_PLAIN = 1000
_MINUTE = 60
#: The units of a length of time, each in seconds, the longest first.
_LENGTHS = (("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
#: Languages that write no space after a comma, and none between a number and its unit, where Babel's data
#: have one.
_WITHOUT_SPACES = frozenset({"ja"})


def number(value: int) -> str:
    return str(value) if 0 <= value < _PLAIN else _number(spoken(), value)


def money(microusd: int) -> str:
    """Return US dollars with two decimals, such as "$1,204.50" or "1.204,50 $"."""
    return _money(spoken(), round(microusd / MICROUSD, 2) + 0.0)  # never "-0.00"


def percent(share: int) -> str:
    """Return a whole number of hundredths, such as "80%" or "80 %"."""
    return _percent(spoken(), share)


def day(value: date) -> str:
    """Return a day, such as "March 14, 2026" or "14. März 2026"."""
    return _day(spoken(), value)


def days(first: date, last: date) -> str:
    """Return the days from one to another with no more words than needed, such as "1 to 31 March"."""
    return day(first) if first == last else _days(spoken(), first, last)


def month_and_day(value: date) -> str:
    """Return a day without its year, such as "Mar 14" or "14. März"."""
    return format_skeleton("MMMd", value, locale=_locale(spoken()))


def typed_money(microusd: int) -> str:
    """Return an amount in full as people type it, such as "1204.50" or "1204,50"."""
    usd = Decimal(microusd) / MICROUSD
    return format_decimal(usd, "0.00####", locale=_locale(spoken()))


def decimal_sign() -> str:
    return get_decimal_symbol(_locale(spoken()))


def thousands_sign() -> str:
    return get_group_symbol(_locale(spoken()))


def is_day_first() -> bool:
    """Return whether the day comes first, as in 31/3/2026. For English, which has both ways, it is False."""
    return get_date_format("short", _locale(spoken())).pattern.startswith("d")


def seconds(count: int) -> str:
    """Return words such as "35 seconds"."""
    return _unit(spoken(), count, "second", "long")


def minutes(count: int) -> str:
    """Return words such as "2 minutes"."""
    return _unit(spoken(), count, "minute", "long")


def duration(whole_seconds: int) -> str:
    """Return words such as "58 sec" or "2 min 5 sec"."""
    whole, rest = divmod(whole_seconds, _MINUTE)
    counts = [(whole, "minute"), (rest, "second")] if whole else [(rest, "second")]
    parts = [_unit(spoken(), count, unit, "short") for count, unit in counts if count or not whole]
    return ("" if spoken() in _WITHOUT_SPACES else " ").join(parts)


def length(whole_seconds: int) -> str:
    """Return a chosen length of time in the longest unit that fits, such as "3 days" or "1095 days".

    Thousands are not parted: people choose these words and send them, in a list with commas between.
    """
    unit, size = next((unit, size) for unit, size in _LENGTHS if whole_seconds % size == 0)
    return _unit(spoken(), whole_seconds // size, unit, "long", "0")


def ago(whole_seconds: int) -> str:
    """Return words such as "5 minutes ago", for places where Discord's own stamps do not work."""
    past = timedelta(seconds=-max(1, whole_seconds))
    return format_timedelta(past, add_direction=True, locale=_locale(spoken()))


def listed(parts: Sequence[str], *, either: bool = False) -> str:
    """Return words such as "a, b and c"; with `either`, "a, b, or c"."""
    return format_list(list(parts), "or" if either else "standard", locale=_locale(spoken()))


def with_commas(parts: Iterable[str]) -> str:
    """Return words such as "a, b, c", for a list that may go on."""
    return ("、" if spoken() in _WITHOUT_SPACES else ", ").join(parts)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(MOST_REMEMBERED)
def _number(language: str, value: int) -> str:
    return format_decimal(value, locale=_locale(language))


@lru_cache(MOST_REMEMBERED)
def _money(language: str, usd: float) -> str:
    return format_currency(usd, "USD", locale=_locale(language))


@lru_cache(MOST_REMEMBERED)
def _percent(language: str, share: int) -> str:
    return format_percent(share / 100, locale=_locale(language))


@lru_cache(MOST_REMEMBERED)
def _day(language: str, value: date) -> str:
    return format_date(value, format="long", locale=_locale(language))


@lru_cache(MOST_REMEMBERED)
def _days(language: str, first: date, last: date) -> str:
    text = format_interval(first, last, "yMMMMd", locale=_locale(language))
    return text.replace("\N{THIN SPACE}", " ")


@lru_cache(MOST_REMEMBERED)
def _unit(
    language: str, count: int, unit: str, length: Literal["short", "long"], digits: str | None = None
) -> str:
    text = format_unit(count, unit, length=length, format=digits, locale=_locale(language))
    return text.replace(" ", "") if language in _WITHOUT_SPACES else text
