"""Text as a list of words compares it: what reads the same is the same.

A folded text has a space before and after each word, so that " grape " is in it only if the whole word is.
Scripts without spaces, and symbols such as emoji, stand in it without spaces between them.

Each character is folded by itself, through a table that fills as characters are seen, and to a few letters
at most: no text is slow, not even one of thousands of combining characters, for which Unicode's own
normalization takes quadratic time, or one of symbols that stand for whole phrases.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.domain.character_folding import MARK, fold, stands_alone
from bot.domain.look_alikes import FOREIGN, SAME, SIMILAR

#: Folded, nothing is left of it.
_NOTHING = "\u200b"
#: Ideographs that hardly anybody writes, and behind them codes without a character: they are folded each
#: time, so that no text fills the memory with them.
_RARE_IDEOGRAPHS, _NO_CHARACTERS = range(0x20000, 0x2F800), range(0x2FA20, 0x110000)
_INVISIBLE = range(0xE0000, 0xE1000)
_RARE = "\U00020000-\U0002f7ff"
_RARE_OR_NO_CHARACTER = re.compile("[\U00020000-\U0010ffff]")
_SOME_RARE = re.compile(f"[{_RARE}]+")
#: Where ideographs of that kind begin or are over.
_EDGE_OF_RARE = re.compile(f"(?<=[^{_RARE}])(?=[{_RARE}])|(?<=[{_RARE}])(?=[^{_RARE}])")
_SOME_WITHOUT_CHARACTER = re.compile("[\U0002fa20-\U000dffff\U000e1000-\U0010ffff]+")
_SOME_INVISIBLE = re.compile("[\U000e0000-\U000e0fff]+")

_FOREIGN_MARKS = "".join(
    chr(code) for code in range(0x0900, 0x1CFF) if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
#: Marks of other scripts on Latin letters, which no language has.
_STRAY_MARKS = re.compile(f"[{_FOREIGN_MARKS}](?<=[A-Za-z\u00c0-\u024f].)[{_FOREIGN_MARKS}]*")
_FOREIGN_LETTER = re.compile(f"[{FOREIGN}]")
_DIGIT_AFTER_LETTER = re.compile(r"[0-9](?<=[^\W\d_].)")
#: The signs that look like letters, in each width.
_SIGNS_OF_LETTERS = {
    "a": "@＠﹫",  # noqa: RUF001  a disguise
    "c": "¢￠",
    "e": "€",
    "i": "!！﹗¡",  # noqa: RUF001  a disguise
    "l": "|｜£￡",  # noqa: RUF001  a disguise
    "s": "$＄﹩",  # noqa: RUF001  a disguise
}
_LETTERS_OF_SIGNS = {ord(sign): letter for letter, signs in _SIGNS_OF_LETTERS.items() for sign in signs}
_LETTER_SIGNS = re.escape("".join(_SIGNS_OF_LETTERS.values()))
#: Not those of an amount such as "5$a day".
_SIGNS_IN_WORD = re.compile(f"([{_LETTER_SIGNS}](?<![0-9{_LETTER_SIGNS}].)[{_LETTER_SIGNS}]*+)(?=[A-Za-z])")


class _Folding(dict[str, str]):
    """A table that fills as characters are seen: each becomes letters, spaces or nothing."""

    def __init__(self, same: Mapping[int, str]) -> None:
        super().__init__({chr(code): letters for code, letters in same.items()})

    def __missing__(self, character: str) -> str:
        code = ord(character)
        if code in _RARE_IDEOGRAPHS:
            return f"{MARK}{character}{MARK}"
        if code in _NO_CHARACTERS:
            return "" if code in _INVISIBLE else " "
        self[character] = folded = fold(code)
        return folded


#: The quickest for text of these alone, and the same in each table.
_ASCII = {code: fold(code) for code in range(128)}
_PLAIN = _Folding({})
_LATIN = _Folding(SAME)
#: Each letter that looks Latin, as it is, and the one that it looks like. Until it is known how it is read, a
#: text holds a character for each pair, which no folded text holds.
_PAIRS = sorted({(_PLAIN[chr(code)], latin) for code, latin in SAME.items()})
_TWIN_OF = {pair: chr(0xE000 + at) for at, pair in enumerate(_PAIRS)}
_WITH_TWINS = _Folding({code: _TWIN_OF[_PLAIN[chr(code)], latin] for code, latin in SAME.items()})
_TWINS = "".join(_TWIN_OF.values())


class _Letters:
    """Letters for some hundred characters. Each that a text holds takes one quick walk."""

    def __init__(self, letters: Mapping[str, str]) -> None:
        self._letters = letters
        self._any = re.compile(f"[{''.join(letters)}]")

    def put_into(self, text: str) -> str:
        at = 0
        while found := self._any.search(text, at):
            at = found.start()
            text = text.replace(found[0], self._letters[found[0]])
        return text


_TWINS_AS_THEY_ARE = _Letters({twin: plain for (plain, _), twin in _TWIN_OF.items()})
_TWINS_IN_LATIN = _Letters({twin: latin for (_, latin), twin in _TWIN_OF.items()})
_SIMILAR = _Letters({chr(code): latin for code, latin in SIMILAR.items()})
_FOREIGNERS = f"{FOREIGN}{_TWINS}"
#: What is left of a word that mixes nothing. Each `++` takes what no other part could, so that a word takes
#: as many steps as it has characters.
_NOT_MIXED = (
    f"(?:[^ a-z0-9{_FOREIGNERS}]++|[{_FOREIGNERS}]++(?![a-z0-9])"
    f"|(?=[a-z0-9])[0-9]*+[a-z]*+[0-9]*+(?![a-z{_FOREIGNERS}]))*+ "
)
#: A word that mixes Latin letters with others that look like some, or has digits between them. What most such
#: words begin with is tried first.
_DISGUISED = re.compile(
    f"( [^ 0-9{_FOREIGNERS}]*+"
    f"(?:(?<=[a-z])[{_FOREIGNERS}]|(?<=[a-z])[0-9]++[a-z{_FOREIGNERS}]|[{_FOREIGNERS}]++[a-z0-9]"
    f"|(?=[0-9{_FOREIGNERS}])(?!{_NOT_MIXED}))[^ ]*+)"
)
#: In folded text, these differ from one reading to another.
_REPLACED = frozenset("".join(chr(code) + chr(code).casefold() for code in SAME | SIMILAR))


@dataclass(frozen=True)
class Readings:
    """A text, folded in each way in which it can be read; each is made when it is needed, and once.

    In `latin`, Latin letters stand for all characters that look the same, and in `undisguised` also for those
    that look similar, in words where they stand among Latin letters.
    """

    #: With a character for each pair of twins.
    _spelled: str
    #: Where a sign such as "@" can be a letter of a word; before, it stands between words.
    _with_letters: str
    _may_be_disguised: bool

    @cached_property
    def plain(self) -> str:
        return _TWINS_AS_THEY_ARE.put_into(self._spelled)

    @cached_property
    def latin(self) -> str:
        return _TWINS_IN_LATIN.put_into(self._with_letters)

    @cached_property
    def undisguised(self) -> str:
        if self._spelled.count(" ") == self._with_letters.count(" "):
            return _TWINS_IN_LATIN.put_into(_undisguised(self._with_letters))
        # A sign joins two words, which alone disguises none.
        return _undisguised(self.latin) if _DISGUISED.search(self._spelled) else self.latin

    @property
    def steady(self) -> list[str]:
        """Return those that hold all steady text which is in any of them."""
        if not self._may_be_disguised:
            return [self._spelled]
        has_signs = self._with_letters != self._spelled
        return [self.plain, self.undisguised] if has_signs else [self.undisguised]

    @property
    def distinct(self) -> list[str]:
        """Return all, but those that are the same once."""
        if not self._may_be_disguised:
            return [self._spelled]
        return list(dict.fromkeys((self.plain, self.latin, self.undisguised)))


def folded(text: str) -> str:
    """Return the words of the text with spaces around them; " " for a text without any."""
    return read(text).plain


def read(text: str) -> Readings:
    may_be_disguised = _may_be_disguised(text)
    text = _simplified(text)
    spelled = _spaced(_translated(text, _WITH_TWINS))
    lettered = _with_letters(text) if may_be_disguised else text
    with_letters = spelled if lettered == text else _spaced(_translated(lettered, _WITH_TWINS))
    return Readings(spelled, with_letters, may_be_disguised)


def placed(text: str) -> list[tuple[str, list[int]]]:
    """Return each reading with the place in `text` of each of its characters that is no space.

    This takes some milliseconds for a long text.
    """
    found = read(text)
    text = _without_stray_marks(text)
    plain, latin = _places(text, _PLAIN), _places(_with_letters(text), _LATIN)
    return [(reading, plain if reading == found.plain else latin) for reading in found.distinct]


def has_words(folded_text: str) -> bool:
    return folded_text != " "


def is_steady(folded_text: str) -> bool:
    """Return whether no reading of a text that holds it has other characters in its place."""
    return _REPLACED.isdisjoint(folded_text)


def needs_spaces(character: str) -> bool:
    """Return whether the folded character is of a script that has spaces between words."""
    return not stands_alone(character)


def _simplified(text: str) -> str:
    """Return a text with the same readings, in which runs of characters that say nothing are short."""
    if text.isascii():
        return text
    text = _STRAY_MARKS.sub(_NOTHING, text)
    if not _RARE_OR_NO_CHARACTER.search(text):
        return text
    return _SOME_WITHOUT_CHARACTER.sub(" ", _SOME_INVISIBLE.sub(_NOTHING, text))


def _may_be_disguised(text: str) -> bool:
    if not text.isascii() and _FOREIGN_LETTER.search(text):
        return True
    return bool(_DIGIT_AFTER_LETTER.search(text) or _SIGNS_IN_WORD.search(text))


def _translated(text: str, folding: "_Folding") -> str:
    """Return the folded characters. Rare ideographs stay as they are, which no table has to say."""
    if text.isascii():
        return text.translate(_ASCII)
    if not _SOME_RARE.search(text):
        return "".join(map(folding.__getitem__, text))
    for character in set(_SOME_RARE.sub("", text)):
        folding[character]  # From now on, the table has it.
    return _EDGE_OF_RARE.sub(MARK, "".join(map(folding.get, text, text)))


def _with_letters(text: str) -> str:
    """Return a text of the same length in which signs that begin or continue a word are letters."""
    return _with_parts(text, _SIGNS_IN_WORD, lambda signs: signs.translate(_LETTERS_OF_SIGNS))


def _undisguised(reading: str) -> str:
    """Return the reading with letters for similar characters in its disguised words."""
    return _with_parts(reading, _DISGUISED, _SIMILAR.put_into)


def _with_parts(text: str, part: re.Pattern[str], changed: Callable[[str], str]) -> str:
    """Return the text with its parts changed: all at once, since each call takes as long as some parts."""
    pieces = part.split(text)
    if len(pieces) > 1:
        pieces[1::2] = changed("\n".join(pieces[1::2])).split("\n")
    return "".join(pieces)


def _without_stray_marks(text: str) -> str:
    """Return a text of the same length, with invisible characters in their places."""
    if text.isascii():
        return text
    return _STRAY_MARKS.sub(lambda marks: _NOTHING * len(marks[0]), text)


def _places(text: str, folding: "_Folding") -> list[int]:
    return [
        place
        for place, character in enumerate(text)
        for part in folding[character]
        if part not in (" ", MARK)
    ]


def _spaced(text: str) -> str:
    words = " ".join(text.split())
    if MARK in words:
        words = words.replace(f"{MARK} {MARK}", "").replace(MARK * 2, "")
        words = words.replace(f" {MARK}", " ").replace(f"{MARK} ", " ").replace(MARK, " ").strip(" ")
    return f" {words} " if words else " "
