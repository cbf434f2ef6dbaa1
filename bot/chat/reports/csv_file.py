"""Rows as CSV that spreadsheets open rightly wherever they run: text stays text, and nothing is a formula.

A spreadsheet splits a file at commas or at semicolons, and reads it as UTF-8 or as an old code page, as is
usual in its country. Only UTF-16 with a byte order mark do all of them know by its first bytes, Excel among
them, and split it at tabs. Somebody may choose to split it otherwise, in the middle of a prompt and whatever
its quotes say. So a text is made harmless behind each separator in it, not only at its beginning.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from bot.chat.incoming.text import KEPT_FORMATS, tidy

#: No fractions: where decimals stand behind a comma, 3.5 is the third of May, and 1.234 is a thousand.
Cell = str | int | datetime | None

ENCODING = "utf-16-le"
BYTE_ORDER_MARK = "\ufeff"
SEPARATOR = "\t"
#: Spreadsheets take a cell that begins with one of these for a formula, or strip it and look at the rest.
FORMULA_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Where a cell may begin, whichever of these separates cells, with a formula or with nothing to see and one.
_BEGINNING = re.compile(rf"(^|[;,])(?=[\s\"{''.join(KEPT_FORMATS)}]*[{re.escape(''.join(FORMULA_SIGNS))}])")
#: A text with a digit in it that is no longer, and has no more words, may be a number, a time or a date in
#: some language: 16:9, 1e5, 5 %, 3/4, 14. März 2026, 3月14日, "Sat, March 14, 2026 12:30 PM".
MOST_OF_A_DATE, MOST_WORDS_OF_A_DATE = 40, 4
#: Texts that are not longer are often the same.
_MOST_OF_A_WORD = 20
_TO_THE_SECOND = len("2026-03-14T12:30:00")
_WORD = re.compile(r"[^\W\d_]+")
#: Put before a cell, it makes text of it.
AS_TEXT = "'"


class Id(int):
    """A number that is a name: too long for a spreadsheet's numbers, which have 15 digits."""


class CsvFile:
    """Rows below a head, in at most so many bytes of `ENCODING`, the byte order mark included."""

    def __init__(self, head: Sequence[str], most_bytes: int) -> None:
        self._lines = [BYTE_ORDER_MARK + _line(head)]
        self._left = most_bytes - len(self._lines[0].encode(ENCODING))
        self.rows = 0
        #: A row had no room: from there on, nothing is taken any more.
        self.is_full = False

    def add(self, row: Sequence[Cell]) -> bool:
        """Add the row. Return False if there was no room for it."""
        line = csv_line(row)
        self._left -= len(line.encode(ENCODING))
        self.is_full = self.is_full or self._left < 0
        if not self.is_full:
            self._lines.append(line)
            self.rows += 1
        return not self.is_full

    @property
    def text(self) -> str:
        return "".join(self._lines)


def csv_line(row: Sequence[Cell]) -> str:
    """Return the row as a line of such a file."""
    return _line([_cell(value) for value in row])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=SEPARATOR, quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case Id():
            return f"{AS_TEXT}{int(value)}"
        case datetime():
            return value.isoformat(timespec="seconds")[:_TO_THE_SECOND] + "Z"
        case str():
            return _harmless(value) if len(value) > _MOST_OF_A_WORD else _harmless_word(value)
    return str(value)


def _harmless(text: str) -> str:
    """Put the text on one line, without characters that are invisible or move a terminal's cursor."""
    text = tidy(text).replace("\n", " ")
    if may_be_a_number(text):
        text = AS_TEXT + text
    return _BEGINNING.sub(rf"\1{AS_TEXT}", text)


_harmless_word = lru_cache(1000)(_harmless)


def may_be_a_number(text: str) -> bool:
    """Return whether a spreadsheet may take the text for a number, a time or a date."""
    is_short = len(text) <= MOST_OF_A_DATE and len(_WORD.findall(text)) <= MOST_WORDS_OF_A_DATE
    return is_short and any(char.isdigit() for char in text)
