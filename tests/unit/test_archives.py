"""The files of an export: everything once, in JSON and CSV, each file no larger than Discord allows."""

import json
import random
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.chat.reports.archives import Archives
from tests.unit.test_csv_file import read_back

LIMIT = 100_000
COLUMNS = ("id", "prompt", "at", "is_private", "seconds", "day", "nothing")
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def a_row(number: int, prompt: str = "a fox") -> tuple[object, ...]:
    return number, prompt, NOON, True, 3.5, date(2026, 3, 14), None


def packed(folder: Path, *pages: list[tuple[object, ...]], most_bytes: int = LIMIT) -> list[Path]:
    archives = Archives(folder, most_bytes, "about it")
    for page in pages:
        archives.add("images", COLUMNS, page)  # type: ignore[arg-type]  # values of a row
    return archives.close()


def test_a_row_is_in_both_forms(tmp_path: Path) -> None:
    (path,) = packed(tmp_path, [a_row(2**62, "=1+1 ü")])
    with zipfile.ZipFile(path) as file:
        assert sorted(file.namelist()) == ["README.txt", "images.csv", "images.json"]
        (row,) = json.loads(file.read("images.json"))
        _, cells = read_back(file.read("images.csv").decode("utf-16"))
    assert row == {
        "id": str(2**62),
        "prompt": "=1+1 ü",
        "at": "2026-03-14T12:00:00+00:00",
        "is_private": True,
        "seconds": 3.5,
        "day": "2026-03-14",
        "nothing": None,
    }
    assert cells == [f"'{2**62}", "'=1+1 ü", "2026-03-14T12:00:00Z", "yes", "'3.5", "'2026-03-14", ""]


def test_nothing_is_one_file_with_a_note(tmp_path: Path) -> None:
    (path,) = packed(tmp_path, [])
    with zipfile.ZipFile(path) as file:
        assert file.namelist() == ["README.txt"]


@pytest.mark.parametrize("letters", ["abc =;,", "狐雪灯台\U0001f98a"])
def test_what_does_not_fit_goes_into_the_next_file(tmp_path: Path, letters: str) -> None:
    dice = random.Random(1)
    pages = [
        [a_row(page * 10 + one, "".join(dice.choices(letters, k=2000))) for one in range(10)]
        for page in range(12)
    ]
    paths = packed(tmp_path, *pages)
    assert len(paths) > 1
    found = []
    for path in paths:
        assert path.stat().st_size <= LIMIT
        with zipfile.ZipFile(path) as file:
            found += [(row["id"], row["prompt"]) for row in json.loads(file.read("images.json"))]
    assert found == [(str(row[0]), row[1]) for page in pages for row in page]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_half_a_character_ends_nothing(tmp_path: Path) -> None:
    (path,) = packed(tmp_path, [a_row(1, "\ud83e")])
    assert path.exists()
