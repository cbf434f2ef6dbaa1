"""What admins type as a number is read as they mean it, or refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.incoming.amounts import read_count, read_microusd
from bot.domain.errors import NumberUnreadable


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


@given(st.text(max_size=30))
def test_anything_else_is_read_or_refused(text: str) -> None:
    for read in (read_count, read_microusd):
        with suppress(NumberUnreadable):
            assert isinstance(read(text), int | None)
