"""Word lists and prompts that are meant to make a decision slow, each as long as may be."""

import random
import string
from collections.abc import Iterable

from bot.domain.look_alikes import SAME, SIMILAR
from bot.domain.word_list import ENTRIES_MOST, EntryInvalid, WordEntry

PROMPT_CHARACTERS = 6000
#: Arabic for a whole phrase, in a single character.
_PHRASE = "\ufdfa"


def entries_of(lines: Iterable[str]) -> list[WordEntry]:
    """The entries of those lines that can be one, each once."""
    found: dict[str, WordEntry] = {}
    for line in lines:
        try:
            entry = WordEntry.of(line)
        except EntryInvalid:
            continue
        found.setdefault(entry.pattern, entry)
    return list(found.values())


def _words(count: int) -> list[str]:
    rng = random.Random(7)
    return ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9))) for _ in range(count)]


def _in_letters(number: int, letters: str = "ab") -> str:
    return f"{number:b}".translate({ord("0"): letters[0], ord("1"): letters[1]})


def _spread(first: int, last: int) -> str:
    """All kinds of characters between two, hardly any of them twice."""
    return "".join(chr(first + n * 7919 % (last - first)) for n in range(PROMPT_CHARACTERS))


def _of(part: str) -> str:
    return (part * PROMPT_CHARACTERS)[:PROMPT_CHARACTERS]


def _any_of(characters: str) -> str:
    """The characters in any order, so that hardly any word is there twice."""
    return "".join(random.Random(7).choices(characters, k=PROMPT_CHARACTERS))


#: Each becomes four letters.
_FOUR_LETTERS = "㉽㌁㌈㌌㌍㌎㌏㌐㌑㌒㌘㌛㌞㌟㌤㌬㌯㌳㌸㌺㌼㌾㍃㍈㍍㍎㍑㍓㍿㎉ﷲﷳﷴﷵﷶﷷﷸ﷼"
_LOOK_ALIKES = "".join(map(chr, SAME | SIMILAR))
_NUMBERS = range(ENTRIES_MOST)
LISTS = {
    "words": _words(2000),
    "phrases": [f"{one} {other}" for one, other in zip(_words(2000), _words(2500)[500:], strict=True)],
    "wildcards": [f"{word}*" for word in _words(1000)] + [f"*{word}*" for word in _words(2000)[1000:]],
    "shared beginnings": [f"{'a' * 12}{_in_letters(number)}*" for number in _NUMBERS],
    "shared ends": [f"*{_in_letters(number)}{'a' * 8}" for number in _NUMBERS],
    "nested": [f"*{'a' * count}*" for count in range(2, 90)],
    "russian": [f"{'авекмнорстух'[n % 12]}{'бдж'[n % 3] * (n % 40)}ра*" for n in range(2000)],  # noqa: RUF001  a disguise
    "two alphabets": [f"*{_in_letters(number, 'aа')}*" for number in _NUMBERS],  # noqa: RUF001  a disguise
    "accents": [f"*g\u0301\u0323{_in_letters(number)}*" for number in _NUMBERS],
    "many alphabets": [
        *_words(1700),
        *(f"{word}*" for word in _words(200)),
        *["вор*", "*бомб*", "кровь", "секс*", "водка*", "мир труд"],
        *["りんご", "猫", "사과*", "アダルト", "b4b", "4chan*", "🔫"],
    ],
    "chinese": [chr(0x4E00 + number) for number in _NUMBERS],
    "ends that begin others": [f"*{'a' * (number % 98)}{chr(98 + number % 24)}*" for number in range(800)],
    "long symbols": [f"*{_PHRASE}㍊{_in_letters(number)}{_PHRASE}*" for number in _NUMBERS],
}
PROMPTS = {
    "words": " ".join(_words(1000))[:6000],
    "one letter": _of("a"),
    "letters": _of("a "),
    "almost": _of("a" * 20 + "c"),
    "mixed": _of("gгаре "),  # noqa: RUF001  a disguise
    "mixed, one word": _of("aа"),  # noqa: RUF001  a disguise
    "mixed, all words different": _any_of("аеорсвкмнabcde15  "),  # noqa: RUF001  a disguise
    "mixed, with long symbols": _of(f"авb{_FOUR_LETTERS}"),  # noqa: RUF001  a disguise
    "mixed, with units": _of("ав㎉㎉㎉㎉"),
    "mixed, with kana": _of("вa㌕㌍"),
    "mixed, with emoji": _of("вa😀"),
    "mixed, with all look-alikes": (_LOOK_ALIKES + _of("aв㎉㎉ 😀"))[:PROMPT_CHARACTERS],
    "digits": _of("a1a "),
    "one digit": "a" + "1" * 5998 + "a",
    "chinese": _spread(0x4E00, 0x9FFF),
    "korean": _spread(0xAC00, 0xD7A3),
    "marks": ("a" + "\u0301\u0323" * 3000)[:6000],
    "stray marks": _of("a\u0e34"),
    "greek accents": _of("\u1f82"),
    "invisible": _of("\u200b\u202e"),
    "emoji": _of("😀a"),
    "signs": _of("a@$"),
    "spaces": _of(" "),
    "phrases": _of(_PHRASE),
    "phrases in words": _of(f"аa{_PHRASE}"),  # noqa: RUF001  a disguise
    "squares": _of("a㍊"),
    "all kinds": _spread(0xA0, 0xD7FF),
    "rare ideographs": _spread(0x20000, 0x2A6DF),
    "no characters": _spread(0x30000, 0x10FFFF),
}
