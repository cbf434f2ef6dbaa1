"""Encrypts interaction tokens at rest: each lets anyone answer in the bot's name for 15 minutes."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.domain.errors import OperatorError
from bot.ops.secrets import conceal

KEY_FILE = "secret.key"
#: A card is edited several times while its picture is generated, and decryption is the slowest part of that.
OPENED_KEPT = 1000


class TokenCipher:
    """Encrypts with the first key and decrypts with any: put a new key first to replace an old one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        for key in keys:
            conceal(key)
        self._opened = lru_cache(OPENED_KEPT)(self._fernet.decrypt)

    def encrypt(self, token: str) -> bytes:
        return self._fernet.encrypt(token.encode())

    def decrypt(self, sealed: bytes) -> str | None:
        """Return None if it was encrypted with a key that is no longer here."""
        try:
            return self._opened(sealed).decode()
        except InvalidToken:
            return None


def keys_in(text: str) -> list[str]:
    """Split keys at commas, spaces or line breaks."""
    return text.replace(",", " ").split()


def load_token_cipher(keys: str | None, folder: Path) -> TokenCipher:
    """Use the given keys, else those of the key file, which is created at the first start.

    Raises `OperatorError` if the file cannot be made or read.
    """
    if keys is not None:
        return TokenCipher(keys_in(keys))
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        return TokenCipher(keys_in(path.read_text("ascii")))
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be used ({error.strerror}): make {folder} writable, or set SECRET_KEY"
        ) from error
    except ValueError as error:
        raise OperatorError(
            f"{path} holds no Fernet key: restore it, or delete it (answers in flight are then delivered "
            "by the bot's own token)"
        ) from error


def _make(path: Path) -> None:
    """Create the file in one step, and never readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(unfinished, "xb", opener=_privately) as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
