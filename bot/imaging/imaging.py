"""The interface to the two child processes: one for quick work, one for slow work.

A file that takes too long in the first gets more time in the second, after other slow files. So slow files
wait only for each other.
"""

import asyncio
import threading
from pathlib import Path

import structlog

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.provider import Picture
from bot.imaging import headers
from bot.imaging.protocol import NeedsMoreTime
from bot.imaging.worker import TimeLimits, Worker

log = structlog.stdlib.get_logger(__name__)

#: A photograph of 24 megapixels takes a third of a second. The rest of the time is for slow machines.
QUICK = TimeLimits(cpu_seconds=1.0, seconds=10.0, is_last=False)
#: A JPEG of 200 megapixels takes three seconds.
SLOW = TimeLimits(cpu_seconds=15.0, seconds=120.0, is_last=True)


#: A shorter file is no picture of the provider's.
LEAST_RESULT_BYTES = 1000


class Imaging:
    """Satisfies `services.protocols.Imaging`."""

    def __init__(self, quick: Worker | None = None, slow: Worker | None = None) -> None:
        self._lanes = (_Lane(quick or Worker(), QUICK), _Lane(slow or Worker(), SLOW))

    async def source(self, path: Path, into: Path) -> str:
        content_type = await self._ask(path, into, None)
        if content_type is None:  # a source is always converted
            raise FileRefused(SourceProblem.BROKEN)
        return content_type

    async def result(self, path: Path, into: Path, most_bytes: int, *, takes_damaged: bool) -> Picture:
        try:
            made = await self._ask(path, into, most_bytes)
        except FileRefused as error:
            is_damaged = error.problem is SourceProblem.BROKEN
            kind, length = await asyncio.to_thread(begins_as, path)
            if kind is None or length < LEAST_RESULT_BYTES or (is_damaged and not takes_damaged):
                raise
            if length > most_bytes:
                raise FileRefused(SourceProblem.TOO_HEAVY) from error
            made = None
        return await asyncio.to_thread(picture_in, into if made else path)

    async def thumbnail(self, path: Path, into: Path, most_side: int) -> str:
        content_type = await self._ask(path, into, None, most_side)
        if content_type is None:  # a thumbnail is always converted
            raise FileRefused(SourceProblem.BROKEN)
        return content_type

    def close(self) -> None:
        """Kill both child processes."""
        for lane in self._lanes:
            lane.worker.close()

    async def _ask(
        self, path: Path, into: Path, most_bytes: int | None, most_side: int | None = None
    ) -> str | None:
        quick, slow = self._lanes
        try:
            try:
                return await quick.ask(path, into, most_bytes, most_side)
            except NeedsMoreTime:
                return await slow.ask(path, into, most_bytes, most_side)
        except FileRefused as error:
            log.info("picture refused", problem=error.problem)
            raise


class _Lane:
    """One child process and the queue for it: first come, first served."""

    def __init__(self, worker: Worker, limits: TimeLimits) -> None:
        self.worker = worker
        self._limits = limits
        self._lock = asyncio.Lock()

    async def ask(self, path: Path, into: Path, most_bytes: int | None, most_side: int | None) -> str | None:
        unwanted = threading.Event()
        async with self._lock:
            try:
                return await asyncio.to_thread(
                    self.worker.ask, path, into, most_bytes, self._limits, unwanted, most_side
                )
            except asyncio.CancelledError:
                unwanted.set()
                self.worker.kill()
                raise


def picture_in(path: Path) -> Picture:
    data = path.read_bytes()
    return Picture(data, headers.content_type(data[: headers.FIRST_BYTES]) or "")


def begins_as(path: Path) -> tuple[str | None, int]:
    """Return the format by the first bytes of the file, and its size."""
    with path.open("rb") as file:
        return headers.content_type(file.read(headers.FIRST_BYTES)), path.stat().st_size
