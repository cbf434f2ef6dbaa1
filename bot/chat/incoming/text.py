"""Makes texts of members safe to show: they cannot break a layout, ping anyone or imitate the bot.

Lengths are counted in UTF-16 units: however Discord counts a text, it never counts more.
"""

import re
import unicodedata
from functools import cache

#: More marks than any script puts on one letter; a pile of them draws over the lines around.
MOST_MARKS = 4
ZERO_WIDTH_JOINER = "\u200d"
ZERO_WIDTH_NON_JOINER = "\u200c"
#: Invisible, but needed: the one glues emoji, both shape letters of several scripts.
KEPT_FORMATS = (ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER)

#: How many characters are looked at for each that is shown: enough, unless most of them are invisible.
_LOOK_AHEAD = 4
_NO_CHARACTER = 0xFFFE
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARKUP = re.compile(r"[\\`*_~|<>\[\]()#:@-]")
_NUMBERED = re.compile(r"^( *[0-9]+)\.", re.MULTILINE)
_HALF_A_CHARACTER = re.compile(f"[{ZERO_WIDTH_JOINER}\ufe0e\ufe0f]+$")


def units(text: str) -> int:
    """Return the length of the text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def tidy(text: str) -> str:
    """Remove characters that are invisible, change the writing direction, or pile up on others."""
    text = _LINE_BREAKS.sub("\n", text).replace("\t", " ")
    if text.isascii():
        return "".join(char for char in text if char == "\n" or char.isprintable())
    kept: list[str] = []
    marks = 0
    for char in text:
        category = _category(char)
        is_mark = category in ("Mn", "Me") or char in KEPT_FORMATS
        marks = marks + 1 if is_mark else 0
        if marks <= MOST_MARKS and (is_mark or char == "\n" or _is_visible(char, category)):
            kept.append(char)
    return "".join(kept)


_category = cache(unicodedata.category)


def _is_visible(char: str, category: str) -> bool:
    """Return False for controls, surrogates, invisible formats and the last two code points of a plane."""
    return category not in ("Cc", "Cf", "Cs") and ord(char) & 0xFFFE != _NO_CHARACTER


def one_line(text: str, most: int) -> str:
    """Return at most `most` units of the text, on one line. Looks at no more of it than can be shown."""
    seen = text[: most * _LOOK_AHEAD]
    line = " ".join(tidy(seen).split())
    return clip(line if seen == text else f"{line}…", most)


def fits_one_line(text: str, most: int) -> bool:
    """Return whether `one_line` shows the whole text."""
    return len(text) <= most * _LOOK_AHEAD and units(" ".join(tidy(text).split())) <= most


def clip(text: str, most: int) -> str:
    """The text itself if it has at most `most` units, else its beginning and "…"."""
    if units(text) <= most:
        return text
    beginning = text.encode("utf-16-le", "ignore")[: (most - 1) * 2].decode("utf-16-le", "ignore")
    at_a_word = beginning.rfind(" ", max(0, len(beginning) - 20))
    if at_a_word > 0:
        beginning = beginning[:at_a_word]
    return _HALF_A_CHARACTER.sub("", beginning).rstrip() + "…"


def plain(text: str) -> str:
    """Markdown that shows exactly this text: no formatting, mention, link or timestamp comes of it."""
    return _NUMBERED.sub(r"\1\\.", _MARKUP.sub(r"\\\g<0>", text))
