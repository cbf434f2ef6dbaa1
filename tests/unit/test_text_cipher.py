"""Texts at rest: sealed with the newest key, opened with any, and never taken for others."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.ops.text_cipher import KeyedTextCipher


def new_key() -> str:
    return Fernet.generate_key().decode()


KEY = new_key()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    cipher = KeyedTextCipher([KEY])
    assert cipher.open(cipher.seal(text)) == text


def test_what_was_never_sealed_is_returned_as_it_is() -> None:
    assert KeyedTextCipher([KEY]).open("a red boat") == "a red boat"


def test_the_same_text_is_never_sealed_alike() -> None:
    cipher = KeyedTextCipher([KEY])
    assert cipher.seal("a red boat") != cipher.seal("a red boat")


def test_an_old_key_opens_and_the_new_one_seals() -> None:
    old, new = new_key(), new_key()
    both = KeyedTextCipher([new, old])
    assert both.open(KeyedTextCipher([old]).seal("a red boat")) == "a red boat"
    assert both.seal("a red boat").startswith(KeyedTextCipher([new]).prefix)


def test_without_its_key_a_text_is_empty_and_the_log_says_so_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sealed, other = KeyedTextCipher([KEY]).seal("a red boat"), KeyedTextCipher([new_key()])
    assert [other.open(sealed), other.open(sealed)] == ["", ""]
    assert capsys.readouterr().out.count("add their old key to SECRET_KEY") == 1


@pytest.mark.parametrize("end", ["", "!", "AAAA", "=" * 40])
def test_a_damaged_text_is_empty(end: str) -> None:
    cipher = KeyedTextCipher([KEY])
    assert cipher.open(cipher.prefix + end) == ""


def test_nothing_in_a_sealed_text_tells_the_key() -> None:
    assert KEY not in KeyedTextCipher([KEY]).seal("a red boat")
