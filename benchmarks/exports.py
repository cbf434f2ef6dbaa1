"""How long `/privacy export` takes for a member with many pictures, and how long the event loop waits."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.history import FIRST_MEMBER, History, Scale, remembering
from benchmarks.table import print_table
from bot.chat.actions.own_data import packed
from bot.domain.ids import MemberId
from bot.ops.clock import SystemClock
from bot.services.members.own_data import OwnData
from bot.store.driver.database import open_database
from tests.builders import NOON, a_runtime

#: What Discord takes as one file of a member without Nitro.
UPLOAD_LIMIT = 10 * 1024 * 1024
LAG_EVERY_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Export:
    seconds: float
    worst_lag_seconds: float
    #: The most CPU that the process used between two looks: what the lag would be if nothing else ran.
    worst_own_seconds: float
    files: int
    size: int


async def main(scale: Scale, pictures: int = 10_000) -> None:
    rows = []
    for kind, _ in Scale((pictures,), scale.kinds).histories():
        history = History(pictures, until=NOON, members=1, guilds=1)
        with remembering(kind, history) as url, tempfile.TemporaryDirectory() as folder:
            taken = await exported(url, Path(folder))
        rows.append(
            (
                kind,
                f"{pictures:,}",
                f"{taken.seconds:.2f}",
                f"{1000 * taken.worst_lag_seconds:.0f}",
                f"{1000 * taken.worst_own_seconds:.0f}",
                str(taken.files),
                f"{taken.size / 1e6:.1f}",
            )
        )
    print_table(
        "/privacy export of one member",
        ("database", "pictures", "seconds", "worst lag in ms", "of our own CPU", "files", "MB"),
        rows,
    )


async def exported(url: str, folder: Path) -> Export:
    database = await open_database(url)
    try:
        own_data = OwnData(runtime=a_runtime(database, SystemClock()), folder=folder / "exports")
        looks: list[tuple[float, float]] = []
        watching = asyncio.create_task(_watch(looks))
        began = perf_counter()
        async with own_data.exporting(MemberId(FIRST_MEMBER)) as place:
            files = await packed(own_data, MemberId(FIRST_MEMBER), place, UPLOAD_LIMIT)
            size = sum(file.stat().st_size for file in files)
        seconds = perf_counter() - began
        watching.cancel()
        lags, own = zip(*looks, strict=True)
        return Export(seconds, max(lags), max(own), len(files), size)
    finally:
        await database.close()


async def _watch(looks: list[tuple[float, float]]) -> None:
    """Note again and again how late the event loop is, and how much CPU the process has used meanwhile."""
    while True:
        began, used = perf_counter(), process_time()
        await asyncio.sleep(LAG_EVERY_SECONDS)
        looks.append((perf_counter() - began - LAG_EVERY_SECONDS, process_time() - used))
