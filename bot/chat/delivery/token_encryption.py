"""Encrypts interaction tokens at rest: each lets anyone answer in the bot's name for 15 minutes."""

from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

#: A card is edited several times while its picture is generated, and decryption is the slowest part of that.
OPENED_KEPT = 1000


class TokenCipher:
    """Encrypts with the first key and decrypts with any: put a new key first to replace an old one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._opened = lru_cache(OPENED_KEPT)(self._fernet.decrypt)

    def encrypt(self, token: str) -> bytes:
        return self._fernet.encrypt(token.encode())

    def decrypt(self, sealed: bytes) -> str | None:
        """Return None if it was encrypted with a key that is no longer here."""
        try:
            return self._opened(sealed).decode()
        except InvalidToken:
            return None
