"""Text as a list of words compares it: what reads the same is the same.

A folded text has a space before and after each word, so that " grape " is in it only if the whole word is.
Scripts without spaces, and symbols such as emoji, stand in it without spaces between them.

Each character is folded by itself, through a table that fills as characters are seen, and to a few letters
at most: no text is slow, not even one of thousands of combining characters, for which Unicode's own
normalization takes quadratic time, or one of symbols that stand for whole phrases.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.look_alikes import FOREIGN, SAME, SIMILAR, VARIANTS


def _edges(*blocks: tuple[int, int]) -> list[int]:
    """Return where blocks begin and where they are over, in turns."""
    return [edge for first, last in blocks for edge in (first, last + 1)]


#: Characters of scripts that write no spaces between words: Thai and Lao, Myanmar, Khmer, kana, Chinese.
_UNSPACED = _edges(
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3041, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAA60, 0xAA7F),
    (0x1B000, 0x1B16F),
    (0x20000, 0x323AF),
)
#: Invisible, although Unicode calls them letters, marks or symbols.
_INVISIBLE = frozenset({0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0})
_INVISIBLE_BLOCKS = _edges((0x180B, 0x180F), (0xFE00, 0xFE0F), (0x1F3FB, 0x1F3FF), (0xE0000, 0xE0FFF))
#: Marks that change a letter but not how people read it: accents, and the vowels of Hebrew and Arabic.
_ACCENTS = _edges(
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x0640, 0x0640),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
#: Unicode would make letters of them, and so a longer word of the one before them.
_SIGNS = frozenset("™℠")
#: The categories of letters, digits and marks.
_LETTERS = "LNM"
#: Stands around characters that need no space around them. No folded text holds it otherwise.
_MARK = "\x00"
#: Folded, nothing is left of it.
_NOTHING = "\u200b"
#: A symbol that stands for more letters is a word by itself, such as the Arabic ones for whole phrases.
LETTERS_MOST = 4
#: Ideographs that hardly anybody writes, and behind them codes without a character: they are folded each
#: time, so that no text fills the memory with them.
_RARE_IDEOGRAPHS, _NO_CHARACTERS = range(0x20000, 0x2F800), range(0x2FA20, 0x110000)
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
_SIGNS_IN_WORD = re.compile(f"[{_LETTER_SIGNS}](?<![0-9{_LETTER_SIGNS}].)[{_LETTER_SIGNS}]*+(?=[A-Za-z])")
#: What shows that a word is disguised, to the end of the word. Like those above, each begins with the rarest
#: characters, which are found quickly.
_FOREIGN_BESIDE_LATIN = re.compile(f"[{FOREIGN}](?:[a-z0-9]|(?<=[a-z0-9].))[^ ]*")
_DIGITS_BETWEEN_LATIN = re.compile("[0-9](?<=[a-z].)[0-9]*+[a-z][^ ]*")


class _Folding(dict[int, str]):
    """A table for `str.translate`: each character becomes letters, spaces or nothing."""

    def __init__(self, same: Mapping[int, str]) -> None:
        super().__init__(same)

    def __missing__(self, code: int) -> str:
        if code in _RARE_IDEOGRAPHS:
            return f"{_MARK}{chr(code)}{_MARK}"
        if code in _NO_CHARACTERS:
            return "" if _is_in(code, _INVISIBLE_BLOCKS) else " "
        self[code] = folded = _fold(code)
        return folded


_PLAIN = _Folding({})
_LATIN = _Folding(SAME)
#: With all characters of most texts: one that is missing takes `str.translate` longer.
_SIMILAR = {code: chr(code) for code in range(0x530)} | SIMILAR
#: In folded text, these differ from one reading to another.
_REPLACED = frozenset("".join(chr(code) + chr(code).casefold() for code in SAME | SIMILAR))


@dataclass(frozen=True, slots=True)
class Readings:
    """A text, folded in each way in which it can be read. Those that are the same are there once.

    In `latin`, Latin letters stand for all characters that look the same, and in `undisguised` also for those
    that look similar, in words where they stand among Latin letters.
    """

    plain: str
    latin: str
    undisguised: str
    #: In `plain`, a sign such as "@" stands between words; in the others, it can be a letter of one.
    has_signs: bool = False

    @property
    def steady(self) -> list[str]:
        """Return those that hold all steady text which is in any of them."""
        return [self.plain, self.undisguised] if self.has_signs else [self.undisguised]

    @property
    def distinct(self) -> list[str]:
        return list(dict.fromkeys((self.plain, self.latin, self.undisguised)))


def folded(text: str) -> str:
    """Return the words of the text with spaces around them; " " for a text without any."""
    return read(text).plain


def read(text: str) -> Readings:
    may_be_disguised = _may_be_disguised(text)
    text = _simplified(text)
    letters = _translated(text, _PLAIN)
    plain = _spaced(letters)
    if not may_be_disguised:
        return Readings(plain, plain, plain)
    lettered = _with_letters(text)
    latin_letters = _translated(lettered, _LATIN)
    latin = plain if latin_letters == letters else _spaced(latin_letters)
    return Readings(plain, latin, _undisguised(plain, latin), has_signs=lettered != text)


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
    return not _stands_alone(character)


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
    if text.isascii() or not _SOME_RARE.search(text):
        return text.translate(folding)
    _SOME_RARE.sub("", text).translate(folding)  # From now on, the table has all others.
    letters = "".join(map(folding.get, map(ord, text), text))
    return _EDGE_OF_RARE.sub(_MARK, letters)


def _with_letters(text: str) -> str:
    """Return a text of the same length in which signs that begin or continue a word are letters."""
    return _SIGNS_IN_WORD.sub(lambda signs: signs[0].translate(_LETTERS_OF_SIGNS), text)


def _without_stray_marks(text: str) -> str:
    """Return a text of the same length, with invisible characters in their places."""
    if text.isascii():
        return text
    return _STRAY_MARKS.sub(lambda marks: _NOTHING * len(marks[0]), text)


def _places(text: str, folding: "_Folding") -> list[int]:
    return [
        place
        for place, character in enumerate(text)
        for part in folding[ord(character)]
        if part not in (" ", _MARK)
    ]


def _undisguised(plain: str, latin: str) -> str:
    """Return `latin` with similar characters replaced in the words that `plain` shows to be disguised."""
    marked = _with_marks_on_disguises(plain)
    if _MARK not in marked:
        return latin
    words = latin.split(" ")
    if marked.count(" ") != len(words) - 1:  # A sign was read as a letter, which makes one word of two.
        marked = _with_marks_on_disguises(latin)
    disguised = [place for place, word in enumerate(marked.split(" ")) if _MARK in word]
    # In one go, since each call takes as long as some words.
    alike = " ".join([words[place] for place in disguised]).translate(_SIMILAR).split(" ")
    for place, word in zip(disguised, alike, strict=bool(disguised)):
        words[place] = word
    return " ".join(words)


def _with_marks_on_disguises(reading: str) -> str:
    """Return the reading with a mark in each word that mixes Latin letters with others or with digits."""
    return _DIGITS_BETWEEN_LATIN.sub(_MARK, _FOREIGN_BESIDE_LATIN.sub(_MARK, reading))


def _spaced(text: str) -> str:
    words = " ".join(text.split())
    if _MARK in words:
        words = words.replace(f"{_MARK} {_MARK}", "").replace(_MARK * 2, "").replace(_MARK, " ")
        words = " ".join(words.split())
    return f" {words} " if words else " "


def _fold(code: int) -> str:
    """Return the character in its simplest form; with spaces around it where it is a word by itself."""
    character = chr(code)
    if code in VARIANTS:
        return VARIANTS[code]
    if character in _SIGNS:
        return " "
    simple = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    if len(simple) > LETTERS_MOST:
        return f" {character} "
    return "".join(map(_folded_part, simple)).replace(_MARK * 2, "")


def _folded_part(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if character.isspace():
        return " "
    if _is_invisible(code, category):
        return ""
    if _stands_alone(character):
        return f"{_MARK}{character}{_MARK}"
    return VARIANTS.get(code, character) if category[0] in _LETTERS else " "


def _stands_alone(character: str) -> bool:
    category = unicodedata.category(character)
    return category == "So" or (category[0] in _LETTERS and _is_in(ord(character), _UNSPACED))


def _is_invisible(code: int, category: str) -> bool:
    if category in ("Cf", "Cc", "Me") or code in _INVISIBLE:
        return True
    return _is_in(code, _ACCENTS) or _is_in(code, _INVISIBLE_BLOCKS)


def _is_in(code: int, blocks: Sequence[int]) -> bool:
    return bisect_right(blocks, code) % 2 == 1
