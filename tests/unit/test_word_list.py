"""What a word list finds in a prompt, and what it leaves alone."""

import sys
import time
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.character_folding import LETTERS_MOST
from bot.domain.word_folding import _WITH_TWINS, folded, read
from bot.domain.word_list import (
    EntryInvalid,
    EntryProblem,
    WordAction,
    WordEntry,
    WordList,
    version_of,
)
from tests.unit.hostile_words import LISTS, PROMPTS, entries_of

#: A hundred times what the longest prompt takes, and a hundredth of what a runaway search would.
MOST_SECONDS = 0.2
#: Lines of Python for a decision: some for each of the hundred letters that look like others, in three
#: readings, and none for a character of the prompt or an entry of the list.
MOST_STEPS = 2_000


def list_of(*texts: str) -> WordList:
    return WordList([WordEntry.of(text) for text in texts])


def finds(entry: str, prompt: str) -> bool:
    return list_of(entry).found_in([prompt]) is not None


def seen(entry: str, prompt: str) -> list[str]:
    """The parts of the prompt that the entry matches."""
    return [prompt[match.start : match.end] for match in list_of(entry).matches(prompt)]


@pytest.mark.parametrize(
    "word",
    [
        "grape",
        "GRAPE",
        "g\u200brape",
        "g\u00adr\u2060a\ufeffpe",
        "g\u202erap\u202ce",
        "gr\ufe0fape",
        "gra\u034fpe",
        "gr\U000e0041ape",
        "g\u0301r\u0302ap\u0336e",
        "gr\u00e4p\u00e9",
        "ｇｒａｐｅ",  # noqa: RUF001  a disguise
        "𝖌𝖗𝖆𝖕𝖊",  # noqa: RUF001  a disguise
        "Ⓖⓡⓐⓟⓔ",
        "🅖🅡🅐🅟🅔",
        "ɢʀᴀᴘᴇ",
        "ᵍʳᵃᵖᵉ",
        "gr\u0430pe",
        "g\u0433ape",
        "gr\u03b1p\u03b5",
        "gr4pe",
        "gr@pe",
        "gr＠pe",  # noqa: RUF001  a disguise
        "g\u0e34rape",
    ],
)
def test_one_word_in_many_disguises(word: str) -> None:
    assert finds("grape", f"a bowl of {word}, please")
    assert seen("grape", f"a bowl of {word}, please") == [word]


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ("ass", "@ss"),
        ("shit", "$hit"),
        ("shit", "sh!t"),
        ("asshole", "a$$hole"),
        ("asshole", "@$$hole"),
        ("bastard", "b@$tard"),
        ("slut", "s|ut"),
        ("sex", "s€x"),
        ("dick", "d¡ck"),
        ("fuck", "fu¢k"),
    ],
)
def test_signs_are_letters_at_the_beginning_and_in_the_middle_of_a_word(entry: str, word: str) -> None:
    assert finds(entry, f"a {word}, please")
    assert seen(entry, f"a {word}, please") == [word]


@pytest.mark.parametrize(
    ("entry", "prompt"),
    [("as", "5$a$ day"), ("sand", "10$and more"), ("i", "wow !"), ("ass", "99@ss")],
)
def test_signs_of_amounts_and_at_ends_are_no_letters(entry: str, prompt: str) -> None:
    assert not finds(entry, prompt)


@pytest.mark.parametrize("word", ["grapefruit", "grapes", "gra pe", "vgrape", "grape2", "graph", "виноград"])
def test_another_word_is_another(word: str) -> None:
    assert not finds("grape", f"a {word} on a plate")


@pytest.mark.parametrize(
    ("entry", "prompt", "part"),
    [
        ("grape*", "some grapefruit", "grape"),
        ("*fruit", "some grapefruit", "fruit"),
        ("*pef*", "some grapefruit", "pef"),
        ("＊fruit", "some grapefruit", "fruit"),  # noqa: RUF001  a disguise
        ("red flag", "a red,\n  FLAG!", "red,\n  FLAG"),
        ("red fl*", "red-flagged", "red-fl"),
        ("g r a p e", "g.r.a.p.e", "g.r.a.p.e"),
        ("りんご", "青いりんごを食べる", "りんご"),
        ("りんご", "り ん・ご", "り ん・ご"),
        ("猫", "赤い猫の絵", "猫"),
        ("กิน", "หมากินข้าว", "กิน"),
        ("猫 shop", "猫shop", "猫shop"),
        ("Tシャツ", "白いｔシャツ", "ｔシャツ"),
        ("🍇", "draw🍇now", "🍇"),
        ("👍", "a 👍🏽 for", "👍"),
        ("café", "a cáfe", "cáfe"),
        ("вор", "ВОР бежит", "ВОР"),  # noqa: RUF001  a disguise
        ("вор", "вop бежит", "вop"),
        ("사과", "빨간 사과", "사과"),
        ("\ufdfa", "x\ufdfa\ufdfby", "\ufdfa"),
        ("㌖", "㌕㌖", "㌖"),
        ("ζζ", "a ΖΖ", "ΖΖ"),  # noqa: RUF001  capitals look Latin
        ("ⲁⲃ", "a ⲀⲂ", "ⲀⲂ"),
        ("grape", "grape@home", "grape"),
    ],
)
def test_what_an_entry_matches(entry: str, prompt: str, part: str) -> None:
    assert finds(entry, prompt)
    assert seen(entry, prompt) == [part]


