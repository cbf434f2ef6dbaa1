"""What a server's feed costs the deliveries that it stands in line behind: their lag, with and without it.

The whole bot between both stand-ins, in real time. All pictures are asked for first, and then finished one
after the other, faster than the bot can deliver them. The lag of a picture is what the bot itself has saved:
from when it saw the result to when the picture was in Discord.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import PER_MINUTE, PLENTY_USD, Contender
from benchmarks.table import print_table, ratio
from tests.journeys.town import a_town

PATIENCE_SECONDS = 900.0
_LAGS = """
    SELECT delivered_at - finished_at FROM jobs WHERE delivered_at IS NOT NULL ORDER BY id DESC LIMIT ?
"""
_SHOWN = "SELECT count(*) FROM feed_entries WHERE message_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Size:
    pictures: int = 1_000
    #: Of each, with and without a feed, in turns.
    rounds: int = 2


@dataclass(frozen=True, slots=True)
class Rush:
    """The lags of all pictures, in order of length, and how much later the feed had shown them all."""

    lags_ms: list[float]
    feed_seconds: float | None

    def percentile(self, share: float) -> float:
        return self.lags_ms[min(len(self.lags_ms) - 1, int(share * len(self.lags_ms)))]


async def main(size: Size = Size()) -> None:
    rushes: dict[bool, list[Rush]] = {False: [], True: []}
    for _ in range(size.rounds):
        for has_feed in (False, True):
            rushes[has_feed].append(await a_rush(size.pictures, has_feed=has_feed))
    without, with_feed = (_all(rushes[has_feed]) for has_feed in (False, True))
    rows = [_row("without a feed", without, without), _row("with a feed", with_feed, without)]
    title = f"The lag of deliveries in a rush of {size.pictures:,} pictures, in milliseconds"
    print_table(title, ("", "p50", "ratio", "p99", "ratio", "feed done after"), rows)


async def a_rush(pictures: int, *, has_feed: bool) -> Rush:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "bot.sqlite3"
        async with whole_bot(Path(name), file, has_feed=has_feed) as bot:
            await bot.round(pictures)
            delivered = time.monotonic()
            lags = sorted(lag / 1000 for (lag,) in _asked(file, _LAGS, pictures))
            if not has_feed:
                return Rush(lags, None)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while _asked(file, _SHOWN)[0][0] < pictures:  # noqa: ASYNC110  another process's
                    await asyncio.sleep(0.5)
            return Rush(lags, time.monotonic() - delivered)


@asynccontextmanager
async def whole_bot(folder: Path, file: Path, *, has_feed: bool) -> AsyncIterator[Contender]:
    async with a_town(folder) as town:
        town.segmind.credits = PLENTY_USD
        await town.open(
            SEGMIND_REQUESTS_PER_MINUTE=PER_MINUTE, LOG_LEVEL="WARNING", DATABASE_URL=f"sqlite:///{file}"
        )
        if has_feed:
            channel = town.world.channel("general")
            await town.person("otto").slash("pictures", "config feed", channel=channel).message()
        yield Contender(town.discord, town.segmind, lambda: town.bot.pid)


def _asked(file: Path, question: str, *values: int) -> list[tuple[int]]:
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        return connection.execute(question, values).fetchall()


def _all(rushes: list[Rush]) -> Rush:
    done = [rush.feed_seconds for rush in rushes if rush.feed_seconds is not None]
    return Rush(sorted(lag for rush in rushes for lag in rush.lags_ms), max(done, default=None))


def _row(name: str, rush: Rush, floor: Rush) -> tuple[str, ...]:
    cells = []
    for share in (0.5, 0.99):
        took = rush.percentile(share)
        cells += [f"{took:.0f}", ratio(took, floor.percentile(share))]
    return name, *cells, "-" if rush.feed_seconds is None else f"{rush.feed_seconds:.0f} s"
