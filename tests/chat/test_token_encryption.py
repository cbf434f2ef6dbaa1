"""Interaction tokens at rest."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.chat.delivery.token_encryption import TokenCipher
from bot.domain.errors import OperatorError
from bot.encryption_keys import KEY_FILE, load_keys
from bot.ops.secrets import without_secrets


def new_key() -> str:
    return Fernet.generate_key().decode()


def test_what_is_sealed_can_be_opened_and_is_not_readable() -> None:
    token_cipher = TokenCipher([new_key()])
    sealed = token_cipher.encrypt("a-token")
    assert b"a-token" not in sealed
    assert token_cipher.decrypt(sealed) == "a-token"


def test_another_key_opens_nothing() -> None:
    assert TokenCipher([new_key()]).decrypt(TokenCipher([new_key()]).encrypt("a-token")) is None


def test_after_a_change_of_keys_the_old_seals_still_open() -> None:
    old, new = new_key(), new_key()
    sealed = TokenCipher([old]).encrypt("a-token")
    changed = TokenCipher([new, old])
    assert changed.decrypt(sealed) == "a-token"
    assert TokenCipher([new]).decrypt(changed.encrypt("another")) == "another"


@pytest.mark.parametrize("between", [",", ", "])
def test_several_keys_are_given_with_commas_the_newest_first(tmp_path: Path, between: str) -> None:
    old, new = new_key(), new_key()
    sealed = TokenCipher(load_keys(old, tmp_path)).encrypt("a-token")
    changed = TokenCipher(load_keys(f"{new}{between}{old}", tmp_path))
    assert changed.decrypt(sealed) == "a-token"
    assert TokenCipher([new]).decrypt(changed.encrypt("another")) == "another"


def test_no_key_stands_in_a_log(tmp_path: Path) -> None:
    load_keys(None, tmp_path)
    key = (tmp_path / KEY_FILE).read_text().strip()
    assert without_secrets(f"the key is {key}!") == "the key is [concealed]!"


def test_a_given_key_needs_no_file(tmp_path: Path) -> None:
    key = new_key()
    assert TokenCipher([key]).decrypt(TokenCipher(load_keys(key, tmp_path)).encrypt("a-token")) == "a-token"
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sealed = TokenCipher(load_keys(None, folder)).encrypt("a-token")
    path = folder / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TokenCipher(load_keys(None, folder)).decrypt(sealed) == "a-token"
    assert [one.name for one in folder.iterdir()] == [KEY_FILE]


def test_a_key_file_of_several_lines_is_a_change_of_keys(tmp_path: Path) -> None:
    sealed = TokenCipher(load_keys(None, tmp_path)).encrypt("a-token")
    path = tmp_path / KEY_FILE
    path.write_text(f"{new_key()}\n{path.read_text()}")
    assert TokenCipher(load_keys(None, tmp_path)).decrypt(sealed) == "a-token"


def test_what_a_crash_left_of_the_key_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret.new").write_text("half a k")
    TokenCipher(load_keys(None, tmp_path)).encrypt("a-token")


@pytest.mark.parametrize("content", ["", "not a key", "schlüssel"])
def test_a_broken_key_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_text(content)
    with pytest.raises(OperatorError, match="holds no Fernet key"):
        load_keys(None, tmp_path)


def test_a_folder_that_cannot_be_used_says_what_to_do(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OperatorError, match="or set SECRET_KEY"):
        load_keys(None, blocked)
