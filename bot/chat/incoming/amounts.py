"""Numbers and sums of money, as admins type them."""

import re
from decimal import ROUND_UP, Decimal

from bot.domain.errors import NumberUnreadable
from bot.domain.money import MICROUSD

#: No number that makes sense is longer.
_MOST_CHARACTERS = 20
_WHOLE = re.compile(r"[+-]?[0-9]+")
_WITH_THOUSANDS = re.compile(r"([+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+)(\.[0-9]+)?")
_WITH_POINT = re.compile(r"[+-]?[0-9]*[.,]?[0-9]+|[+-]?[0-9]+[.,]")


def read_count(text: str) -> int | None:
    """None for an empty text. Raises `NumberUnreadable`."""
    text = text.strip()
    if not text:
        return None
    plain = text.replace(",", "") if _WITH_THOUSANDS.fullmatch(text) and "." not in text else text
    if len(text) > _MOST_CHARACTERS or not _WHOLE.fullmatch(plain):
        raise NumberUnreadable(text)
    return int(plain)


def read_microusd(text: str) -> int | None:
    """US dollars as micro-USD, less than one of them as one; None for an empty text.

    Raises `NumberUnreadable`.
    """
    text = text.strip().removesuffix("USD").removesuffix("$").removeprefix("$").strip()
    if not text:
        return None
    if _WITH_THOUSANDS.fullmatch(text):
        number = text.replace(",", "")
    elif _WITH_POINT.fullmatch(text):
        number = text.replace(",", ".")
    else:
        raise NumberUnreadable(text, is_money=True)
    if len(text) > _MOST_CHARACTERS:
        raise NumberUnreadable(text, is_money=True)
    return int((Decimal(number) * MICROUSD).to_integral_value(ROUND_UP))
