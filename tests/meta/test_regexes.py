"""No text that members, Discord or the provider can send keeps a pattern busy for long."""

import re
import time
from collections.abc import Iterator
from importlib import import_module

import pytest

from bot.chat.events import replies
from tests.meta.checkout import ROOT, python_files

#: Half of what a prompt may have.
LENGTH = 3000
#: A pattern that looks at each place once takes a thousandth of this, and a runaway one takes hours.
MOST_SECONDS = 0.5
PARTS = [
    " ",
    "\n",
    "0",
    "a",
    "a.",
    "a@",
    "a:",
    ":",
    "<",
    "<@",
    "<@1",
    "1,",
    "1.",
    "-",
    "\\",
    '"',
    "/a",
    "=+",
    "\u200d",
]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    yield "replies' mention", replies._mention_of(123)
    for path in python_files("bot"):
        if "migrations" in path.parts or path.stem == "__main__":
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for attribute, value in vars(import_module(name)).items():
            for at, one in enumerate(value if isinstance(value, list | tuple) else [value]):
                pattern = one[0] if isinstance(one, tuple) and one else one
                if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                    yield f"{name}.{attribute}[{at}]", pattern


FOUND = dict(patterns())


def test_patterns_are_found() -> None:
    assert len(FOUND) > 20
    assert any("secrets" in name for name in FOUND)


@pytest.mark.parametrize("name", FOUND)
def test_no_text_keeps_a_pattern_busy(name: str) -> None:
    pattern = FOUND[name]
    for part in PARTS:
        begun = time.process_time()
        pattern.search((part * LENGTH)[:LENGTH] + "!")
        assert time.process_time() - begun < MOST_SECONDS, part
