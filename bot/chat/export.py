"""Rows as CSV that spreadsheets open as they are: ids stay text, and no cell becomes a formula.

Where the decimal point is a comma, spreadsheets split at semicolons, in the middle of a prompt and whatever
its quotes say. So a text is made harmless behind each separator in it, not only at its beginning.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.chat.presenter.text import KEPT_FORMATS, tidy

Cell = str | int | float | Decimal | datetime | None

#: Spreadsheets take a cell that begins with one of these for a formula, or strip it and look at the rest.
FORMULA_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LINE_BREAKS = ("\t", "\r", "\n")
DANGEROUS = (*FORMULA_SIGNS, *LINE_BREAKS)
#: Of a ratio such as 16:9 or a prompt such as 3/4, spreadsheets make a time or a date.
_NUMBERS = re.compile(r"[\d.,:/\- ]*\d[\d.,:/\- ]*")
#: Where a cell may begin, whichever of these separates cells, with a formula or with nothing to see and one.
_BEGINNING = re.compile(
    rf"(^|[;,\t\r\n])(?=[\s\"{''.join(KEPT_FORMATS)}]*[{re.escape(''.join(FORMULA_SIGNS))}])"
)
#: Put before a cell, it makes text of it.
AS_TEXT = "'"
BYTE_ORDER_MARK = "\ufeff"


class Id(int):
    """A number that is a name: too long for a spreadsheet's numbers, which have 15 digits."""


class CsvFile:
    """Rows below a head, in at most so many bytes of UTF-8, the byte order mark at the beginning included."""

    def __init__(self, head: Sequence[str], most_bytes: int) -> None:
        self._lines = [BYTE_ORDER_MARK + _line(head)]
        self._left = most_bytes - len(self._lines[0].encode())
        self.rows = 0
        #: A row had no room: from there on, nothing is taken any more.
        self.is_full = False

    def add(self, row: Sequence[Cell]) -> bool:
        """Whether it had room."""
        line = _line([_cell(one) for one in row])
        self._left -= len(line.encode())
        self.is_full = self.is_full or self._left < 0
        if not self.is_full:
            self._lines.append(line)
            self.rows += 1
        return not self.is_full

    @property
    def text(self) -> str:
        return "".join(self._lines)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case Id():
            return f"{AS_TEXT}{int(value)}"
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case str():
            return _harmless(value)
    return str(value)


def _harmless(text: str) -> str:
    """As cards show it: what is invisible, or moves a terminal's cursor, is left out."""
    text = tidy(text)
    if _NUMBERS.fullmatch(text) or text.lstrip(" ").startswith(LINE_BREAKS):
        text = AS_TEXT + text
    return _BEGINNING.sub(rf"\1{AS_TEXT}", text)
