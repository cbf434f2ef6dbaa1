"""The days that moderators type are read as their language writes them, or refused."""

from datetime import date

import pytest

from bot.chat.incoming.periods import as_text, chosen_period, from_text
from bot.domain.errors import DateUnreadable
from bot.words.language import LANGUAGES, speaking
from tests.builders import NOON

DAY_FIRST = ("de", "es", "fr", "pt_BR")
LAST_OF_MARCH, THIRD_OF_APRIL = date(2026, 3, 31), date(2026, 4, 3)


def read(text: str) -> date:
    return chosen_period(None, text, text, NOON).first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31",
        " 2026-3-31 ",
        "2026/3/31",
        "31.3.2026",
        "31. 3. 2026",
        "31/03/2026",
        "2026年3月31日",
        "\uff12\uff10\uff12\uff16/3/31",
    ],
)
def test_what_is_certain_is_read_in_every_language(language: str, text: str) -> None:
    with speaking(language):
        assert read(text) == LAST_OF_MARCH


@pytest.mark.parametrize("language", DAY_FIRST)
def test_the_day_comes_first_where_the_language_has_it_so(language: str) -> None:
    with speaking(language):
        assert read("3/4/2026") == THIRD_OF_APRIL


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_day_that_may_be_two_is_refused(language: str) -> None:
    """English is written both ways."""
    with speaking(language):
        assert read("3/31/2026") == LAST_OF_MARCH
        with pytest.raises(DateUnreadable):
            read("3/4/2026")


@pytest.mark.parametrize("text", ["", "now", "2026-02-30", "32.3.2026", "3/32/2026", "31-3.2026", "1-3-31"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(DateUnreadable):
        read(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_custom_ids_are_the_same_in_every_language(language: str) -> None:
    with speaking(language):
        assert from_text(as_text(THIRD_OF_APRIL)) == THIRD_OF_APRIL
