"""The CSV that moderators export: text stays text, whatever a spreadsheet makes of it."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.incoming.text import KEPT_FORMATS, tidy
from bot.chat.reports.csv_file import BYTE_ORDER_MARK, ENCODING, FORMULA_SIGNS, SEPARATOR, Cell, CsvFile, Id

PLENTY = 10**9


def in_file(row: Sequence[Cell]) -> CsvFile:
    file = CsvFile(["prompt"], PLENTY)
    assert file.add(row)
    return file


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""), delimiter=SEPARATOR))


def test_ids_times_and_nothing_are_written_for_spreadsheets() -> None:
    at = datetime(2026, 3, 14, 12, 5, 9, 123456, tzinfo=UTC)
    table = in_file([Id(1_300_000_000_000_000_001), at, None, 54300])
    assert read_back(table.text)[1] == ["'1300000000000000001", "2026-03-14T12:05:09Z", "", "54300"]
    assert (table.rows, table.is_full) == (1, False)


def test_the_first_bytes_tell_every_spreadsheet_how_to_read_it() -> None:
    """In any country Excel takes such a file for UTF-16, split at tabs."""
    table = in_file(["a füchsin in the snow 🦊, at dawn; or later", 1])
    data = table.text.encode(ENCODING)
    assert data.startswith(b"\xff\xfe")
    _, row = data.decode("utf-16").splitlines()
    assert row == '"a füchsin in the snow 🦊, at dawn; or later"\t"1"'


@given(st.text())
def test_no_text_becomes_a_formula_or_is_lost(text: str) -> None:
    shown = tidy(text).replace("\n", " ")
    (_, (cell,)) = read_back(in_file([text]).text) if shown else ("", ("",))
    assert not cell.lstrip(f" {''.join(KEPT_FORMATS)}").startswith(FORMULA_SIGNS)
    assert cell.replace("'", "") == shown.replace("'", "")


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_each_row_is_one_line(texts: list[str]) -> None:
    """Some spreadsheets end a row at a line break whatever the quotes around it say."""
    file = CsvFile(["prompt"], PLENTY)
    for text in texts:
        file.add([text, 1])
    assert len(file.text.splitlines()) == 1 + len(texts)


#: Of which some are likely to meet, as a member who means harm writes them.
HARM = st.text(alphabet="=+-@\uff1d;,\t\r\n\"' 1aA|!\u200d\u3000", max_size=12)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(before=HARM, text=HARM, after=HARM)
def test_wherever_a_spreadsheet_splits_no_cell_is_a_formula(
    separator: str, before: str, text: str, after: str
) -> None:
    file = in_file([before, text, after])
    lines = io.StringIO(file.text.removeprefix(BYTE_ORDER_MARK), newline="")
    for row in csv.reader(lines, delimiter=separator):
        for cell in row:
            seen = cell.lstrip(f" \u3000\r\n{''.join(KEPT_FORMATS)}")
            assert not seen.startswith(FORMULA_SIGNS), (row, file.text)


def test_a_formula_behind_a_semicolon_is_made_text() -> None:
    assert in_cell('a fox;=HYPERLINK("x")') == 'a fox;\'=HYPERLINK("x")'
    assert in_cell("a fox in the very deep snow; =1+1") == "a fox in the very deep snow;' =1+1"


@given(
    st.sampled_from(FORMULA_SIGNS),
    st.text(alphabet=" ", max_size=3),
    st.text(alphabet="1aA(,\"'", max_size=9),
)
def test_what_begins_as_a_formula_is_made_text(first: str, spaces: str, rest: str) -> None:
    text = spaces + first + rest
    (_, (cell,)) = read_back(in_file([text]).text)
    assert cell == "'" + tidy(text)


NUMBERS = [
    "1.5",
    "1,000",
    "1234567890123456",
    "1e5",
    "12E-3",
    "5 %",
    "$5",
    "5,00 €",
    "(12)",
    "1 1/2",
    "\uff11\uff12",
]
TIMES = [
    "16:9",
    "3/4",
    "3.5",
    "2026-03-14",
    "3-May",
    "14. März 2026",
    "14 de marzo de 2026",
    "3月14日",
    "Mar 26",
]
TIMES += ["12:30 PM", "Sat, March 14, 2026 12:30 PM", "sábado, 14 de março de 2026", "2026-03-14T12:05:09Z"]


@pytest.mark.parametrize("text", [*NUMBERS, *TIMES])
def test_what_spreadsheets_take_for_a_number_a_time_or_a_date_stays_text(text: str) -> None:
    assert in_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["a fox", "16:9 please, of a fox in the snow", "four", "三只猫", "x" * 40 + " 1"]
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert in_cell(text) == text


@pytest.mark.parametrize("first", ["\u200d", "\u00a0", "\u3000", "\u200b", "\x00", "\u2028"])
def test_a_formula_behind_nothing_to_see_is_made_text(first: str) -> None:
    assert in_cell(f"{first}=1+1").startswith("'")


@pytest.mark.parametrize("hidden", ["\u202e", "\x1b[2J", "\x9b2J", "\u200b", "\u2066", "\x00", "\ud83d"])
def test_what_would_turn_or_hide_a_line_is_left_out(hidden: str) -> None:
    assert in_cell(f"a fox{hidden}").isprintable()


@given(st.lists(st.text(min_size=1, max_size=30), max_size=30), st.integers(40, 800))
def test_from_the_first_row_without_room_on_nothing_is_taken(prompts: list[str], most_bytes: int) -> None:
    file = CsvFile(["prompt"], most_bytes)
    taken = [file.add([one]) for one in prompts]
    assert len(file.text.encode(ENCODING)) <= most_bytes
    assert taken == sorted(taken, reverse=True)
    assert file.rows == sum(taken)
    assert file.is_full == (not all(taken))
    assert read_back(file.text)[1:] == [[in_cell(one)] for one in prompts[: file.rows]]


def in_cell(text: str) -> str:
    (_, (cell,)) = read_back(in_file([text]).text)
    return cell
