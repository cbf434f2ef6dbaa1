"""A language for tests alone: English with accents and in brackets, so that a text from no catalog is seen.

What stays as it is written: what is filled in, the names of commands in code marks, mentions and addresses.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations

from bot.words import catalogs

#: A locale that Discord has, and that the bot has no catalog for.
PSEUDO, PSEUDO_LOCALE = "en_GB", "en-GB"
NAME = "⟦Ƥśéúđó⟧"

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "áƀćđéƒǵĥíĵķĺḿńóƥɋŕśťúṽẃẋýźÁƁĆĐÉƑǴĤÍĴĶĹḾŃÓƤɊŔŚŤÚṼẂẊÝŹ"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"(\{\w+\}|`[^`]*`|<[^>]*>|\]\([^)]*\)|https?://\S+)")
#: Of what the bot shows, what is in no catalog: mentions and times, code marks, addresses, names of files.
_NO_WORDS = re.compile(r"<[^<>\s]*>|`[^`]*`|\(?https?://\S+|\b[\w-]+\.(?:png|csv|webp|jpg)\b")
_WORD = re.compile(r"[A-Za-z]{2,}")
#: What Babel writes into dates, lists and money.
_DATES = (
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec "
    "January February March April May June July August September October November December"
)
_UNITS = "second seconds minute minutes hour hours day days week weeks sec secs min mins hr hrs"
KNOWN = frozenset({"and", "or", "US", "UTC", *_DATES.split(), *_UNITS.split()})


def accented(text: str) -> str:
    """The text in the pseudo-language, with every place to fill in."""
    parts = _KEPT.split(text)
    return "⟦" + "".join(one if at % 2 else one.translate(_ACCENTS) for at, one in enumerate(parts)) + "⟧"


class PseudoTexts(NullTranslations):
    """A catalog without a file: it has every text."""

    def gettext(self, message: str) -> str:
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return accented(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return accented(message)


def teach() -> None:
    """Let this process speak the pseudo-language with whoever reads Discord in British English."""
    catalogs.teach(PSEUDO, NAME, PseudoTexts())


@contextmanager
def taught() -> Iterator[None]:
    teach()
    try:
        yield
    finally:
        catalogs.forget(PSEUDO)


def in_no_catalog(text: str, known: Iterable[str] = ()) -> list[str]:
    """The words of the text that are from no catalog; `known` is what members and servers wrote."""
    for one in sorted(known, key=len, reverse=True):
        text = text.replace(one, " ")
    return [word for word in _WORD.findall(_NO_WORDS.sub(" ", text)) if word not in KNOWN]
