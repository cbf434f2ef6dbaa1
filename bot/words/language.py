"""The languages that the bot speaks, and the current language."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: The language of the texts in the code. A text that a catalog lacks is shown in it.
ENGLISH = "en"
#: Each language's name in the language itself, by the code that its catalog has.
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
    """Return the language for a Discord locale such as "de", "es-419" or "pt-BR"; English for all others."""
    locale = (discord_locale or "").replace("-", "_")
    if locale in LANGUAGES:
        return locale
    language = locale.partition("_")[0]
    return language if language in LANGUAGES else ENGLISH


def spoken() -> str:
    """Return the code of the current language."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use this language for all texts inside the block, and in the tasks that start there.

    A card may name a language that the bot no longer speaks: English takes its place.
    """
    before = _spoken.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)
