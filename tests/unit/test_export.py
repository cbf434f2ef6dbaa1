"""The CSV that moderators export: text stays text, whatever a spreadsheet makes of it."""

import csv
import io
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.export import BYTE_ORDER_MARK, DANGEROUS, Id, as_csv

PLENTY = 10**9


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def test_ids_times_and_nothing_are_written_for_spreadsheets() -> None:
    at = datetime(2026, 3, 14, 12, 5, 9, 123456, tzinfo=UTC)
    table = as_csv(["id", "at", "kind", "usd"], [[Id(1_300_000_000_000_000_001), at, None, 0.0543]], PLENTY)
    assert table.text.encode().startswith(b"\xef\xbb\xbf")
    assert read_back(table.text)[1] == ["'1300000000000000001", "2026-03-14T12:05:09Z", "", "0.0543"]
    assert (table.rows, table.left_out) == (1, 0)


@given(st.text())
def test_no_text_becomes_a_formula_or_is_lost(text: str) -> None:
    (_, (cell,)) = read_back(as_csv(["prompt"], [[text]], PLENTY).text) if text else ("", ("",))
    assert not cell.lstrip(" ").startswith(DANGEROUS)
    assert cell.removeprefix("'") == text.removeprefix("'")


@given(st.sampled_from(DANGEROUS), st.text(alphabet=" ", max_size=3), st.text(alphabet="1aA(,\"'", max_size=9))
def test_what_begins_as_a_formula_is_made_text(first: str, spaces: str, rest: str) -> None:
    text = spaces + first + rest
    (_, (cell,)) = read_back(as_csv(["prompt"], [[text]], PLENTY).text)
    assert cell == "'" + text


def test_half_a_character_does_not_stop_the_export() -> None:
    assert read_back(as_csv(["prompt"], [["a\ud83d"]], PLENTY).text)[1] == ["a?"]


@given(st.lists(st.text(min_size=1, max_size=30), max_size=30), st.integers(20, 400))
def test_what_has_no_room_is_counted(prompts: list[str], most_bytes: int) -> None:
    table = as_csv(["prompt"], [[one] for one in prompts], most_bytes)
    assert len(table.text.encode()) <= most_bytes
    assert table.rows + table.left_out == len(prompts)
    assert len(read_back(table.text)) == table.rows + 1