@pytest.mark.parametrize(
    ("entry", "prompt"),
    [
        ("grape*", "vgrape"),
        ("*fruit", "fruits"),
        ("red flag", "red big flag"),
        ("red flag", "bored flag"),
        ("猫 shop", "猫shops"),
        ("pot", "полный рот"),
        ("ass", "a Samsung A55"),
        ("กน", "กิน"),
        ("bo*", "abo"),
    ],
)
def test_what_an_entry_leaves_alone(entry: str, prompt: str) -> None:
    assert not finds(entry, prompt)
    assert seen(entry, prompt) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("...", EntryProblem.NO_WORDS),
        (".*", EntryProblem.NO_WORDS),
        ("*", EntryProblem.NO_WORDS),
        ("\u200f\u202e", EntryProblem.NO_WORDS),
        ("a*", EntryProblem.WILDCARD_TOO_SHORT),
        ("x" * 101, EntryProblem.TOO_LONG),
        ("각" * 70, EntryProblem.TOO_LONG),
    ],
)
def test_lines_that_can_be_no_entry(line: str, problem: EntryProblem) -> None:
    with pytest.raises(EntryInvalid) as error:
        WordEntry.of(line)
    assert error.value.problem is problem


def test_a_regular_expression_is_plain_text() -> None:
    assert not finds("gr[ae]pe", "grape")
    assert finds("gr[ae]pe", "gr ae pe")
    assert finds("^grape$", "one grape, two")


def test_the_strictest_action_wins() -> None:
    words = WordList(
        [WordEntry.of("fox", WordAction.TELL), WordEntry.of("fox den"), WordEntry.of("d*n", WordAction.HOLD)]
    )
    found = words.found_in(["a fox den"])
    assert found is not None
    assert found.action is WordAction.REFUSE


def test_a_version_is_that_of_the_entries() -> None:
    one, other = WordEntry.of("one"), WordEntry.of("other")
    assert version_of([]) == 0
    assert version_of([one, other]) == version_of([other, one])
    assert (
        len({version_of([one]), version_of([other]), version_of([WordEntry.of("one", WordAction.HOLD)])}) == 3
    )


# --- whatever is written ---

ALPHABET = "abAB14 .*@$!\u200b\u0301аАвΒοあ猫ก\u0e34😀ｇ\n"  # noqa: RUF001  a disguise
TEXTS = st.text(ALPHABET, max_size=30)


@given(st.lists(TEXTS, max_size=6), TEXTS)
def test_the_quick_answer_and_the_explained_one_are_the_same(lines: list[str], prompt: str) -> None:
    words = WordList(entries_of(lines))
    found, matches = words.found_in([prompt]), words.matches(prompt)
    assert (found is not None) == bool(matches)
    assert found is None or found in [match.entry for match in matches]
    assert all(0 <= match.start < match.end <= len(prompt) for match in matches)


@given(TEXTS)
def test_an_entry_finds_itself_and_what_it_matched(line: str) -> None:
    for entry in entries_of([line]):
        assert WordList([entry]).found_in([line.strip().strip("*")]) is not None


@given(st.text(max_size=40))
def test_any_text_is_folded_once_and_for_all(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(
    st.lists(st.text("ab 天", min_size=1, max_size=5), max_size=8),
    st.text("ab 天", max_size=20),
    st.integers(180, 205),
)
def test_all_entries_that_a_prompt_holds_are_shown(lines: list[str], prompt: str, before: int) -> None:
    """Also those inside of others, and those that lie across the borders of the parts that are looked at."""
    entries = entries_of(f"*{line}*" for line in lines)
    prompt = "-" + "c" * before + prompt
    shown = [match.entry for match in WordList(entries).matches(prompt)]
    assert sorted(shown, key=entries.index) == [e for e in entries if e.pattern in read(prompt).plain]


# --- hostile lists and prompts ---


@pytest.mark.parametrize("of_words", LISTS)
def test_nothing_makes_a_decision_slow(of_words: str) -> None:
    words = WordList(entries_of(LISTS[of_words]))
    for name, prompt in PROMPTS.items():
        words.found_in([prompt])
        begun = time.process_time()
        words.found_in([prompt])
        assert time.process_time() - begun < MOST_SECONDS, name


def lines_run(words: WordList, prompt: str) -> int:
    """The steps of Python that the decision takes."""
    count = 0

    def trace(_frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        words.found_in([prompt])
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("of_words", LISTS)
def test_a_decision_takes_no_step_of_python_for_a_character_or_an_entry(of_words: str) -> None:
    """So each walk over the prompt is one of C or Rust, which take a bounded time for each character."""
    words = WordList(entries_of(LISTS[of_words]))
    for name, prompt in PROMPTS.items():
        words.found_in([prompt])
        assert lines_run(words, prompt) <= MOST_STEPS, name


@pytest.mark.parametrize("name", PROMPTS)
def test_no_character_becomes_more_than_a_few(name: str) -> None:
    readings = read(PROMPTS[name])
    assert max(map(len, readings.distinct)) <= (LETTERS_MOST + 1) * len(PROMPTS[name])


def test_a_character_that_stands_for_a_phrase_is_a_word_by_itself() -> None:
    assert (
        max(len(folded(chr(code)).strip()) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
        <= 2 * LETTERS_MOST
    )
    assert folded("\ufdfa") == " \ufdfa "


def test_characters_that_hardly_anybody_writes_are_not_remembered() -> None:
    before = len(_WITH_TWINS)
    for name in ("rare ideographs", "no characters"):
        read(PROMPTS[name])
    assert len(_WITH_TWINS) == before
