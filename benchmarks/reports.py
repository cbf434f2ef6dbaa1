"""How soon `/review usage` knows a month of a server, by how many of the server's pictures are remembered.

Timed is what the command calls; its chart is drawn afterwards, and timed apart. Cold is the first time after
the database was opened, an SQLite file having been put out of the machine's memory before.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.history import History, Scale, adding_up
from benchmarks.table import print_table
from bot.chat.reports import chart
from bot.domain.period import Period
from bot.domain.reports import UsageReport
from bot.services.admins.reports import Reports
from bot.store.driver.database import open_database
from bot.store.driver.database_url import address
from tests.builders import NOON

MONTH = Period.last_days(NOON, 30)


@dataclass(frozen=True, slots=True)
class Size:
    openings: int = 3
    #: After each opening.
    warm: int = 10


async def main(scale: Scale, size: Size | None = None) -> None:
    rows = []
    for kind, pictures in scale.histories():
        history = History(pictures, until=NOON, guilds=1)
        with adding_up(kind, history) as url:
            cold, warm, report = await seconds_taken(url, history, size or Size())
        times = (f"{1000 * seconds:.1f}" for seconds in (cold, warm, seconds_to_draw(report)))
        rows.append((kind, f"{pictures:,}", f"{report.pictures:,}", *times))
    print_table(
        "/review usage of a month, in milliseconds, by pictures of the server",
        ("database", "pictures", "made in the month", "cold", "warm", "its chart"),
        rows,
    )


async def seconds_taken(url: str, history: History, size: Size) -> tuple[float, float, UsageReport]:
    """Cold and warm, each the median; and the report."""
    cold: list[float] = []
    warm: list[float] = []
    for _ in range(size.openings):
        leave_memory(url)
        database = await open_database(url)
        try:
            reports = Reports(database=database)
            for into in (cold, *[warm] * size.warm):
                began = perf_counter()
                report = await reports.usage(history.guild_ids[0], MONTH)
                into.append(perf_counter() - began)
        finally:
            await database.close()
    return median(cold), median(warm), report


def leave_memory(url: str) -> None:
    """A server's tables cannot be put out of its memory from here."""
    where = address(url)
    if isinstance(where, Path):
        descriptor = os.open(where, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def seconds_to_draw(report: UsageReport) -> float:
    days = [chart.Day(one.day, one.pictures, one.failed) for one in report.days]
    chart.draw(days)  # the first one loads what it is drawn with
    began = perf_counter()
    chart.draw(days)
    return perf_counter() - began
