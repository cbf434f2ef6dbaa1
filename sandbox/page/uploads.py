"""Files on their way: sent by the browser first, used by an act of the same person after it."""

from __future__ import annotations

import secrets

from standins.fake_discord.person import Upload

MIB = 1024 * 1024
#: More than the bot takes, so that its refusal can be seen.
MOST_BYTES = 100 * MIB
#: More than one act can use; an upload that is never sent is dropped after this many newer ones.
MOST_WAITING = 32


class UnknownFile(Exception):
    """No such file waits for this person (any more)."""


class Uploads:
    """Each file waits under a key that only its sender may use, once."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], Upload] = {}

    def keep(self, sender: str, upload: Upload) -> str:
        key = secrets.token_urlsafe(12)
        self._waiting[sender, key] = upload
        while len(self._waiting) > MOST_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
        return key

    def take(self, sender: str, key: str) -> Upload:
        """Raises UnknownFile."""
        upload = self._waiting.pop((sender, key), None)
        if upload is None:
            raise UnknownFile
        return upload
