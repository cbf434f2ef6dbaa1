"""The catalogs hold what the code says, and what the bot reads is what translators wrote."""

import ast

import pytest

from bot.words import update
from bot.words.language import ENGLISH, LANGUAGES

TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]


def test_the_template_holds_the_texts_of_the_code() -> None:
    assert update.TEMPLATE.read_bytes() == update.as_text(update.template()), "run `make words`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_has_the_texts_of_the_code(language: str) -> None:
    written = update.as_text(update.translation(language, update.template()))
    assert update.source(language).read_bytes() == written, "run `make words`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_bot_reads_what_translators_wrote(language: str) -> None:
    translated = update.as_machine_reads(update.translation(language, update.template()))
    assert update.compiled(language).read_bytes() == translated, "run `make words`"


def test_no_text_hides_inside_another() -> None:
    """Babel finds no text in the braces of an f-string before Python 3.12."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in update.CODE.rglob("*.py")
        for joined in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in update.KEYWORDS
        if isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []
