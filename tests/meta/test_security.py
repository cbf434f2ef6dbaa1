"""docs/security.md: what strangers can cost, and what a file can: each number leads to a test that exists."""

import re
from pathlib import Path

from tests.meta.checkout import ROOT, functions

DOCUMENT = ROOT / "docs" / "security.md"
HEAD = ["", "at most", "shown by"]
SECTIONS = ["What strangers can cost", "What a file can cost"]


def rows(section: str) -> list[list[str]]:
    """The cells of every line of its table, below the head."""
    text = DOCUMENT.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head, _, *found = [
        [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in lines
    ]
    assert head == HEAD
    return found


def missing_in(row: list[str]) -> list[str]:
    links = re.findall(r"\[`([^`]+)`\]\(([^)\s]+)\)", row[-1])
    return [name for name, target in links if name not in names_in((DOCUMENT.parent / target).resolve())] or (
        [] if links else ["no test"]
    )


def names_in(path: Path) -> set[str]:
    return {function.name for function in functions(path)} if path.is_file() else set()


def test_every_number_leads_to_its_tests() -> None:
    all_rows = [row for section in SECTIONS for row in rows(section)]
    assert len(all_rows) > len(SECTIONS)
    assert [row[0] for row in all_rows if len(row) != len(HEAD)] == []
    assert {row[0]: missing for row in all_rows if (missing := missing_in(row))} == {}


def test_every_line_says_a_number() -> None:
    assert [
        row[0] for section in SECTIONS for row in rows(section) if not re.search(r"\d|nothing", row[1])
    ] == []
