"""The quick reading of a text and the quick search in it, against the rules, applied one by one."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.word_folding import read
from bot.domain.word_list import WordAction, WordList
from tests.unit.hostile_words import entries_of
from tests.unit.readings_by_rule import readings_by_rule

_KINDS = [
    "abzAg1345@$ .-_",
    "аевгбдοβ",
    "АВТΖζՏտⲀⲁᎪꓮᾼά",
    "\u0301\u0323\u0e34\u093e\u0940",
    "天地かカ한㍊㍿㎉\ufdfa",
    "\U00020000\U0002a6d0\U0002f7ff\U0002f800\U0002fa1f",
    "\U00030000\U0002fa20\U000dffff\U000e1000\U0010ffff",
    "\U000e0000\U000e0020\U000e0fff\u200b\x00\ufe0f",
    "😀é\u1f82ａ１＠®Ⅷ",  # noqa: RUF001  a disguise
]
DISGUISED = st.lists(st.sampled_from(_KINDS), min_size=1, max_size=3).flatmap(
    lambda kinds: st.text(st.sampled_from("".join(kinds)), max_size=14)
)


@settings(max_examples=500)
@given(DISGUISED)
@example("β@A")
def test_a_text_is_read_as_the_rules_say(text: str) -> None:
    assert read(text).distinct == readings_by_rule(text)


@st.composite
def prompts_and_lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A prompt, and lines of which most stand in it."""
    prompt = draw(DISGUISED)
    places = st.integers(0, len(prompt))
    cuts = draw(st.lists(st.tuples(places, places, st.sampled_from(["", "*"])), max_size=4))
    lines = [f"{star}{prompt[start:end]}{star}" for start, end, star in cuts]
    return prompt, lines + draw(st.lists(DISGUISED, max_size=2))


@settings(max_examples=500)
@given(prompts_and_lines(), st.lists(st.sampled_from(WordAction), min_size=6, max_size=6))
def test_an_entry_is_found_if_a_reading_holds_one_of_its_patterns(
    written: tuple[str, list[str]], actions: list[WordAction]
) -> None:
    prompt, lines = written
    readings = readings_by_rule(prompt)
    entries = [
        replace(entry, action=action) for entry, action in zip(entries_of(lines), actions, strict=False)
    ]
    held = [
        entry for entry in entries if any(pattern in text for pattern in entry.patterns for text in readings)
    ]
    found = WordList(entries).found_in([prompt])
    assert (found is None) == (not held)
    assert found is None or found in held
    assert found is None or found.action is min((entry.action for entry in held), key=list(WordAction).index)
