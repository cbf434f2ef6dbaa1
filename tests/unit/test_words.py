"""Texts, numbers and money in the language that is spoken."""

import asyncio
from datetime import date

import pytest

from bot.words.catalogs import gettext, ngettext
from bot.words.formats import day, listed, money, number, percent, with_commas
from bot.words.language import language_of, speaking, spoken


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("de", "de"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("pt-BR", "pt_BR"),
        ("ja", "ja"),
        ("fr", "fr"),
        ("ko", "en"),
        ("", "en"),
        (None, "en"),
        ("../de", "en"),
    ],
)
def test_discords_locales_find_their_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_a_text_is_said_in_the_language_that_is_spoken() -> None:
    with speaking("de"):
        assert gettext("Cancel") == "Abbrechen"
    assert gettext("Cancel") == "Cancel"


def test_a_text_without_a_translation_is_said_in_english() -> None:
    with speaking("de"):
        assert gettext("A text that no catalog has: {one}", one=1) == "A text that no catalog has: 1"


async def test_a_task_speaks_the_language_in_which_it_was_started() -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return spoken()

    with speaking("ja"):
        task = asyncio.create_task(later())
    assert (await task, spoken()) == ("ja", "en")


def test_what_is_filled_in_may_hold_braces() -> None:
    assert gettext("Edit of an image: {prompt}", prompt="{number}") == "Edit of an image: {number}"


def test_a_count_is_filled_in_as_the_language_writes_it() -> None:
    assert ngettext("{count} image", "{count} images", 1) == "1 image"
    with speaking("de"):
        assert ngettext("{count} thing", "{count} things", 1200) == "1.200 things"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "$1,204.50"), ("de", "1.204,50\xa0$"), ("ja", "$1,204.50"), ("pt_BR", "US$\xa01.204,50")],
)
def test_money_has_two_decimals(language: str, written: str) -> None:
    with speaking(language):
        assert money(1_204_500_000) == written


def test_a_part_of_a_cent_is_no_negative_nothing() -> None:
    assert (money(54_300), money(-1)) == ("$0.05", "$0.00")


def test_numbers_shares_days_and_lists() -> None:
    assert (number(999), number(12_345), number(-5)) == ("999", "12,345", "-5")
    assert (percent(83), day(date(2026, 3, 14))) == ("83%", "March 14, 2026")
    assert listed(["a", "b", "c"]) == "a, b, and c"
    with speaking("de"):
        assert (percent(83), day(date(2026, 3, 14))) == ("83\xa0%", "14. März 2026")
        assert listed(["a", "b", "c"], either=True) == "a, b oder c"


def test_a_list_that_may_go_on_has_the_commas_of_its_language() -> None:
    assert with_commas(["a", "b", "c"]) == "a, b, c"
    with speaking("ja"):
        assert with_commas(["a", "b", "c"]) == "a、b、c"
