"""docs/reliability.md: every line of the fault matrix leads to a test that exists."""

import re
from pathlib import Path

from tests.meta.checkout import ROOT, functions

DOCUMENT = ROOT / "docs" / "reliability.md"
SECTIONS = [
    "The process is killed",
    "A doubtful submit",
    "The provider misbehaves",
    "Discord misbehaves",
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


def test_every_line_leads_to_its_tests() -> None:
    missing = [row[0] for row in rows() if not links(row[-1])]
    for row in rows():
        for name, path in links(row[-1]):
            tests = {function.name for function in functions(path)} if path.is_file() else set()
            missing += [f"{row[0]} → {name}"] if name not in tests else []
    assert missing == []
