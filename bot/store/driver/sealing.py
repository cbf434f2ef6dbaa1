"""The encryption of what people wrote, as connections need it. This module knows no table and no key."""

from typing import Protocol


class TextCipher(Protocol):
    """Encrypts and decrypts texts, in any thread."""

    def seal(self, text: str) -> str:
        """Return the text encrypted; the empty one as it is."""

    def open(self, stored: str) -> str:
        """Return what was sealed, or a text that never was as it is; empty if the key is no longer here."""


class NoCipher:
    """Leaves every text as it is: for tests, and for commands that read none."""

    def seal(self, text: str) -> str:
        return text

    def open(self, stored: str) -> str:
        return stored


NO_CIPHER = NoCipher()
