"""Workers that start with thousands of open cards, and one that takes over from another that is killed.

The cards are made through the store, with one picture each that the stand-in of the provider has taken and
does not finish. There is no gateway, which a worker does not need. Timed is from the outside: by
`bot_driven_jobs` at /metrics from the start of the processes, and by the rows of the queue from the kill.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import aiohttp
import psycopg

from benchmarks.restart import LOOK_SECONDS, PICTURE_SECONDS, PLENTY_USD, driven_jobs, fill
from benchmarks.table import print_table
from bot.store.fleet.queue import bring_up_to_date
from bot.store.upkeep.migrate import migrate
from sandbox.bot_process import BotProcess
from tests import machine
from tests.journeys.fleet import Fleet
from tests.journeys.town import a_town
from tests.soak.gauges import cpu_seconds, rss_bytes

SETTINGS = {"SEGMIND_REQUESTS_PER_MINUTE": "6000", "QUEUE_CARDS": "5000"}
#: How long the CPU of workers is watched that only wait.
WATCHED_SECONDS = 20.0
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Size:
    #: Open cards, and the workers that start with them.
    starts: tuple[tuple[int, int], ...] = ((0, 1), (5_000, 1), (10_000, 2))
    kills: int = 5
    #: Of the worker that is killed.
    cards: int = 100


@asynccontextmanager
async def fleet_with(open_cards: int) -> AsyncIterator[tuple[Fleet, str]]:
    """No process is started yet."""
    with tempfile.TemporaryDirectory() as name, machine.fresh_postgres_database() as url:
        await asyncio.to_thread(migrate, url, bring_up_to_date)
        async with a_town(Path(name)) as town:
            town.segmind.latency, town.segmind.credits = PICTURE_SECONDS, PLENTY_USD
            await fill(url, town, open_cards)
            fleet = Fleet(town, url)
            try:
                yield fleet, url
            finally:
                await fleet.stop()


# --- starts -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    seconds: float
    #: Of all workers together, once they drive everything.
    rss_mb: float
    #: Of one processor, while the pictures are waited for.
    cpu_share: float


async def started(open_cards: int, workers: int) -> Start:
    async with fleet_with(open_cards) as (fleet, _), aiohttp.ClientSession() as session:
        began = perf_counter()
        processes = [await fleet.start(**SETTINGS) for _ in range(workers)]
        ports = [await ops_port(process) for process in processes]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while sum([await driven_jobs(session, port) for port in ports]) < open_cards:  # noqa: ASYNC110  of other processes
                await asyncio.sleep(LOOK_SECONDS)
        seconds = perf_counter() - began
        await asyncio.sleep(WATCHED_SECONDS / 2)  # the first answers of the provider
        used = cpu_of(processes)
        await asyncio.sleep(WATCHED_SECONDS)
        share = (cpu_of(processes) - used) / WATCHED_SECONDS
        memory = sum(rss_bytes(process.pid or 0) for process in processes)
        return Start(seconds, memory / 1e6, share)


def cpu_of(processes: Sequence[BotProcess]) -> float:
    return sum(cpu_seconds(process.pid or 0) for process in processes)


async def ops_port(process: BotProcess) -> int:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := re.findall(r"serving /healthz .* port=(\d+)", "\n".join(process.lines))):  # noqa: ASYNC110  another process's
            await asyncio.sleep(LOOK_SECONDS)
        return int(found[0])


# --- takeovers ----------------------------------------------------------------------------------------


async def taken_over(cards: int) -> list[float]:
    """Seconds from the kill until another worker has each of the cards."""
    async with fleet_with(2 * cards) as (fleet, url):
        first = await fleet.start(**SETTINGS | {"QUEUE_CARDS": str(cards)})
        await until_driven(url, cards)
        (dead,) = [worker for worker, _ in driven(url)][:1]
        await fleet.start(**SETTINGS)
        await until_driven(url, 2 * cards)
        waited_for = {card for worker, card in driven(url) if worker == dead}
        first.kill()
        began, seconds = perf_counter(), list[float]()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while waited_for:
                await asyncio.sleep(LOOK_SECONDS)
                come = waited_for & {card for worker, card in driven(url) if worker != dead}
                seconds += [perf_counter() - began] * len(come)
                waited_for -= come
        return seconds


async def until_driven(url: str, cards: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(driven(url)) < cards:  # noqa: ASYNC110  another process's
            await asyncio.sleep(LOOK_SECONDS)


def driven(url: str) -> list[tuple[int, int]]:
    """Each worker with each of its cards."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT worker_id, (args->>'card_id')::int FROM procrastinate_jobs"
            " WHERE status = 'doing' AND worker_id IS NOT NULL"
        )
        return list(found)


# --- all ----------------------------------------------------------------------------------------------


async def main(size: Size = Size()) -> None:
    rows = []
    for open_cards, workers in size.starts:
        start = await started(open_cards, workers)
        numbers = f"{start.seconds:.1f}", f"{start.rss_mb:.0f}", f"{100 * start.cpu_share:.0f}%"
        rows.append((f"{open_cards:,}", str(workers), *numbers))
    heads = ("open cards", "workers", "all driven, in s", "memory in MB", "CPU while waiting")
    print_table("Workers that start with open cards", heads, rows)
    seconds = [one for _ in range(size.kills) for one in await taken_over(size.cards)]
    cuts = quantiles(seconds, n=100)
    taken = (f"{len(seconds)}", f"{cuts[49]:.1f}", f"{cuts[98]:.1f}", f"{max(seconds):.1f}")
    print_table(
        "Seconds from the kill of a worker until another has its cards",
        ("kills", "cards", "p50", "p99", "most"),
        [(f"{size.kills}", *taken)],
    )
