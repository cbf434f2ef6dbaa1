"""Lengths of time as people type them."""

from datetime import timedelta

import pytest

from bot.chat.actions.block_pages import suggest_lengths
from bot.chat.incoming.lengths import read_length
from bot.chat.incoming.strike_steps import read_step
from bot.chat.presenter.wording.block_words import LENGTHS, length_words
from bot.chat.presenter.wording.strike_words import step_text
from bot.domain.block import LONGEST, BlockProblem, BlockRefused
from bot.domain.strikes import StrikeStep
from bot.words.language import LANGUAGES, speaking

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("3 days", 3 * DAY),
        ("3days", 3 * DAY),
        ("1d 12h", 1.5 * DAY),
        ("1d12h", 1.5 * DAY),
        ("an hour", HOUR),
        ("One Week", 7 * DAY),
        ("90 min.", 1.5 * HOUR),
        ("2 Wochen", 14 * DAY),
        ("eine Stunde", HOUR),
        ("3 días", 3 * DAY),
        ("1 mês", 30 * DAY),
        ("2 semaines", 14 * DAY),
        ("３日間", 3 * DAY),
        ("１時間", HOUR),
        ("1 year", 365 * DAY),
        ("00001 day", DAY),
        ("for ever", None),
        ("  Für Immer ", None),
        ("永久", None),
    ],
)
def test_what_is_read(text: str, length: timedelta | None) -> None:
    assert read_length(text) == length


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "3", "days", "0 days later", "-1 day", "3 days x", "1.5 days", "99999999 days"),
        *(
            "a" * 5000,
            "1 day" * 1000,
            "²days",
            "٣٣٣٣٣٣٣٣ days",
            "9999999 years",
            "m",
            "1 m",
            "two days",
            "0 days",
        ),
    ],
)
def test_what_is_not_read(text: str) -> None:
    with pytest.raises(BlockRefused) as refused:
        read_length(text)
    assert refused.value.problem is BlockProblem.LENGTH_UNREADABLE


#: The bot says a length in its longest unit: of these, more than a thousand of each.
LONG = (LONGEST, 3 * 365 * DAY, LONGEST - HOUR, LONGEST - timedelta(minutes=1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("length", [*LENGTHS, *LONG])
def test_lengths_are_read_as_they_are_shown(language: str, length: timedelta | None) -> None:
    """They are suggested, and sent as they are suggested; a dialogue is opened with them, and sent back."""
    step = StrikeStep(count=3, within=90 * DAY, block=length)
    with speaking(language):
        assert read_length(length_words(length)) == length
        assert read_step(step_text(step)) == step


@pytest.mark.parametrize("typed", ["10 years", "3650 d", "87599h"])
def test_what_is_suggested_first_can_be_chosen(typed: str) -> None:
    first, *_ = suggest_lengths(typed)
    assert read_length(first.value) == read_length(typed)
