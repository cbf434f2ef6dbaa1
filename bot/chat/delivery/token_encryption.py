"""Interaction tokens at rest: encrypted, since each lets anybody answer in the bot's name for 15 minutes."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.domain.errors import OperatorError
from bot.ops.secrets import conceal

KEY_FILE = "secret.key"
#: A card is edited some times while its picture is made, and opening takes longer than most else then.
OPENED_KEPT = 1000


class TokenCipher:
    """Seals with the first key and opens with any: put a new key first to replace an old one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        for key in keys:
            conceal(key)
        self._opened = lru_cache(OPENED_KEPT)(self._fernet.decrypt)

    def encrypt(self, token: str) -> bytes:
        return self._fernet.encrypt(token.encode())

    def decrypt(self, sealed: bytes) -> str | None:
        """None if it was sealed with a key that is no longer here."""
        try:
            return self._opened(sealed).decode()
        except InvalidToken:
            return None


def keys_in(text: str) -> list[str]:
    """With commas, spaces or line breaks between them."""
    return text.replace(",", " ").split()


def load_token_cipher(keys: str | None, folder: Path) -> TokenCipher:
    """With the given keys, else with those of the key file, which is made at the first start.

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
    """Whole or not at all, and readable by nobody else at any moment."""
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
