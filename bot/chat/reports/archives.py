"""A member's data as ZIP files, each with every table as JSON and as CSV. All functions block: use a thread.

A file must not be larger than Discord allows. So the tables are written into a folder first, and packed as
soon as more might not fit; the rest goes into the next file.
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from bot.chat.reports.csv_file import BYTE_ORDER_MARK, ENCODING, Cell, Id, csv_line

Value = str | int | float | bool | datetime | date | None

#: Quick, and larger than what the packing makes of the same pages.
MEASURED_BY = 1
#: For the names in a ZIP file, and the note.
ROOM_BESIDE = 20_000
NOTE_NAME = "README.txt"


class Archives:
    """Takes pages of tables in any order. `close` returns the finished files."""

    def __init__(self, folder: Path, most_bytes: int, note: str) -> None:
        self._folder, self._most_bytes, self._note = folder, most_bytes - ROOM_BESIDE, note
        self._tables: dict[str, _Table] = {}
        self._done: list[Path] = []
        self._bytes = 0

    def add(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        if not rows:
            return
        text = _Lines.of(columns, rows)
        if self._bytes and self._bytes + text.packed > self._most_bytes:
            self._pack()
        if name not in self._tables:
            self._tables[name] = _Table(self._folder, name, columns)
        self._tables[name].add(text)
        self._bytes += text.packed

    def close(self) -> list[Path]:
        """Return the files in order; one if there is nothing."""
        if self._tables or not self._done:
            self._pack()
        return self._done

    def _pack(self) -> None:
        path = self._folder / f"part-{len(self._done) + 1}.zip"
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(NOTE_NAME, self._note)
            for table in self._tables.values():
                table.move_into(archive)
        self._done.append(path)
        self._tables, self._bytes = {}, 0


@dataclass(frozen=True, slots=True)
class _Lines:
    """Some rows in both forms."""

    as_json: str
    as_csv: str

    @classmethod
    def of(cls, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> "_Lines":
        ids = [number for number, name in enumerate(columns) if is_id(name)]
        written = [_with_ids(row, ids, str) for row in rows]
        as_json = [_JSON.encode(dict(zip(columns, row, strict=True))) for row in written]
        as_csv = [csv_line([*map(_cell, _with_ids(row, ids, Id))]) for row in rows]
        return cls(",\n".join(as_json), "".join(as_csv))

    @property
    def packed(self) -> int:
        """Return how many bytes they take at most in a ZIP file."""
        forms = (self.as_json.encode(errors="replace"), self.as_csv.encode(ENCODING, "replace"))
        return sum(len(zlib.compress(form, MEASURED_BY)) for form in forms)


class _Table:
    """The two files of a table, while they grow."""

    def __init__(self, folder: Path, name: str, columns: Sequence[str]) -> None:
        self._paths = [folder / f"{name}.json", folder / f"{name}.csv"]
        self._json: IO[str] = self._paths[0].open("x", encoding="utf-8", errors="replace")
        self._csv: IO[str] = self._paths[1].open("x", encoding=ENCODING, errors="replace", newline="")
        self._json.write("[\n")
        self._csv.write(BYTE_ORDER_MARK + csv_line(columns))
        self._separator = ""

    def add(self, lines: _Lines) -> None:
        self._json.write(self._separator + lines.as_json)
        self._csv.write(lines.as_csv)
        self._separator = ",\n"

    def move_into(self, archive: zipfile.ZipFile) -> None:
        self._json.write("\n]\n")
        for file, path in zip((self._json, self._csv), self._paths, strict=True):
            file.close()
            archive.write(path, path.name)
            path.unlink()


def is_id(column: str) -> bool:
    """Return whether the column has ids, which are too long for the numbers of many programs."""
    return column == "id" or column.endswith("_id")


def _with_ids(row: Sequence[Value], ids: Sequence[int], form: Callable[[int], Value]) -> list[Value]:
    """Return the row with its ids in another form."""
    values = list(row)
    for number in ids:
        value = values[number]
        values[number] = form(value) if isinstance(value, int) else value
    return values


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _cell(value: Value) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) or type(value) is date:
        return str(value)
    return value  # type: ignore[return-value]  # the others are cells


_JSON = json.JSONEncoder(ensure_ascii=False, default=_text)
