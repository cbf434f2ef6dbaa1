"""Prepared sources as files, named by the SHA-256 of their bytes; and marks for sources that were started.

A source may need more memory than there is, and then the process is killed. The mark that it leaves behind
tells the next process. All functions here block: call them in a thread.
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
        with suppress(FileNotFoundError):  # other tasks may delete files, too
            if path.name not in but and path.stat().st_mtime < older_than:
                path.unlink()


class SourceFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, digest: str) -> bool:
        return (self._folder / digest).exists()

    def keep(self, prepared: Path) -> str:
        """Move a prepared file to its final name, and return that."""
        with prepared.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        prepared.replace(self._folder / digest)
        return digest

    def kept(self, digest: str, content_type: str) -> Picture:
        return Picture((self._folder / digest).read_bytes(), content_type)

    def fetched(self, card_id: CardId) -> Path:
        """Return the path to which a card's source is downloaded."""
        return self._folder / f"{card_id}.fetched"

    def prepared(self, card_id: CardId) -> Path:
        return self._folder / f"{card_id}.prepared"

    def clear(self, card_id: CardId) -> None:
        """Delete the temporary files of a card whose source is kept or refused."""
        for path in (self.fetched(card_id), self.prepared(card_id)):
            path.unlink(missing_ok=True)

    def delete_all_but(self, digests: Collection[str], older_than: float) -> None:
        delete_old(self._folder, older_than, but=digests)

    # --- marks ---

    def begin(self, card_id: CardId) -> None:
        """Mark that the card's source is about to be downloaded and opened: one byte for each attempt."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._mark(card_id).open("ab") as mark:
            mark.write(b".")

    def survive(self, card_id: CardId) -> None:
        """Delete the mark: the process was not killed, whatever became of the source."""
        self._mark(card_id).unlink(missing_ok=True)

    def deaths(self, card_id: CardId) -> int:
        """Return how often the source was started without an end."""
        mark = self._mark(card_id)
        return mark.stat().st_size if mark.exists() else 0

    def _mark(self, card_id: CardId) -> Path:
        return self._folder / f"{card_id}.begun"
