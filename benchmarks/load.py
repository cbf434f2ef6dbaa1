"""What a picture costs the machine, against aiohttp that makes the same calls and remembers nothing.

Each contender is a process of its own between stand-ins of its own. So many pictures are asked for that all
of them are in flight at once; only then the provider finishes them, one after the other. CPU is that of the
contender's process from the first request to the last delivery. A waiting job's memory is by how much
resident memory grows from half of the crowd to all of it.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.table import print_table, ratio
from sandbox.bot_process import BotProcess
from standins.fake_discord.model import AnswerKind
from standins.fake_discord.person import Person
from standins.fake_discord.server import FakeDiscord
from standins.fake_segmind.facade import FakeSegmind
from tests.journeys.town import a_town
from tests.soak.gauges import cpu_seconds, rss_bytes

PEOPLE = ("ada", "ben", "mia", "otto")
#: Members that ask at the same time; each waits for an answer before it asks again.
ASKING = 20
#: The provider all but stands still while requests come in, and then finishes so many a second.
STANDING_STILL, FINISHED_A_SECOND = 1e-6, 40.0
WARM_UP = 40
PATIENCE_SECONDS = 900.0
KIB = 1024
PLENTY_USD = Decimal(1_000_000)
#: Never short of requests; submits may have a quarter of them while others wait.
PER_MINUTE = "30000"


@dataclass(frozen=True, slots=True)
class Load:
    in_flight: int
    rounds: int


LOADS = (Load(10, 20), Load(1_000, 1), Load(10_000, 1))


@dataclass(frozen=True, slots=True)
class Calls:
    """What the bot needed for a picture on average, for the bare one to do as well."""

    polls: int
    #: Of the card, beside the one that brings the picture.
    edits: int
    #: Characters of such an edit.
    words: int


@dataclass(frozen=True, slots=True)
class Cost:
    cpu_milliseconds: float
    #: Of a waiting job; None where too few wait to tell.
    waiting_bytes: float | None


class Contender:
    def __init__(self, discord: FakeDiscord, segmind: FakeSegmind, pid: Callable[[], int | None]) -> None:
        self.discord, self.segmind, self._pid = discord, segmind, pid
        self._asked = 0

    @property
    def pid(self) -> int:
        pid = self._pid()
        assert pid is not None, "it runs"
        return pid

    async def cost(self, load: Load) -> Cost:
        await self.round(WARM_UP)
        self.forget()
        before = cpu_seconds(self.pid)
        grown = [await self.round(load.in_flight) for _ in range(load.rounds)]
        used = cpu_seconds(self.pid) - before
        half = load.in_flight / 2
        return Cost(1000 * used / (load.in_flight * load.rounds), grown[0] / half if half >= 100 else None)

    async def round(self, count: int) -> int:
        """Everybody asks, then the provider goes on; by how many bytes the second half made memory grow."""
        delivered_before = self._delivered()
        self.segmind.latency = lambda rng: rng.uniform(0.1, count / FINISHED_A_SECOND)
        self.segmind.speed = STANDING_STILL
        await self._ask(count // 2)
        half = rss_bytes(self.pid)
        await self._ask(count - count // 2)
        grown = rss_bytes(self.pid) - half
        self.segmind.speed = 1.0
        await self._until(lambda: self._delivered() - delivered_before >= count)
        return grown

    async def _ask(self, count: int) -> None:
        """Return once the provider has them all."""
        accepted = len(self.segmind.bills) + count
        numbers = iter(range(self._asked, self._asked + count))
        self._asked += count
        await asyncio.gather(*(self._member(PEOPLE[one % len(PEOPLE)], numbers) for one in range(ASKING)))
        await self._until(lambda: len(self.segmind.bills) >= accepted)

    async def _member(self, name: str, numbers: Iterator[int]) -> None:
        """Each number is asked for by one of those who share them."""
        person = Person(self.discord.world, name)
        for number in numbers:
            prompt = f"a lighthouse at dawn, number {number}"
            while (await person.slash("pictures", "imagine", prompt=prompt).answer()).kind is AnswerKind.NONE:
                pass  # too busy to answer in time, so nothing was taken

    def _delivered(self) -> int:
        return sum(1 for message in self.discord.world.messages.values() if message.attachments)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_so():  # noqa: ASYNC110  both stand-ins' changes
                await asyncio.sleep(0.1)

    def forget(self) -> None:
        """Whatever was asked of the stand-ins so far."""
        self.discord.requests.clear()
        self.segmind.requests.clear()

    def calls(self, pictures: int) -> Calls:
        """Of so many pictures since `forget`."""
        edits = self.discord.requests.matching("PATCH /webhooks/*")
        polls = len(self.segmind.requests_to("status"))
        words = max(len(json.dumps(one.json)) for one in edits)
        return Calls(round(polls / pictures), round(len(edits) / pictures) - 1, words)


@asynccontextmanager
async def whole_bot(folder: Path) -> AsyncIterator[Contender]:
    async with a_town(folder) as town:
        town.segmind.credits = PLENTY_USD
        await town.open(SEGMIND_REQUESTS_PER_MINUTE=PER_MINUTE, LOG_LEVEL="WARNING")
        yield Contender(town.discord, town.segmind, lambda: town.bot.pid)


@asynccontextmanager
async def bare(folder: Path, calls: Calls) -> AsyncIterator[Contender]:
    async with a_town(folder) as town:
        town.segmind.credits = PLENTY_USD
        told = {"POLLS": calls.polls, "EDITS": calls.edits, "WORDS": calls.words}
        environment = town.environment(
            APPLICATION_ID=str(town.world.app.id), **{name: str(value) for name, value in told.items()}
        )
        bot = BotProcess(environment, folder / "bare.log", (sys.executable, "-m", "benchmarks.bare_load"))
        try:
            await bot.start()
            await town.world.until(
                lambda world: town.discord.is_connected and world.commands, within_seconds=60
            )
            yield Contender(town.discord, town.segmind, lambda: bot.pid)
        finally:
            await bot.stop()


async def main(loads: tuple[Load, ...] = LOADS) -> None:
    rows = []
    for load in loads:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            async with whole_bot(folder) as ours:
                own = await ours.cost(load)
                calls = ours.calls(load.in_flight * load.rounds)
            async with bare(folder, calls) as floor:
                theirs = await floor.cost(load)
        rows.append(row(load, calls, theirs, own))
    heads = ("in flight", "polls", "edits", "bare CPU", "our CPU", "ratio", "bare waiting", "our waiting")
    title = "CPU for a picture in milliseconds, and memory for a waiting one in KiB, against bare aiohttp"
    print_table(title, heads, rows)


def row(load: Load, calls: Calls, bare: Cost, ours: Cost) -> tuple[str, ...]:
    cpu = f"{bare.cpu_milliseconds:.1f}", f"{ours.cpu_milliseconds:.1f}"
    waiting = [
        "-" if cost.waiting_bytes is None else f"{cost.waiting_bytes / KIB:.1f}" for cost in (bare, ours)
    ]
    in_all = ratio(ours.cpu_milliseconds, bare.cpu_milliseconds)
    return f"{load.in_flight:,}", str(calls.polls), str(calls.edits), *cpu, in_all, *waiting
