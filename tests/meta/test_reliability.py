"""docs/reliability.md: every line of the fault matrix leads to a test that exists."""

import re
from pathlib import Path

from tests.matrix.rows import ROWS
from tests.meta.checkout import ROOT, functions

MATRIX = ROOT / "tests" / "matrix" / "rows.py"
DOCUMENT = ROOT / "docs" / "reliability.md"
SECTIONS = [
    "The process is killed",
    "A doubtful submit",
    "The provider misbehaves",
    "Discord misbehaves",
    "Several processes",
    "The machine",
    "Load",
]
COLUMNS = ["fault", "the member", "the money", "the operator", "shown by"]


def rows() -> list[list[str]]:
    """The cells of every line of every table, heads left out."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row != COLUMNS and set(row[0]) != {"-"}]


def links(cell: str) -> list[tuple[str, Path]]:
    """The name that is shown, and the file that it leads to."""
    found = re.findall(r"\[`([^`]+)`\]\(([^)\s]+)\)", cell)
    return [(name, (DOCUMENT.parent / target).resolve()) for name, target in found]


def test_the_sections_are_those_that_others_add_to() -> None:
    assert re.findall(r"^## (.*)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE) == SECTIONS


def test_every_line_says_what_happens_to_whom() -> None:
    assert [row for row in rows() if len(row) != len(COLUMNS) or not row[0]] == []


def shown_in(path: Path) -> set[str]:
    """What a link to this file may name: a test in it, or a row of the matrix."""
    if path == MATRIX:
        return {f"matrix: {row.label}" for row in ROWS}
    return {function.name for function in functions(path)} if path.is_file() else set()


def test_every_line_leads_to_its_tests() -> None:
    missing = [row[0] for row in rows() if not links(row[-1])]
    missing += [
        f"{row[0]} → {name}" for row in rows() for name, path in links(row[-1]) if name not in shown_in(path)
    ]
    assert missing == []


def test_every_fault_point_and_doubt_of_the_matrix_is_told() -> None:
    told = {name for row in rows() for name, _ in links(row[-1])}
    untold = {row.label for row in ROWS if f"matrix: {row.label}" not in told}
    assert {label for label in untold if not label.startswith("at random")} == set()
