"""What the bot takes of the machine, looked at once a second: memory, files, CPU, its event loop's lag."""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.store.driver.sqlite import READERS
from tests.journeys.town import Town

EVERY_SECONDS = 1.0
LAG, ERRORS, BLOCKS = "bot_event_loop_lag_seconds", "bot_loop_errors", "bot_memory_blocks"
#: The bot's own: its log does not tell the port, and here no open connection can have it.
OPS_HOST = "127.0.0.2"
LAG_BOUND_SECONDS = 0.05
#: Longer than any connection is kept that nobody uses.
UNUSED_SECONDS = 40.0
#: Of connections that read the database, which are opened when they are needed first: two files each.
FLAT_FILES = 2 * READERS


@dataclass(frozen=True, slots=True)
class Sample:
    pid: int
    delivered: int
    rss_bytes: int
    #: That Python's objects take.
    blocks: int
    files: int
    #: Whether members ask as they do most of the time; a crowd at the end takes more of everything.
    is_steady: bool


@dataclass(slots=True)
class Lag:
    """Of one process: how many wake-ups there were, and how many were in time."""

    wake_ups: float = 0.0
    in_time: float = 0.0

    @property
    def share(self) -> float:
        return self.in_time / self.wake_ups if self.wake_ups else 0.0


@dataclass(slots=True)
class Gauges:
    samples: list[Sample] = field(default_factory=list)
    lag_of: dict[int, Lag] = field(default_factory=dict)
    #: Of a process that does nothing, beside the bot: what the machine makes of everybody.
    idle: Lag = field(default_factory=Lag)
    errors_of: dict[int, float] = field(default_factory=dict)
    cpu_seconds_of: dict[int, float] = field(default_factory=dict)
    #: Open while nothing is asked for: before the first request, and after the last.
    files_at_rest: list[int] = field(default_factory=list)

    async def watch(self, town: Town, delivered: Callable[[], int], is_steady: Callable[[], bool]) -> None:
        """Until cancelled; a process that is just going away is not looked at."""
        async with aiohttp.ClientSession() as session:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                if (pid := town.bot.pid) is None:
                    continue
                if (port := town.ops_port) is not None:
                    await self._look(session, port, pid, delivered(), is_steady=is_steady())

    async def _look(
        self, session: aiohttp.ClientSession, ops_port: int, pid: int, delivered: int, *, is_steady: bool
    ) -> None:
        try:
            self.cpu_seconds_of[pid] = cpu_seconds(pid)
            async with session.get(f"http://{OPS_HOST}:{ops_port}/metrics") as answer:
                self.lag_of[pid], self.errors_of[pid], blocks = read(await answer.text())
            self.samples.append(Sample(pid, delivered, rss_bytes(pid), blocks, open_files(pid), is_steady))
        except (OSError, aiohttp.ClientError):
            return

    async def rest(self, town: Town) -> None:
        """Wait until connections that nobody uses are closed, or for as long as that may take."""
        pid = town.bot.pid
        assert pid is not None, "it runs"
        files = open_files(pid)
        most = self.most_files_at_rest if self.files_at_rest else files
        ends = time.monotonic() + UNUSED_SECONDS
        while files > most and time.monotonic() < ends:
            await asyncio.sleep(EVERY_SECONDS)
            files = open_files(pid)
        self.files_at_rest.append(files)

    # --- what follows from it ---

    @property
    def most_files_at_rest(self) -> int:
        return self.files_at_rest[0] + FLAT_FILES

    @property
    def lag(self) -> Lag:
        """Of all processes that there were."""
        lags = self.lag_of.values()
        return Lag(sum(lag.wake_ups for lag in lags), sum(lag.in_time for lag in lags))

    @property
    def errors(self) -> int:
        """Exceptions that ended or interrupted a task of the bot."""
        return int(sum(self.errors_of.values()))

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu_seconds_of.values())

    def plateaus(self, of: Callable[[Sample], int]) -> tuple[float, float]:
        """Medians at the first and the last third of the last process's steady time, its warm-up left out."""
        mine = [one for one in self.samples if one.pid == self.samples[-1].pid and one.is_steady]
        if not mine:
            return 0.0, 0.0
        first, last = mine[0].delivered, mine[-1].delivered
        early, late = [0], [0]
        for sample in mine:
            share = (sample.delivered - first) / max(last - first, 1)
            if 1 / 6 < share <= 1 / 3:
                early.append(of(sample))
            elif 5 / 6 < share < 1:
                late.append(of(sample))
        return statistics.median(early[1:] or early), statistics.median(late[1:] or late)


def rss_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def cpu_seconds(pid: int) -> float:
    """What the process has used so far, in user and in system mode. Raises `FileNotFoundError`.

    /proc counts in hundredths of a second, too coarse for a few pictures. The id of a process's clock
    is that of clock_getcpuclockid(3), which Python does not have.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError as error:
        raise FileNotFoundError(pid) from error


def read(metrics: str) -> tuple[Lag, float, int]:
    """Lag, errors, and blocks of memory."""
    lag, errors, blocks = Lag(), 0.0, 0
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == f"{LAG}_count":
                lag.wake_ups = sample.value
            elif sample.name == f"{LAG}_bucket" and sample.labels["le"] == str(LAG_BOUND_SECONDS):
                lag.in_time = sample.value
            elif sample.name == f"{ERRORS}_total":
                errors += sample.value
            elif sample.name == BLOCKS:
                blocks = int(sample.value)
    return lag, errors, blocks


@asynccontextmanager
async def idle_process(lag: Lag) -> AsyncIterator[None]:
    """Beside whatever happens inside; `lag` is known afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.idle", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield
    finally:
        told, _ = await process.communicate(b"")
        wake_ups, in_time = told.split() or (0, 0)
        lag.wake_ups, lag.in_time = float(wake_ups), float(in_time)
