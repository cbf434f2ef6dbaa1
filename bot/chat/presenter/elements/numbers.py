"""Numbers and moments in words."""

import math
from datetime import datetime

from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import duration, minutes, seconds

_MINUTE = 60
_ALMOST_A_MINUTE = 45


def relative(moment: datetime) -> str:
    """Return a stamp that each reader's Discord keeps up to date, such as "in 5 minutes"."""
    return f"<t:{math.ceil(moment.timestamp())}:R>"


def since(moment: datetime) -> str:
    """Return such a stamp for the past: it shows "20 seconds ago", and never "in a second"."""
    return f"<t:{math.floor(moment.timestamp())}:R>"


def at(moment: datetime) -> str:
    """Return a stamp that shows the day and time in each reader's own time zone."""
    return f"<t:{math.ceil(moment.timestamp())}:f>"


def about(duration_seconds: float) -> str:
    """Return a duration as people say it, rounded because it is an estimate."""
    if duration_seconds < _ALMOST_A_MINUTE:
        return _("about {duration}", duration=seconds(max(5, round(duration_seconds / 5) * 5)))
    return _("about {duration}", duration=minutes(max(1, round(duration_seconds / _MINUTE))))


def exactly(duration_seconds: float) -> str:
    """Return a measured duration, such as "58 sec" or "2 min 5 sec"."""
    return duration(round(duration_seconds))


def pictures(count: int) -> str:
    return ngettext("{count} image", "{count} images", count)
