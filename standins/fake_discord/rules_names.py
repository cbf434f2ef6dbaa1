"""Discord's rules for names and descriptions of commands, options and choices, in every language.

The name of a slash command and of an option is one word in small letters; others are free text.
"""

from __future__ import annotations

import re

from standins.fake_discord.forms import Form

LONGEST_NAME, LONGEST_CHOICE, LONGEST_DESCRIPTION = 32, 100, 100
_WORD = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")
"""With the signs above and below the letters of Devanagari and Thai."""
_INVALID = "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"
_NO_MATCH = "STRING_TYPE_REGEX", "String value did not match validation regex."

# fmt: off
LOCALES = (
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th",
    "tr", "uk", "vi", "zh-CN", "zh-TW",
)
# fmt: on


def check_command_name(form: Form, *, is_word: bool) -> None:
    """The error for a wrong name in one language does not say which language, as at Discord."""
    name = form.text("name", LONGEST_NAME, least=1, required=True)
    if is_word and name and not _is_word(name):
        form.complain(*_INVALID, "name")
    texts = _localized(form, "name_localizations", LONGEST_NAME)
    if is_word and not all(map(_is_word, texts.values())):
        form.complain(*_INVALID, "name_localizations")


def check_option_name(form: Form) -> None:
    name = form.text("name", LONGEST_NAME, least=1, required=True)
    if name and not _WORD.match(name):
        form.complain(*_NO_MATCH, "name")
    if name and not _is_word(name):
        form.complain(*_INVALID, "name")
    for locale, text in _localized(form, "name_localizations", LONGEST_NAME).items():
        if not _is_word(text):
            form.complain(*_INVALID, "name_localizations", locale)


def check_choice_name(form: Form) -> None:
    form.text("name", LONGEST_CHOICE, least=1, required=True)
    _localized(form, "name_localizations", LONGEST_CHOICE)


def check_description(form: Form) -> None:
    form.text("description", LONGEST_DESCRIPTION, least=1, required=True)
    _localized(form, "description_localizations", LONGEST_DESCRIPTION)


def longest(form: Form, key: str) -> int:
    """The length of a text in its longest language: the only one that counts."""
    localized = form.value.get(f"{key}_localizations")
    texts = localized.values() if isinstance(localized, dict) else ()
    return max(len(str(one or "")) for one in (form.value.get(key), *texts))


def _localized(form: Form, key: str, most: int) -> dict[str, str]:
    """The texts by locale whose length is valid; the others are reported as errors."""
    inner = form.inner(key)
    if inner is None:
        return {}
    texts = {}
    for locale in inner.value:
        if locale not in LOCALES:
            listed = ", ".join(f"'{one}'" for one in LOCALES)
            inner.complain("BASE_TYPE_CHOICES", f"Value must be one of ({listed}).", locale)
        elif text := inner.text(locale, most, least=1, required=True):
            texts[locale] = text
    return texts


def _is_word(name: str) -> bool:
    return bool(_WORD.match(name)) and name == name.lower()
