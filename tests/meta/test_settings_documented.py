"""Every setting stands in .env.example and in docs/operating.md, with its default and its meaning."""

import re

from tests.meta.checkout import ROOT
from tests.meta.settings_lines import documented

ENV_EXAMPLE = ROOT / ".env.example"
OPERATING = ROOT / "docs" / "operating.md"


def test_the_example_file_is_as_the_settings_are() -> None:
    lines = re.findall(r"^# (.*)\n#?([A-Z_]+)=(.*)$", ENV_EXAMPLE.read_text(), re.MULTILINE)
    assert {name: (default, words) for words, name, default in lines} == documented()


def test_the_example_file_sets_nothing_but_what_has_to_be_filled_in() -> None:
    set_names = re.findall(r"^([A-Z_]+)=", ENV_EXAMPLE.read_text(), re.MULTILINE)
    assert set_names == ["DISCORD_TOKEN", "SEGMIND_API_KEY"]


def test_the_handbook_is_as_the_settings_are() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|(?: (.*?))? \| (.*) \|$", OPERATING.read_text(), re.MULTILINE)
    assert {name: (default.strip("`"), words) for name, default, words in rows} == documented()


def test_nothing_is_documented_twice() -> None:
    for text, pattern in ((ENV_EXAMPLE, r"^#?([A-Z_]+)="), (OPERATING, r"^\| `([A-Z_]+)` \|")):
        names = re.findall(pattern, text.read_text(), re.MULTILINE)
        assert sorted(names) == sorted(set(names))
