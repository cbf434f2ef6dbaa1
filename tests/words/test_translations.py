"""Every text in every language: complete, with the placeholders and the markdown of the English one."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from babel.messages import Catalog, Message

from bot.words import update
from bot.words.update import TRANSLATED

#: What is the same word in that language, beside what has no letters at all.
SAME: dict[str, frozenset[str]] = {
    "de": frozenset(
        {
            *("Details", "Manga", "Budget", "Limits", "Auto", "Export", "Original", "In Discord"),
            *("**Status:** {status}", "Budget: {change}", "in {channel}", "Standard", "Moderation", "Name"),
        }
    ),
    "es": frozenset({"Manga", "manga", "Auto", "Original", "spoiler", "3:1 · panorama"}),
    "fr": frozenset(
        {
            *("Manga", "manga", "Budget", "Images", "Image {number}", "Style", "Details", "Auto", "Original"),
            *("spoiler", "2:3 · portrait", "3:1 · panorama", "3:2 · photo", "place {place}"),
            *("{count} image", "{count} images", "variation", "Image {share}", "Standard"),
            *("Styles", "{count} style", "{count} styles", "Style: {style}", "Styles: {change}"),
        }
    ),
    "ja": frozenset(),
    "pt_BR": frozenset({"Manga", "Auto", "Original", "spoiler", "3:1 · panorama", "**Status:** {status}"}),
}
#: Words that only English has. Those that another of the languages has, too, are not among them.
ENGLISH_WORDS = frozenset(
    {"the", "and", "your", "with", "this", "from", "of", "you", "were", "are", "have", "it"}
)
_PLACEHOLDER = re.compile(r"\{\w+\}")
_CODE = re.compile(r"`[^`]*`")
_MARKS = (r"\*\*", r"(?<!\*)\*(?!\*)", r"^> ", r"^-# ", r"\n", r"\]\(", r"<[@#t][^>]*>", r"[✅⚠️⏳🎨🖼️🚫↪️🔒▸•]")
_LETTER = re.compile(r"[^\W\d_]")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
#: Read by their values, and translated as they are; no sentence is lost if one has no Japanese letter.
_NAMES = frozenset({"UTC"})


in_every_language = pytest.mark.parametrize("language", TRANSLATED)


def texts(language: str) -> list[Message]:
    return [*update.said(update.read(language))]


def english(message: Message) -> list[str]:
    """The singular and the plural, or the one text."""
    return [message.id] if isinstance(message.id, str) else [*message.id]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else [*(message.string or ())]


def without_code(text: str) -> str:
    return _PLACEHOLDER.sub("", _CODE.sub("", text))


def has_words(text: str) -> bool:
    return bool(_LETTER.search(re.sub(r"<[^>]*>", "", without_code(text))))


def wrong(language: str, is_wrong: Callable[[list[str], str], bool]) -> list[tuple[str, str]]:
    """Each English text with the translation that is wrong; what is not translated is found elsewhere."""
    return [
        (english(message)[-1], form)
        for message in texts(language)
        for form in forms(message)
        if form and is_wrong(english(message), form)
    ]


@in_every_language
def test_every_text_is_translated_and_in_every_plural_form(language: str) -> None:
    known: Catalog = update.read(language)
    missing = [
        english(message)
        for message in update.said(known)
        if not all(forms(message))
        or message.fuzzy
        or (not isinstance(message.id, str) and len(forms(message)) != known.num_plurals)
    ]
    assert missing == []


@in_every_language
def test_what_is_filled_in_is_the_same(language: str) -> None:
    def is_wrong(originals: list[str], form: str) -> bool:
        wanted = [Counter(_PLACEHOLDER.findall(one)) for one in originals]
        return Counter(_PLACEHOLDER.findall(form)) not in wanted

    assert wrong(language, is_wrong) == []


@in_every_language
def test_markdown_and_signs_are_the_same(language: str) -> None:
    def marks(text: str) -> list[int]:
        return [len(re.findall(one, text, re.MULTILINE)) for one in _MARKS]

    def is_wrong(originals: list[str], form: str) -> bool:
        return marks(form) not in map(marks, originals)

    assert wrong(language, is_wrong) == []


@in_every_language
def test_names_of_commands_are_the_same(language: str) -> None:
    def is_wrong(originals: list[str], form: str) -> bool:
        return sorted(_CODE.findall(form)) not in [sorted(_CODE.findall(one)) for one in originals]

    assert wrong(language, is_wrong) == []


@in_every_language
def test_a_text_begins_and_ends_as_the_english_one(language: str) -> None:
    def is_wrong(originals: list[str], form: str) -> bool:
        return form.strip() != form and not any(one.strip() != one for one in originals)

    assert wrong(language, is_wrong) == []


@in_every_language
def test_nothing_is_left_in_english(language: str) -> None:
    def is_wrong(originals: list[str], form: str) -> bool:
        return form in originals and has_words(form) and form not in SAME[language]

    assert wrong(language, is_wrong) == []


@in_every_language
def test_no_english_word_stands_in_a_translation(language: str) -> None:
    def is_wrong(_originals: list[str], form: str) -> bool:
        return not ENGLISH_WORDS.isdisjoint(re.findall(r"[a-z]+", without_code(form).lower()))

    assert wrong(language, is_wrong) == []


@pytest.mark.parametrize("language", [one for one in TRANSLATED if one != "ja"])
def test_no_japanese_stands_elsewhere(language: str) -> None:
    assert wrong(language, lambda _originals, form: bool(_JAPANESE.search(form))) == []


def test_japanese_is_written_in_japanese() -> None:
    def is_wrong(_originals: list[str], form: str) -> bool:
        return has_words(form) and not _JAPANESE.search(form) and form not in SAME["ja"] | _NAMES

    assert wrong("ja", is_wrong) == []


def test_every_english_text_names_what_is_filled_in() -> None:
    """A place without a name could not change its place in another language."""
    places: Iterator[str] = (
        place
        for message in update.said(update.template())
        for text in english(message)
        for place in re.findall(r"\{[^}]*\}|%[sd(]", text)
    )
    assert [one for one in places if not _PLACEHOLDER.fullmatch(one)] == []
