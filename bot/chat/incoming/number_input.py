"""Numbers and sums of money, as admins type them in their own language.

"1.234" is more than a thousand in German, and little more than one in English. Where the language does not
say which it is, the text is refused: typing it once more is better than a budget a thousand times too large.
"""

import re
from decimal import ROUND_UP, Decimal

from bot.domain.errors import NumberUnreadable
from bot.domain.money import MICROUSD
from bot.words.formats import decimal_sign, thousands_sign

#: No number that makes sense is longer.
_MOST_CHARACTERS = 20
_NUMBER = re.compile(r"[+-]?(?:[0-9]*[.,]?[0-9]+|[0-9]+[.,])")
_WITH_THOUSANDS = re.compile(
    r"([+-]?[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?"
)
#: A number with thousands, or one with three decimals.
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}")
#: Input methods of Asian languages may write these wide; other languages part thousands with narrow spaces.
_AS_USUAL = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"), " "
)


def read_count(text: str) -> int | None:
    """Return None for an empty text. Raises `NumberUnreadable`."""
    plain = text.translate(_AS_USUAL).strip()
    if not plain:
        return None
    number = _read(plain)
    if number is None or number.as_tuple().exponent != 0:
        raise NumberUnreadable(text)
    return int(number)


def read_microusd(text: str) -> int | None:
    """US dollars as micro-USD, less than one of them as one; None for an empty text.

    Raises `NumberUnreadable`.
    """
    plain = text.translate(_AS_USUAL).strip().removesuffix("USD").removesuffix("$").strip()
    plain = plain.removeprefix("US").removeprefix("$").strip()
    if not plain:
        return None
    number = _read(plain)
    if number is None:
        raise NumberUnreadable(text, is_money=True)
    return int((number * MICROUSD).to_integral_value(ROUND_UP))


def _read(text: str) -> Decimal | None:
    """Return None if it is no number, or may be two different ones."""
    if len(text) > _MOST_CHARACTERS:
        return None
    if ambiguous := _AMBIGUOUS.fullmatch(text):
        return _by_language(text, ambiguous[1])
    if match := _WITH_THOUSANDS.fullmatch(text):
        whole, thousands, rest = match.groups()
        return Decimal(f"{whole.replace(thousands, '')}.{rest}" if rest else whole.replace(thousands, ""))
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _by_language(text: str, sign: str) -> Decimal | None:
    if sign == thousands_sign():
        return Decimal(text.replace(sign, ""))
    return Decimal(text.replace(sign, ".")) if sign == decimal_sign() else None
