"""What admins type as a number is read as they mean it, or refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.incoming.number_input import read_count, read_microusd
from bot.domain.errors import NumberUnreadable
from bot.words.formats import typed_money
from bot.words.language import LANGUAGES, speaking


@pytest.mark.parametrize(
    ("text", "count"),
    [("", None), ("  ", None), ("0", 0), (" 12 ", 12), ("-1", -1), ("1,000", 1000), ("1000000000", 10**9)],
)
def test_counts(text: str, count: int | None) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize("text", ["twelve", "1.5", "1,00", "10⁹", "٣", "1e9", "- 1", "0x10", "9" * 4000])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(NumberUnreadable):
        read_count(text)


@pytest.mark.parametrize(
    ("text", "microusd"),
    [
        ("", None),
        ("25", 25_000_000),
        ("$25", 25_000_000),
        ("25 USD", 25_000_000),
        ("12.50", 12_500_000),
        ("12,50", 12_500_000),
        ("1,000", 1_000_000_000),
        ("1,000.5", 1_000_500_000),
        (".5", 500_000),
        ("0.000001", 1),
        ("0,001", 1_000),
        ("0.0000001", 1),
        ("0", 0),
        ("-5", -5_000_000),
    ],
)
def test_money(text: str, microusd: int | None) -> None:
    assert read_microusd(text) == microusd


@pytest.mark.parametrize("text", ["ten", "1.2.3", "NaN", "Infinity", "1e3", "€5", "--5", "9" * 4000, ","])
def test_what_is_no_money(text: str) -> None:
    with pytest.raises(NumberUnreadable):
        read_microusd(text)


THOUSAND, LITTLE = 1_234_000_000, 1_234_000


@pytest.mark.parametrize(
    ("language", "with_comma", "with_point"),
    [
        ("en", THOUSAND, LITTLE),
        ("ja", THOUSAND, LITTLE),
        ("de", LITTLE, THOUSAND),
        ("es", LITTLE, THOUSAND),
        ("pt_BR", LITTLE, THOUSAND),
        ("fr", LITTLE, None),
    ],
)
def test_three_digits_after_a_sign_are_read_by_the_language(
    language: str, with_comma: int, with_point: int | None
) -> None:
    with speaking(language):
        assert read_microusd("1,234") == with_comma
        if with_point is None:
            with pytest.raises(NumberUnreadable):
                read_microusd("1.234")
        else:
            assert read_microusd("1.234") == with_point


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "microusd"),
    [
        ("12.50", 12_500_000),
        ("12,5", 12_500_000),
        ("1.234,50", 1_234_500_000),
        ("1,234.50", 1_234_500_000),
        ("1 234,50", 1_234_500_000),
        ("1\N{NARROW NO-BREAK SPACE}234 $", 1_234_000_000),
        ("1,234,567", 1_234_567_000_000),
        ("0.055", 55_000),
        ("US$ 25", 25_000_000),
        ("\uff11\uff12\uff0e\uff15", 12_500_000),
    ],
)
def test_what_is_certain_is_read_in_every_language(language: str, text: str, microusd: int) -> None:
    with speaking(language):
        assert read_microusd(text) == microusd


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.integers(1, 10**12))
def test_what_a_dialogue_offers_is_read_back(language: str, microusd: int) -> None:
    with speaking(language):
        assert read_microusd(typed_money(microusd)) == microusd


@given(st.text(max_size=30))
def test_anything_else_is_read_or_refused(text: str) -> None:
    for read in (read_count, read_microusd):
        with suppress(NumberUnreadable):
            assert isinstance(read(text), int | None)
