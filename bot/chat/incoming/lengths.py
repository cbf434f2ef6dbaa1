"""Reads a length of time that somebody types in any of our languages: "3 days", "1d 12h", "für immer"."""

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.block import BlockProblem, BlockRefused

#: No sensible length is longer.
_MOST_CHARACTERS = 40
_DAY = timedelta(days=1)
#: In all languages of the bot at once: no word means two different lengths.
_WORDS: Mapping[timedelta, str] = {
    timedelta(minutes=1): "min mins minute minutes minuten minuto minutos 分 分間",
    timedelta(hours=1): "h hr hrs hour hours std stunde stunden hora horas heure heures 時間",
    _DAY: "d day days tag tage tagen día días dia dias j jour jours 日 日間",
    7 * _DAY: "w wk wks week weeks woche wochen sem semana semanas semaine semaines 週 週間",
    30 * _DAY: "mo month months monat monate monaten mes meses mois mês か月 ヶ月 カ月 ヵ月 箇月",
    365 * _DAY: "y yr yrs year years jahr jahre jahren año años ano anos an ans année années 年 年間",
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_ONE = frozenset(["a", "an", "one", "ein", "eine", "einen", "einem", "un", "una", "une", "uno", "um", "uma"])
#: Without spaces.
_WITHOUT_END = frozenset(
    (
        *(
            "forever",
            "permanent",
            "permanently",
            "fürimmer",
            "dauerhaft",
            "parasiempre",
            "siempre",
            "permanente",
        ),
        *("pourtoujours", "toujours", "définitivement", "parasempre", "sempre", "無期限", "永久", "永久に"),
    )
)
_PART = re.compile(r"(\d{1,7}|[^\W\d_]{1,5}(?=\s)) ?([^\W\d_]+)\.?(?:[ ,]+|(?=\d)|$)")
#: Input methods of Asian languages may write these wide.
_AS_USUAL = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def read_length(text: str) -> timedelta | None:
    """Return None for a length without an end, such as "permanently". Raises `BlockRefused`."""
    plain = " ".join(text.translate(_AS_USUAL).casefold().split())
    if plain.replace(" ", "") in _WITHOUT_END:
        return None
    try:
        length = _sum(plain) if len(plain) <= _MOST_CHARACTERS else None
    except OverflowError:  # longer than any time that a computer counts
        length = None
    if length is None:
        raise BlockRefused(BlockProblem.LENGTH_UNREADABLE, text)
    return length


def _sum(plain: str) -> timedelta | None:
    """Return the sum of the parts; None if there are none, or if one is none."""
    total, at = timedelta(), 0
    while at < len(plain):
        match = _PART.match(plain, at)
        part = match and _part(match[1], match[2])
        if not match or not part:
            return None
        total, at = total + part, match.end()
    return total if at else None


def _part(count: str, word: str) -> timedelta | None:
    unit = _UNITS.get(word)
    if unit is None or not (count.isdecimal() or count in _ONE):
        return None
    return unit * (int(count) if count.isdecimal() else 1)
