"""How a text is read, character by character: slowly, and as the rules are written down."""

from collections.abc import Iterable
from itertools import pairwise

from bot.domain.character_folding import MARK
from bot.domain.look_alikes import FOREIGN, SAME, SIMILAR
from bot.domain.word_folding import _FOREIGN_MARKS, _PLAIN

_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_SIGNS = dict(zip("@＠﹫¢￠€!！﹗¡|｜£￡$＄﹩", "aaacceiiiillllsss", strict=True))  # noqa: RUF001  a disguise
_FIRST_AND_LAST = [part.split("-") for part in map("".join, zip(*[iter(FOREIGN)] * 3, strict=True))]


def readings_by_rule(text: str) -> list[str]:
    """The text as written; with Latin letters for those of the same shape; and for similar ones, too."""
    text = _without_stray_marks(text)
    plain = _in_words(_PLAIN[character] for character in text)
    if not _may_be_disguised(text):
        return [plain]
    latin = _in_words(_latin(text, place) for place in range(len(text)))
    return list(dict.fromkeys((plain, latin, _undisguised(plain, latin))))


def _without_stray_marks(text: str) -> str:
    kept = ""
    is_stray = False
    for before, character in pairwise(f" {text}"):
        is_latin = before.lower() in _LATIN or "\u00c0" <= before <= "\u024f"
        is_stray = character in _FOREIGN_MARKS and (is_stray or is_latin)
        kept += "" if is_stray else character
    return kept


def _may_be_disguised(text: str) -> bool:
    has_digits = any(
        before.isalnum() and not before.isdecimal() and character in _DIGITS
        for before, character in pairwise(text)
    )
    return (
        has_digits
        or any(map(_is_foreign, text))
        or any(_is_letter_of_word(text, place) for place in range(len(text)))
    )


def _is_foreign(character: str) -> bool:
    return any(first <= character <= last for first, last in _FIRST_AND_LAST)


def _latin(text: str, place: int) -> str:
    character = text[place]
    if _is_letter_of_word(text, place):
        return _SIGNS[character]
    return SAME.get(ord(character), _PLAIN[character])


def _is_letter_of_word(text: str, place: int) -> bool:
    """A sign, alone or with others, that a Latin letter follows, and that no digit precedes."""
    if text[place] not in _SIGNS:
        return False
    signs = "".join(_SIGNS)
    before, after = text[:place].rstrip(signs)[-1:], text[place:].lstrip(signs)[:1]
    return before not in _DIGITS and after.lower() in _LATIN


def _in_words(parts: Iterable[str]) -> str:
    """Join letters with a space between words, and none between two that stand alone: those within marks."""
    written, alone, is_apart, was_alone = "", False, False, False
    for letter in "".join(parts):
        if letter == MARK:
            alone = not alone
        elif letter == " ":
            is_apart = True
        else:
            if (is_apart and not (alone and was_alone)) or alone != was_alone:
                written += " "
            written, is_apart, was_alone = written + letter, False, alone
    return f" {written.strip()} " if written else " "


def _undisguised(plain: str, latin: str) -> str:
    if not any(map(_is_disguised, plain.split(" "))):
        return latin
    seen = plain if plain.count(" ") == latin.count(" ") else latin
    return " ".join(
        "".join(SIMILAR.get(ord(letter), letter) for letter in word) if _is_disguised(before) else word
        for before, word in zip(seen.split(" "), latin.split(" "), strict=True)
    )


def _is_disguised(word: str) -> bool:
    """Latin letters or digits stand beside others, or digits between Latin letters."""
    mixed = any(
        (one in _LATIN | _DIGITS and _is_foreign(other)) or (other in _LATIN | _DIGITS and _is_foreign(one))
        for one, other in pairwise(word)
    )
    without_digits = "".join("1" if letter in _DIGITS else letter for letter in word)
    while "11" in without_digits:
        without_digits = without_digits.replace("11", "1")
    between = any(
        digit == "1" and before in _LATIN and after in _LATIN
        for before, digit, after in zip(without_digits, without_digits[1:], without_digits[2:], strict=False)
    )
    return mixed or between
