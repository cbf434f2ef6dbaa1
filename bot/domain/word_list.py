"""A server's list of words and phrases that prompts may not hold, and what happens to a prompt that does.

An entry is a word or a phrase. A word is found as a whole word, a phrase across any white space and
punctuation; a `*` at an end also finds longer words. Nothing else in an entry has a meaning: no text that an
admin or a member writes is ever used as a pattern. What counts as the same is in `word_folding`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.aho_corasick import TextSearch
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

_STARS = "*＊"  # noqa: RUF001  what a Japanese keyboard types


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

    __slots__ = ("_entries", "_entry_of", "_is_steady", "_search", "_searched", "_whole_words")

    def __init__(self, entries: Iterable[WordEntry]) -> None:
        order = list(WordAction)
        self._entries = sorted(entries, key=lambda entry: order.index(entry.action))
        self._whole_words: dict[str, int] = {}
        searched: dict[str, int] = {}
        for index, entry in enumerate(self._entries):
            for pattern in entry.patterns:
                word = _whole_word(pattern)
                if word is None:
                    searched.setdefault(pattern, index)
                else:
                    self._whole_words.setdefault(word, index)
        self._is_steady = all(map(is_steady, (*searched, *self._whole_words)))
        self._searched = list(searched)
        self._search = TextSearch(self._searched) if searched else None
        self._entry_of = list(searched.values())

    def found_in(self, texts: Iterable[str]) -> WordEntry | None:
        """Return the entry with the strictest action that one of the texts holds."""
        readings = [reading for text in texts for reading in self._needed(read(text))]
        found = [index for reading in readings for index in self._first(reading)]
        return self._entries[min(found)] if found else None

    def matches(self, text: str) -> list[WordMatch]:
        """Return all entries that the text holds, in the order of the text. Takes longer than `found_in`."""
        found: dict[int, WordMatch] = {}
        for reading, places in placed(text):
            for index, start, end in self._all(reading):
                if index not in found:
                    found[index] = WordMatch(self._entries[index], *_span(places, reading, start, end))
        return sorted(found.values(), key=lambda match: (match.start, match.end))

    def _all(self, reading: str) -> Iterator[tuple[int, int, int]]:
        """Yield the index of each entry that the reading holds, with its place there."""
        start = 0
        for part in reading.split(" "):
            if part in self._whole_words:
                yield self._whole_words[part], start, start + len(part)
            start += len(part) + 1
        for at, end in self._search.all_in(reading) if self._search is not None else ():
            yield self._entry_of[at], end - len(self._searched[at]), end

    def _needed(self, readings: Readings) -> list[str]:
        return readings.steady if self._is_steady else readings.distinct

    def _first(self, reading: str) -> list[int]:
        words = self._whole_words
        found = (
            []
            if words.keys().isdisjoint(parts := reading.split(" "))
            else [min(words[part] for part in parts if part in words)]
        )
        if self._search is not None and (at := self._search.first_in(reading)) is not None:
            found.append(self._entry_of[at])
        return found


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


def _whole_word(pattern: str) -> str | None:
    """Return the word if the pattern is a single whole one."""
    word = pattern[1:-1]
    return word if pattern == f" {word} " and " " not in word else None


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
