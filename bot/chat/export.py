"""Rows as CSV that spreadsheets open as they are: ids stay text, and no cell becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

Cell = str | int | float | datetime | None

#: Spreadsheets take a cell that begins with one of these for a formula, or strip it and look at the rest.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Put before a cell, it makes text of it.
AS_TEXT = "'"
BYTE_ORDER_MARK = "\ufeff"


class Id(int):
    """A number that is a name: too long for a spreadsheet's numbers, which have 15 digits."""


@dataclass(frozen=True, slots=True)
class Table:
    """`text` begins with a byte order mark; `left_out` rows had no room in it."""

    text: str
    rows: int
    left_out: int


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]], most_bytes: int) -> Table:
    """As many of the rows as fit into `most_bytes` of UTF-8."""
    lines, used = [_line(head)], len((BYTE_ORDER_MARK + _line(head)).encode())
    left_out = 0
    for row in rows:
        line = _line([_cell(one) for one in row])
        used += len(line.encode())
        if left_out or used > most_bytes:
            left_out += 1
        else:
            lines.append(line)
    return Table(BYTE_ORDER_MARK + "".join(lines), len(lines) - 1, left_out)


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
    """Half a character, which UTF-8 cannot say, becomes a question mark."""
    text = text.encode("utf-8", "replace").decode()
    return AS_TEXT + text if text.lstrip(" ").startswith(DANGEROUS) else text
