"""Docstrings, comments, log lines and names are plain English."""

from pathlib import Path

import pytest

from tests.meta.checkout import ROOT, place, python_files
from tests.meta.english import complaints

#: Folders and modules of bot/ that still have to be gone through. This list only gets shorter. Of chat, each
#: room is named by itself.
NOT_YET = frozenset({"chat/presenter", "words"})


def found_in(room: str) -> list[str]:
    start = ROOT / "bot" / room
    return [
        f"{place(path)}:{complaint}"
        for path in python_files("bot")
        if path.is_relative_to(start)
        for complaint in complaints(path.read_text(encoding="utf-8"))
    ]


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "bot").parts
    return "/".join(parts[:2]) if parts[0] == "chat" else parts[0]


def test_rooms_that_were_gone_through_stay_plain() -> None:
    rooms = {room_of(path) for path in python_files("bot")}
    assert [line for room in sorted(rooms - NOT_YET) for line in found_in(room)] == []


def test_a_room_leaves_the_list_once_it_is_plain() -> None:
    assert [room for room in sorted(NOT_YET) if not found_in(room)] == []


def test_the_stand_ins_and_the_sandbox_are_plain_but_for_names() -> None:
    found = [
        f"{place(path)}:{complaint}"
        for path in python_files("standins", "sandbox")
        for complaint in complaints(path.read_text(encoding="utf-8"))
        if "does not say what it holds" not in complaint  # still to be renamed
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('"""Whether it works."""', "begins as a fragment with Whether"),
        ('def f():\n    """None if it is not there."""', "begins as a fragment with None"),
        ("x = 1  # nobody looks here", "'nobody' is not a usual word"),
        ('log.info("an answer had left all the same")', "'all the same' is not a usual word"),
        ("told = 1", "the name told does not say what it holds"),
        ("def f(its): ...", "the name its does not say what it holds"),
    ],
)
def test_what_makes_a_reader_stop_is_found(source: str, complaint: str) -> None:
    assert [line for line in complaints(source) if complaint in line]


def test_plain_sentences_are_left_alone() -> None:
    source = 'x = 1  # It stays as long as it is used.\n\ndef f():\n    """Return the sum."""\n'
    assert list(complaints(source)) == []
