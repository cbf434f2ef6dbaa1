"""A word list as text, one entry a line: what admins paste, import and export.

A line such as `[refuse]` says what happens to prompts with the words below it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.domain.word_list import (
    ENTRIES_MOST,
    EntryInvalid,
    EntryProblem,
    WordAction,
    WordEntry,
)

#: Of a file with a list: more than the longest list has.
LIST_FILE_MOST_BYTES = 1_000_000
_HEADINGS = {f"[{action}]": action for action in WordAction}
#: What people write who expect regular expressions.
_LOOKS_LIKE_A_REGEX = re.compile(r"\\[bdswBDSW]|\.[*+]|\(\?|\[[^\]]+\][*+?]?\w|^\^|\$$|\w\|\w")


class ListFileRefused(Exception):
    """A file with a list cannot be fetched, or is no text."""


def text_of(data: bytes) -> str:
    """Raises `ListFileRefused`."""
    if len(data) > LIST_FILE_MOST_BYTES or b"\0" in data:
        raise ListFileRefused
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListFileRefused from error


@dataclass(slots=True)
class ReadLines:
    """The entries of a text, each once, and what is said about its other lines."""

    entries: dict[str, WordEntry] = field(default_factory=dict)
    #: Lines that were not looked at, because the list cannot take as many.
    skipped: int = 0
    problems: Counter[EntryProblem] = field(default_factory=Counter)
    #: The first line with each problem.
    examples: dict[EntryProblem, str] = field(default_factory=dict)
    has_regex: bool = False


@dataclass(frozen=True, slots=True)
class AddedWords:
    """The outcome of adding the lines of a text."""

    added: int
    #: Entries that were there already, with the same action.
    known: int
    #: Entries that got another action.
    changed: int
    #: Entries and lines for which the list had no room.
    left_out: int
    lines: ReadLines


def read_lines(text: str, action: WordAction) -> ReadLines:
    """Read the entries; those below no heading get the `action`."""
    found = ReadLines()
    for line in _lines(text):
        if line.casefold() in _HEADINGS:
            action = _HEADINGS[line.casefold()]
        elif len(found.entries) >= ENTRIES_MOST:
            found.skipped += 1
        else:
            _take(found, line, action)
    return found


def written(entries: Iterable[WordEntry]) -> str:
    """Return a text from which `read_lines` reads the same entries."""
    by_action: dict[WordAction, list[str]] = {action: [] for action in WordAction}
    for entry in entries:
        by_action[entry.action].append(entry.text)
    parts = [f"[{action}]\n" + "\n".join(texts) for action, texts in by_action.items() if texts]
    return "\n\n".join(parts) + "\n" if parts else ""


def _lines(text: str) -> Iterator[str]:
    return (line for line in map(str.strip, text.splitlines()) if line)


def _take(found: ReadLines, line: str, action: WordAction) -> None:
    found.has_regex = found.has_regex or _LOOKS_LIKE_A_REGEX.search(line[:200]) is not None
    try:
        entry = WordEntry.of(line, action)
    except EntryInvalid as error:
        found.problems[error.problem] += 1
        found.examples.setdefault(error.problem, line)
    else:
        found.entries.setdefault(entry.pattern, entry)
