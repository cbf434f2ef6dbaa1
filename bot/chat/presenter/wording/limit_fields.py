"""The words of each limit: per hour, per day, at once and so on. All code that names one uses these."""

from dataclasses import dataclass

from bot.domain.limits import LimitField
from bot.words.catalogs import deferred, ngettext
from bot.words.catalogs import gettext as _
from bot.words.formats import number


@dataclass(frozen=True, slots=True)
class _Words:
    #: The label of a field in a dialogue, and the name in a list of changes.
    name: str
    #: The description of a command's option.
    option: str
    amount: str
    used: str


_WORDS = {
    LimitField.PER_HOUR: _Words(
        name=deferred("Images per hour"),
        option=deferred("Images per hour (0: none)"),
        # Translators: a limit, such as "20 per hour". The number counts images, here and in the next ones.
        amount=deferred("{limit} per hour"),
        used=deferred("{used} of {limit} in the last hour"),
    ),
    LimitField.PER_DAY: _Words(
        name=deferred("Images per day"),
        option=deferred("Images per 24 hours (0: none)"),
        amount=deferred("{limit} per day"),
        used=deferred("{used} of {limit} in the last 24 hours"),
    ),
    LimitField.PER_WEEK: _Words(
        name=deferred("Images per week"),
        option=deferred("Images per 7 days (0: none)"),
        amount=deferred("{limit} per week"),
        used=deferred("{used} of {limit} in the last 7 days"),
    ),
    LimitField.PER_MONTH: _Words(
        name=deferred("Images per month"),
        option=deferred("Images per 30 days (0: none)"),
        amount=deferred("{limit} per month"),
        used=deferred("{used} of {limit} in the last 30 days"),
    ),
    LimitField.RUNNING: _Words(
        name=deferred("Images at once"),
        option=deferred("Images generating at once (0: none)"),
        amount=deferred("{limit} at once"),
        used=deferred("{used} of {limit} generating now"),
    ),
    LimitField.ATTEMPTS: _Words(
        name=deferred("Attempts per hour"),
        option="",
        amount="",
        used=deferred("{used} of {limit} attempts in the last hour"),
    ),
}


def limit_field_name(field: LimitField) -> str:
    return _(_WORDS[field].name)


def limit_option(field: LimitField) -> str:
    """Return the description of a command's option, not yet translated."""
    return _WORDS[field].option


def limit_amount(field: LimitField, limit: int) -> str:
    """Return words such as "12 per day"."""
    if field is LimitField.ATTEMPTS:
        return ngettext("{count} attempt per hour", "{count} attempts per hour", limit)
    return _(_WORDS[field].amount, limit=number(limit))


def limit_used(field: LimitField, used: int, limit: int) -> str:
    """Return words such as "1 of 12 in the last 24 hours"."""
    return _(_WORDS[field].used, used=number(used), limit=number(limit))
