"""Numbers and moments in words."""

import math
from calendar import month_name
from datetime import date, datetime

from bot.domain.money import MICROUSD
from bot.words.catalogs import ngettext

_MINUTE = 60
_ALMOST_A_MINUTE = 45


def relative(moment: datetime) -> str:
    """A stamp that every reader's Discord counts by itself: "in 5 minutes"."""
    return f"<t:{math.ceil(moment.timestamp())}:R>"


def since(moment: datetime) -> str:
    """The same for what has been: "20 seconds ago", never in a second."""
    return f"<t:{math.floor(moment.timestamp())}:R>"


def at(moment: datetime) -> str:
    """A stamp that shows day and time in every reader's own zone."""
    return f"<t:{math.ceil(moment.timestamp())}:f>"


def about(seconds: float) -> str:
    """A duration as people say it; rounded, since it is a guess."""
    if seconds < _ALMOST_A_MINUTE:
        return f"about {max(5, round(seconds / 5) * 5)} seconds"
    minutes = max(1, round(seconds / _MINUTE))
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def exactly(seconds: float) -> str:
    """A measured duration, such as "58 s" or "2 min 5 s"."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def ordinal(number: int) -> str:
    is_teen = number % 100 // 10 == 1
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def pictures(count: int) -> str:
    return ngettext("{count} image", "{count} images", count)


def usd(microusd: int) -> str:
    """Such as "$1,204.50"; amounts below a dollar with as many digits as they have."""
    sign, amount = "-" if microusd < 0 else "", abs(microusd)
    if not 0 < amount < MICROUSD:
        return f"{sign}${(amount + MICROUSD // 200) // (MICROUSD // 100) / 100:,.2f}"
    digits = f"{amount:06}".rstrip("0")
    return f"{sign}$0.{digits:0<2}"


def day_name(day: date) -> str:
    """Such as "14 March 2026", the same for every reader."""
    return f"{day.day} {month_name[day.month]} {day.year}"
