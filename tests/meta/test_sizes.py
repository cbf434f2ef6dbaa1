"""Files and functions stay small enough to be read at one go."""

import statistics

from tests.meta.checkout import functions, length, place, python_files

MOST_LINES_OF_A_FILE = 400
MEDIAN_FUNCTION_BELOW = 10
LONG_FUNCTION = 40
MOST_LONG_FUNCTIONS = 0.03
EMPTY_NAMES = {"utils", "util", "helpers", "common", "base", "manager", "misc"}


def test_no_file_is_too_long() -> None:
    files = python_files("bot", "standins", "sandbox", "tests", "benchmarks")
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_functions_are_short() -> None:
    lengths = {
        place(path, function.lineno): length(function)
        for path in python_files("bot", "standins", "sandbox")
        for function in functions(path)
    }
    long = {where: lines for where, lines in lengths.items() if lines > LONG_FUNCTION}
    assert statistics.median(lengths.values()) < MEDIAN_FUNCTION_BELOW
    assert len(long) <= MOST_LONG_FUNCTIONS * len(lengths), long


def test_modules_are_named_for_what_they_hold() -> None:
    files = python_files("bot", "standins", "sandbox", "tests", "benchmarks")
    assert [place(path) for path in files if EMPTY_NAMES & {path.stem, path.parent.name}] == []
