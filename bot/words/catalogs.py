"""Texts in the language that is spoken: `gettext` and its relatives.

A text is written in English where it is used, with names for what is filled in:

    from bot.words.catalogs import gettext as _

    _("Try again in {channel}.", channel=mention)
    ngettext("{count} image", "{count} images", count)

What is filled in may hold braces: it is not searched for names again. A text in a module's table, which is
made before the language is known, is marked with `deferred` and translated with `gettext` where it is used.
"""

from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from bot.words.formats import number
from bot.words.language import LANGUAGES, spoken

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "bot"
#: Texts with different counts that are kept at hand.
MOST_COUNTS = 2000
#: Languages without a file: tests have one.
_taught: dict[str, NullTranslations] = {}


def gettext(text: str, /, **values: object) -> str:
    return _filled(_text(spoken(), text), values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form for `count`, which is filled in as `{count}`."""
    text = _form(spoken(), one, many, count)
    return _filled(text, {"count": number(count), **values})


def pgettext(context: str, text: str, /, **values: object) -> str:
    """`context` tells apart what is one word in English and several in other languages."""
    return _filled(_text_in_context(spoken(), context, text), values)


def deferred(text: str) -> str:
    """Mark the text for translation, and leave it as it is until `gettext` is called with it."""
    return text


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format_map(values) if values else text


def teach(language: str, name: str, texts: NullTranslations) -> None:
    """Let this process speak one more language, until `forget`."""
    LANGUAGES[language] = name
    _taught[language] = texts
    _forget_texts()


def forget(language: str) -> None:
    del LANGUAGES[language], _taught[language]
    _forget_texts()


# A card takes twenty texts, and is drawn at each change: they are looked up in the catalog once.


@cache
def _text(language: str, text: str) -> str:
    return catalog(language).gettext(text)


@cache
def _text_in_context(language: str, context: str, text: str) -> str:
    return catalog(language).pgettext(context, text)


@lru_cache(MOST_COUNTS)
def _form(language: str, one: str, many: str, count: int) -> str:
    return catalog(language).ngettext(one, many, count)


def _forget_texts() -> None:
    for lookup in (catalog, _text, _text_in_context, _form):
        lookup.cache_clear()


@cache
def catalog(language: str) -> NullTranslations:
    """Of a language without a file, which English is: one that leaves every text as it is."""
    if language in _taught:
        return _taught[language]
    path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)
