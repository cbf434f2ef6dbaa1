"""A server's list of words and phrases that prompts may not hold, and what happens to a prompt that does.

An entry is a word or a phrase. A word is found as a whole word, a phrase across any white space and
punctuation; a `*` at an end also finds longer words. Nothing else in an entry has a meaning: no text that an
admin or a member writes is ever used as a pattern. What counts as the same is in `word_folding`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ahocorasick_rs import AhoCorasick, Implementation

from bot.domain.block import MemberBlock
from bot.domain.errors import Refusal
from bot.domain.ids import EntryId
from bot.domain.strikes import Standing
from bot.domain.word_folding import Readings, folded, has_words, is_steady, needs_spaces, placed, read

ENTRIES_MOST = 2_000
ENTRY_MOST_CHARACTERS = 100
#: Of all entries of a list together, which bounds the memory that it takes.
LIST_MOST_CHARACTERS = 40_000
#: A few characters become many when they are folded.
PATTERN_MOST_CHARACTERS = 200
#: With fewer letters before or after a `*`, hardly any prompt would be left.
WILDCARD_LEAST_CHARACTERS = 2

#: In each place of a text, many entries may end: all that a part of it holds are looked up at once.
_PART_CHARACTERS = 200

_STARS = "*＊"  # noqa: RUF001  what a Japanese keyboard types


#: What is searched for, and what finds it in one walk over a text: in a bounded time for each character,
#: whatever is searched for. Of its kinds, only this one never takes much memory.
_Search = tuple[list[str], AhoCorasick]


class WordAction(StrEnum):
    """The consequence for a prompt that holds the entry, the strictest first."""

    REFUSE = "refuse"
    #: What comes of it waits for a moderator's approval.
    HOLD = "hold"
    #: Moderators learn of it, and nothing else happens.
    TELL = "tell"


class EntryProblem(StrEnum):
    """Why a line cannot be an entry."""

    TOO_LONG = "too_long"
    NO_WORDS = "no_words"
    WILDCARD_TOO_SHORT = "wildcard_too_short"


class EntryInvalid(ValueError):
    def __init__(self, problem: EntryProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class WordEntry:
    #: As an admin has written it.
    text: str
    #: What is searched for: two entries with the same pattern are the same entry.
    pattern: str
    action: WordAction = WordAction.REFUSE

    @classmethod
    def of(cls, text: str, action: WordAction = WordAction.REFUSE) -> "WordEntry":
        """Read a line. Raises `EntryInvalid`."""
        text = " ".join(text.replace("\x00", "").encode("utf-8", "ignore").decode().split())
        if len(text) > ENTRY_MOST_CHARACTERS:
            raise EntryInvalid(EntryProblem.TOO_LONG)
        begins, ends, words = _parts(text)
        inside = folded(words)
        if not has_words(inside):
            raise EntryInvalid(EntryProblem.NO_WORDS)
        if len(inside) > PATTERN_MOST_CHARACTERS:
            raise EntryInvalid(EntryProblem.TOO_LONG)
        if (begins or ends) and len(inside.strip()) < WILDCARD_LEAST_CHARACTERS:
            raise EntryInvalid(EntryProblem.WILDCARD_TOO_SHORT)
        return cls(text, _pattern(inside, is_open_before=begins, is_open_after=ends), action)

    @property
    def patterns(self) -> set[str]:
        """Return the pattern in each way in which it can be read."""
        begins, ends, words = _parts(self.text)
        readings = read(words)
        return {
            _pattern(inside, is_open_before=begins, is_open_after=ends)
            for inside in (readings.plain, readings.latin)
        }


@dataclass(frozen=True, slots=True)
class ListedWords:
    """The entries that a search has found, by their texts; all of them without a search."""

    found: Sequence[tuple[EntryId, WordEntry]]
    #: Of the whole list.
    total: int
    names_words: bool


@dataclass(frozen=True, slots=True)
class WordMatch:
    """An entry that a prompt holds, and the part of the prompt that it first matches."""

    entry: WordEntry
    start: int
    end: int


class WordList:
    """A list that was made ready for a quick search. Neither its size nor the prompt can make it slow."""

    __slots__ = ("_entry_of", "_is_steady", "_longest", "_searches")

    def __init__(self, entries: Iterable[WordEntry]) -> None:
        order = list(WordAction)
        self._entry_of: dict[str, WordEntry] = {}
        for entry in sorted(entries, key=lambda entry: order.index(entry.action)):
            for pattern in entry.patterns:
                self._entry_of.setdefault(pattern, entry)
        self._is_steady = all(map(is_steady, self._entry_of))
        self._longest = max(map(len, self._entry_of), default=0)
        self._searches = list(filter(None, map(self._search_for, order)))

    def found_in(self, texts: Iterable[str]) -> WordEntry | None:
        """Return an entry with the strictest action that one of the texts holds."""
        readings = [reading for text in texts for reading in self._needed(read(text))]
        for _, search in self._searches:
            for reading in readings:
                if found := search.find_matches_as_strings(reading):
                    return self._entry_of[found[0]]
        return None

    def matches(self, text: str) -> list[WordMatch]:
        """Return all entries that the text holds, in the order of the text. Takes longer than `found_in`."""
        found: dict[WordEntry, WordMatch] = {}
        for reading, places in placed(text):
            for pattern, start in self._all(reading):
                entry = self._entry_of[pattern]
                if entry not in found:
                    found[entry] = WordMatch(entry, *_span(places, reading, start, start + len(pattern)))
        return sorted(found.values(), key=lambda match: (match.start, match.end))

    def _search_for(self, action: WordAction) -> _Search | None:
        patterns = [pattern for pattern, entry in self._entry_of.items() if entry.action is action]
        if not patterns:
            return None
        return patterns, AhoCorasick(
            patterns, store_patterns=True, implementation=Implementation.ContiguousNFA
        )

    def _needed(self, readings: Readings) -> list[str]:
        return readings.steady if self._is_steady else readings.distinct

    def _all(self, reading: str) -> Iterator[tuple[str, int]]:
        """Yield each pattern that the reading holds, and where it begins, from the first to the last end."""
        for start in range(0, len(reading), _PART_CHARACTERS):
            first = max(0, start - self._longest)
            part = reading[first : start + _PART_CHARACTERS]
            for patterns, search in self._searches:
                for at, begins, _ in search.find_matches_as_indexes(part, overlapping=True):
                    yield patterns[at], first + begins


def version_of(entries: Iterable[WordEntry]) -> int:
    """Return a number that two lists share only if they are the same; 0 for the empty list."""
    lines = sorted(f"{entry.action} {entry.text}" for entry in entries)
    if not lines:
        return 0
    digest = hashlib.sha256("\n".join(lines).encode()).digest()
    return int.from_bytes(digest[:7], "big") or 1


def _parts(text: str) -> tuple[bool, bool, str]:
    """Return whether a wildcard stands before and after the words, and the words."""
    return text[:1] in _STARS, text[-1:] in _STARS, text.strip(_STARS)


def _pattern(inside: str, *, is_open_before: bool, is_open_after: bool) -> str:
    """Return the folded words without the spaces that stand where a longer word is found, too."""
    words = inside.strip(" ")
    before = "" if is_open_before or not needs_spaces(words[0]) else " "
    after = "" if is_open_after or not needs_spaces(words[-1]) else " "
    return f"{before}{words}{after}"


def _span(places: Sequence[int], reading: str, start: int, end: int) -> tuple[int, int]:
    """Return the part of the prompt that the part of its reading comes from."""
    first = start - reading.count(" ", 0, start)
    length = end - start - reading.count(" ", start, end)
    return places[first], places[first + length - 1] + 1


class WordRefused(Refusal):
    """The server's word list refuses the prompt. `word` is the entry if the server lets members read it.

    `standing` has the member's strikes if this is one, and `block` the block to which it led.
    """

    def __init__(
        self, word: str | None = None, standing: Standing | None = None, block: MemberBlock | None = None
    ) -> None:
        super().__init__()
        self.word, self.standing, self.block = word, standing, block
