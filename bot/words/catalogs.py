"""Texts in the current language: `gettext` and related functions.

A text is written in English where it is used, with names for what is filled in:

    from bot.words.catalogs import gettext as _

    _("Try again in {channel}.", channel=mention)
    ngettext("{count} image", "{count} images", count)

What is filled in may hold braces: it is not searched for names again. A module's table is made before the
language is known: its texts are marked with `deferred`, and translated with `gettext` where they are used.
"""

from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from bot.words.formats import number
from bot.words.language import LANGUAGES, spoken

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "bot"
#: The most texts with a count that are remembered.
MOST_COUNTS = 2000
#: The catalogs of languages without a file, which tests add.
_added: dict[str, NullTranslations] = {}


def gettext(text: str, /, **values: object) -> str:
    return _filled(_text(spoken(), text), values)


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the form for `count`, which is filled in as `{count}`."""
    text = _form(spoken(), singular, plural, count)
    return _filled(text, {"count": number(count), **values})


def pgettext(context: str, text: str, /, **values: object) -> str:
    """Translate the text; `context` tells apart what is one word in English but not in other languages."""
    return _filled(_text_in_context(spoken(), context, text), values)


def deferred(text: str) -> str:
    """Mark the text for translation, and leave it as it is until `gettext` is called with it."""
    return text


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format_map(values) if values else text


def teach(language: str, name: str, texts: NullTranslations) -> None:
    """Let this process speak one more language, until `forget` is called."""
    LANGUAGES[language] = name
    _added[language] = texts
    _forget_texts()


def forget(language: str) -> None:
    del LANGUAGES[language], _added[language]
    _forget_texts()


# A card has about twenty texts and is drawn at each change, so each text is looked up only once.


@cache
def _text(language: str, text: str) -> str:
    return catalog(language).gettext(text)


@cache
def _text_in_context(language: str, context: str, text: str) -> str:
    return catalog(language).pgettext(context, text)


@lru_cache(MOST_COUNTS)
def _form(language: str, singular: str, plural: str, count: int) -> str:
    return catalog(language).ngettext(singular, plural, count)


def _forget_texts() -> None:
    for lookup in (catalog, _text, _text_in_context, _form):
        lookup.cache_clear()


@cache
def catalog(language: str) -> NullTranslations:
    """Return the language's catalog. Without a file, as for English, it leaves every text as it is."""
    if language in _added:
        return _added[language]
    path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)
