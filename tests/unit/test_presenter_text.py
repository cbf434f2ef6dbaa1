"""What members wrote can be shown without harm."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.incoming.text import MOST_MARKS, clip, fits_one_line, one_line, plain, tidy, units

ANY_TEXT = st.text(max_size=300)
#: As Discord's clients take Markdown: a backslash before punctuation gives that punctuation.
ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


@pytest.mark.parametrize(
    "trick",
    [
        "**bold** _slanted_ ~~gone~~ ||hidden|| `code`",
        "```\nfence\n```",
        "# a heading\n## another\n-# small",
        "> quoted\n>>> all of it",
        "- a list\n* another\n1. numbered",
        "[click here](https://evil.example)",
        "@everyone @here <@123> <@&456> <#789>",
        "<t:0:R> </imagine:1> <:emoji:5> <id:customize>",
        "https://evil.example/?a=b",
        "a \\` backslash before a mark",
    ],
)
def test_no_markup_survives(trick: str) -> None:
    shown = plain(trick)
    left = ESCAPED.sub("", shown)
    assert re.findall(r"[\\`*_~|<>\[\]()#@:-]", left) == []
    assert re.findall(r"^\s*\d+\.", left, re.MULTILINE) == []
    assert ESCAPED.sub(r"\1", shown) == trick


@given(ANY_TEXT)
def test_escaped_text_shows_as_it_was(text: str) -> None:
    assert ESCAPED.sub(r"\1", plain(text)) == text


@given(ANY_TEXT, st.integers(2, 120))
def test_a_clipped_text_fits_and_is_a_beginning(text: str, most: int) -> None:
    clipped = clip(text, most)
    assert units(clipped) <= most
    assert clipped == text or (clipped.endswith("…") and text.startswith(clipped[:-1]))


def test_a_text_that_fits_is_left_alone() -> None:
    assert clip("just right", 10) == "just right"


def test_a_text_is_cut_between_words() -> None:
    assert clip("a lighthouse at dawn", 15) == "a lighthouse…"


def test_an_emoji_is_not_cut_in_half() -> None:
    assert clip("🦊🦊🦊", 4) == "🦊…"
    assert clip("👩\u200d🚀 flies far away", 5) == "👩…"


def test_length_counts_what_discord_may_count() -> None:
    assert units("fox") == 3
    assert units("🦊") == 2


@pytest.mark.parametrize(
    "invisible", ["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\x00", "\x1b", "\ud800"]
)
def test_what_cannot_be_seen_is_left_out(invisible: str) -> None:
    assert tidy(f"a{invisible}b") == "ab"


def test_a_pile_of_marks_is_taken_down() -> None:
    zalgo = "h" + "\u0336\u0320\u0345\u0334" * 20 + "i"
    shown = tidy(zalgo)
    assert sum(unicodedata.category(one) == "Mn" for one in shown) == MOST_MARKS
    assert shown[0] + shown[-1] == "hi"


@pytest.mark.parametrize(
    "text", ["naïve café", "ไม่ใช่ที่นี่", "שָׁלוֹם", "नमस्ते", "می‌خواهم", "👩‍👩‍👧‍👦 ❤️ 🏳️‍🌈", "日本語"]
)
def test_the_worlds_scripts_are_left_alone(text: str) -> None:
    assert tidy(text) == text


def test_one_line_is_one_line() -> None:
    assert one_line(" a fox\r\n\u2028in\tthe\x85 snow ", 50) == "a fox in the snow"


@given(st.text(st.characters(), max_size=200))
def test_tidy_text_can_be_sent(text: str) -> None:
    shown = tidy(text)
    shown.encode("utf-8")
    assert tidy(shown) == shown


@given(ANY_TEXT, st.integers(2, 50))
def test_one_line_says_whether_something_is_missing(text: str, most: int) -> None:
    line = one_line(text, most)
    assert units(line) <= most
    assert fits_one_line(text, most) or line.endswith("…")


def test_a_text_of_any_length_is_quickly_shown() -> None:
    assert one_line("\u202e" * 10**7, 300) == "…"
