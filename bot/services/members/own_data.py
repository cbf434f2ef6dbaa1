"""All that is kept about a member, for the member: over all servers, in pages, once an hour."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.domain.ids import MemberId
from bot.domain.privacy import EXPORT_ONCE_IN, ErasureUnderWay, ExportTooSoon, ExportUnderWay
from bot.services.runtime import Runtime
from bot.store.driver.column_types import EPOCH, MICROSECOND
from bot.store.driver.database import Connection
from bot.store.privacy import erasures, exports, personal_data
from bot.store.privacy.personal_data import Exported

#: Requests that are read at once. A prompt may have 6,000 characters, and other readers wait.
AT_ONCE = 100
#: Exports that are built at once. Others wait for their turn.
MOST_AT_ONCE = 2
_NAME = re.compile(r"([0-9]{1,19})-([0-9]{1,17})")


@dataclass(slots=True, kw_only=True)
class OwnData:
    runtime: Runtime
    #: For the files that are being built. Whatever is in it at the start is left from before, and deleted.
    folder: Path
    _turns: asyncio.Semaphore = field(init=False)
    _exporting: set[MemberId] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    def require_not_exporting(self, member_id: MemberId) -> None:
        """Raises `ExportUnderWay`."""
        if member_id in self._exporting:
            raise ExportUnderWay

    async def clear(self) -> None:
        """Delete what exports have left that were killed. These do not count: no one has their files."""
        for member_id, at in await asyncio.to_thread(_left_in, self.folder):
            await self.runtime.database.write(exports.remove, member_id, at=at)
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    @asynccontextmanager
    async def exporting(self, member_id: MemberId) -> AsyncIterator[Path]:
        """Count one export, and give an empty folder for its files, which are deleted after the block.

        Raises `ExportTooSoon`, `ErasureUnderWay`. An export that fails does not count.
        """
        at = self.runtime.clock.now()
        await self.runtime.database.write(_hold, self.runtime.pseudonyms.ids_of(member_id), at=at)
        self._exporting.add(member_id)
        try:
            folder = await asyncio.to_thread(_made, self.folder, member_id, at)
            try:
                async with self._turns:
                    yield folder
            finally:
                await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
        except BaseException:
            await asyncio.shield(self.runtime.database.write(exports.remove, member_id, at=at))
            raise
        finally:
            self._exporting.discard(member_id)

    async def pages(self, member_id: MemberId) -> AsyncIterator[Exported]:
        """Yield everything, a few rows at a time."""
        read = self.runtime.database.read
        for found in await read(personal_data.beside_requests, member_id):
            yield found
        cards = await read(personal_data.card_ids, member_id)
        for first in range(0, len(cards), AT_ONCE):
            for found in await read(personal_data.of_requests, cards[first : first + AT_ONCE]):
                yield found


def _made(folder: Path, member_id: MemberId, at: datetime) -> Path:
    """Make a new folder in it that only its owner can read, and whose name says which export it is for."""
    made = folder / f"{member_id}-{(at - EPOCH) // MICROSECOND}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made.mkdir(mode=0o700)
    return made


def _left_in(folder: Path) -> list[tuple[MemberId, datetime]]:
    """Return the exports whose folders are still there."""
    names = [_NAME.fullmatch(path.name) for path in folder.glob("*")]
    return [(MemberId(int(name[1])), EPOCH + int(name[2]) * MICROSECOND) for name in names if name]


def _hold(connection: Connection, member_ids: Sequence[MemberId], *, at: datetime) -> None:
    erasure = erasures.get(connection, member_ids[0])
    if erasure is not None:
        raise ErasureUnderWay
    last_at = exports.last_at(connection, member_ids)
    if last_at is not None and last_at > at - EXPORT_ONCE_IN:
        raise ExportTooSoon(last_at + EXPORT_ONCE_IN)
    exports.put(connection, member_ids[0], at=at)
