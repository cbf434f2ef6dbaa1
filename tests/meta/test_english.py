"""Docstrings, comments, log lines and names are plain English."""

import pytest

from tests.meta.checkout import place, python_files
from tests.meta.english import complaints


def test_the_bot_is_plain() -> None:
    found = [
        f"{place(path)}:{complaint}"
        for path in python_files("bot")
        for complaint in complaints(path.read_text(encoding="utf-8"))
    ]
    assert found == []


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
