"""The catalogs hold what the code says, and what the bot reads is what translators wrote."""

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
