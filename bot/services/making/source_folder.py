"""Prepared sources as files, named by the SHA-256 of their bytes; and beside them, which cards' were begun.

A source may take more memory than there is, and then the process is gone before it can say so: a mark that
was left behind says it to the next one. Every function here blocks and belongs into a thread.
"""

import hashlib
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from bot.domain.ids import CardId
from bot.domain.provider import Picture


def delete_old(folder: Path, older_than: float, *, but: Collection[str] = ()) -> None:
    """Delete the folder's files that were last changed before `older_than`, in seconds since 1970."""
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):  # files come and go meanwhile
            if path.name not in but and path.stat().st_mtime < older_than:
                path.unlink()


class SourceFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, digest: str) -> bool:
        return (self._folder / digest).exists()

    def keep(self, prepared: Path) -> str:
        """Move a prepared file to its name, which is returned."""
        with prepared.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        prepared.replace(self._folder / digest)
        return digest

    def kept(self, digest: str, content_type: str) -> Picture:
        return Picture((self._folder / digest).read_bytes(), content_type)

    def fetched(self, card_id: CardId) -> Path:
        """Where a card's source is fetched to."""
        return self._folder / f"{card_id}.fetched"

    def prepared(self, card_id: CardId) -> Path:
        return self._folder / f"{card_id}.prepared"

    def clear(self, card_id: CardId) -> None:
        """Take away what is no longer needed, once its source is kept or refused."""
        for path in (self.fetched(card_id), self.prepared(card_id)):
            path.unlink(missing_ok=True)

    def delete_all_but(self, digests: Collection[str], older_than: float) -> None:
        delete_old(self._folder, older_than, but=digests)

    # --- marks ---

    def begin(self, card_id: CardId) -> None:
        """Mark that the card's source is about to be fetched and opened: one byte for each time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._mark(card_id).open("ab") as mark:
            mark.write(b".")

    def survive(self, card_id: CardId) -> None:
        """Whatever came of it, the process is still there."""
        self._mark(card_id).unlink(missing_ok=True)

    def deaths(self, card_id: CardId) -> int:
        """How often it was begun, and nobody was left to say that it ended."""
        mark = self._mark(card_id)
        return mark.stat().st_size if mark.exists() else 0

    def _mark(self, card_id: CardId) -> Path:
        return self._folder / f"{card_id}.begun"
