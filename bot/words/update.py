"""Writes all texts of the code into each language's file, and compiles the files that the bot reads.

`make words` runs this. The files depend on the code and the translations alone: they hold no dates, line
numbers or versions, so that a test can compare them with the code.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.words.catalogs import DOMAIN, FOLDER
from bot.words.language import ENGLISH, LANGUAGES

CODE = Path(__file__).parents[1]
TEMPLATE = FOLDER / f"{DOMAIN}.pot"
TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]
#: The functions of `bot.words.catalogs`, with their arguments that are texts.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "deferred": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
#: A comment for translators begins with this, and stands on the line above the text.
COMMENT_TAG = "Translators:"
WIDTH = 110


class BareCatalog(Catalog):
    """A catalog whose header says what programs need, and nothing that changes by itself."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        headers = [
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]
        if self.locale is not None:
            headers += [("Language", str(self.locale)), ("Plural-Forms", self.plural_forms)]
        return headers


def template() -> Catalog:
    """Collect all texts of the code."""
    found = BareCatalog(fuzzy=False, header_comment="# Every text of the bot. `make words` writes this file.")
    for path in sorted(CODE.rglob("*.py")):
        with path.open("rb") as file:
            for _, text, comments, context in extract("python", file, KEYWORDS, [COMMENT_TAG]):
                found.add(text, context=context, auto_comments=comments)
    return found


def translation(language: str, texts: Catalog) -> Catalog:
    """Return the texts with their translations in the language's file, and nothing else from that file."""
    known = read(language)
    found = BareCatalog(language, fuzzy=False, header_comment=f"# {LANGUAGES[language]}")
    for text in said(texts):
        untranslated = ("",) * found.num_plurals if text.pluralizable else ""
        before = known.get(text.id, text.context)
        string = before.string if before is not None and type(before.id) is type(text.id) else untranslated
        found.add(text.id, string, context=text.context, auto_comments=text.auto_comments)
    return found


def read(language: str) -> Catalog:
    """Read the language's file as it is now."""
    path = source(language)
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def said(catalog: Catalog) -> Iterator[Message]:
    """Return all texts of the catalog, without its header."""
    return (message for message in catalog if message.id)


def source(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled(language: str) -> Path:
    return source(language).with_suffix(".mo")


def as_text(catalog: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalog, width=WIDTH, no_location=True, sort_output=True)
    return written.getvalue()


def as_machine_reads(catalog: Catalog) -> bytes:
    written = BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def update() -> None:
    texts = template()
    TEMPLATE.write_bytes(as_text(texts))
    for language in TRANSLATED:
        translated = translation(language, texts)
        source(language).parent.mkdir(parents=True, exist_ok=True)
        source(language).write_bytes(as_text(translated))
        compiled(language).write_bytes(as_machine_reads(translated))


if __name__ == "__main__":
    update()
