"""The folding of a single character: to its simplest form, as letters that word lists compare."""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from bot.domain.look_alikes import VARIANTS


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
#: Letters and marks for Unicode, but without a shape: the fillers of Hangul and Khmer.
FILLERS = frozenset({0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0})
#: Invisible, although Unicode calls them letters, marks or symbols.
_INVISIBLE = FILLERS | {0x034F}
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
MARK = "\x00"
#: A symbol that stands for more letters is a word by itself, such as the Arabic ones for whole phrases.
LETTERS_MOST = 4


def fold(code: int) -> str:
    """Return the character in its simplest form; with spaces around it where it is a word by itself."""
    character = chr(code)
    if code in VARIANTS:
        return VARIANTS[code]
    if character in _SIGNS:
        return " "
    simple = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    if len(simple) > LETTERS_MOST:
        return f" {character} "
    return "".join(map(_folded_part, simple)).replace(MARK * 2, "")


def _folded_part(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if character.isspace():
        return " "
    if _is_invisible(code, category):
        return ""
    if stands_alone(character):
        return f"{MARK}{character}{MARK}"
    return VARIANTS.get(code, character) if category[0] in _LETTERS else " "


def stands_alone(character: str) -> bool:
    category = unicodedata.category(character)
    return category == "So" or (category[0] in _LETTERS and _is_in(ord(character), _UNSPACED))


def _is_invisible(code: int, category: str) -> bool:
    if category in ("Cf", "Cc", "Me") or code in _INVISIBLE:
        return True
    return _is_in(code, _ACCENTS) or _is_in(code, _INVISIBLE_BLOCKS)


def _is_in(code: int, blocks: Sequence[int]) -> bool:
    return bisect_right(blocks, code) % 2 == 1
