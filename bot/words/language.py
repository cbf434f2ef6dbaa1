"""The languages that the bot speaks, and the one that is spoken at the moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: The language of the texts in the code; whatever a catalog lacks is said in it.
ENGLISH = "en"
#: By code, as catalogs are named: the name of the language in itself.
LANGUAGES = {
    ENGLISH: "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "pt_BR": "Português (Brasil)",
}

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def language_of(discord_locale: str | None) -> str:
    """The language for a locale of Discord's, such as "de", "es-419" or "pt-BR"; English for all others."""
    locale = (discord_locale or "").replace("-", "_")
    if locale in LANGUAGES:
        return locale
    language = locale.partition("_")[0]
    return language if language in LANGUAGES else ENGLISH


def spoken() -> str:
    """The code of the language that is spoken here and now."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """All texts are in this language inside the block, and in the tasks that are started there.

    A language that is no longer spoken, which a card may still name, is English.
    """
    before = _spoken.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)
