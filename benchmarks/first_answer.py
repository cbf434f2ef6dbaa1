"""How soon /imagine is answered, against a bare discord.py bot that answers a constant.

Each bot is a process of its own, and talks over loopback to the same stand-in of Discord. Timed is, in the
stand-in, from INTERACTION_CREATE to the callback; so many members ask in the same moment as are "in flight".
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from benchmarks.table import print_table, ratio
from sandbox.bot_process import BotProcess
from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.events import Event, InteractionAnswered, InteractionCreated
from standins.fake_discord.person import Person
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import World
from tests.journeys.town import a_town

PEOPLE = ("ada", "ben", "mia", "otto")
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """So many ask at once, so often, and once before to warm up.

    Pictures take long enough for all first answers of a round to be there before its first picture is.
    """

    in_flight: int
    rounds: int
    picture_seconds: float


LOADS = (Load(1, 60, 0.1), Load(20, 10, 0.5), Load(100, 6, 2.0))


@dataclass(frozen=True, slots=True)
class Times:
    """Of all answers at one load, in milliseconds."""

    p50: float
    p99: float


def times_of(milliseconds: list[float]) -> Times:
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return Times(cuts[49], cuts[98])


@dataclass(frozen=True, slots=True)
class Contender:
    world: World
    #: With the seconds that a picture takes.
    prepare: Callable[[float], None]
    #: Until all that the answers have set going is over.
    rest: Callable[[], Awaitable[None]]


class StopWatch:
    """Milliseconds from each INTERACTION_CREATE to its callback."""

    def __init__(self, contender: Contender) -> None:
        self._contender = contender
        self._sent: dict[int, float] = {}
        self._all_answered = asyncio.Event()
        self._milliseconds: list[float] = []

    async def round(self, load: Load) -> None:
        """Everybody asks in the same moment; then wait for the answers, and for quiet."""
        world = self._contender.world
        self._contender.prepare(load.picture_seconds)
        self._all_answered.clear()
        unsubscribe = world.subscribe(self._hear)
        for number in range(load.in_flight):
            person = Person(world, PEOPLE[number % len(PEOPLE)])
            person.slash("pictures", "imagine", prompt=f"a lighthouse at dawn, number {number}")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._all_answered.wait()
        unsubscribe()
        await self._contender.rest()

    def forget(self) -> None:
        self._milliseconds.clear()

    def times(self) -> Times:
        return times_of(self._milliseconds)

    def _hear(self, event: Event) -> None:
        if isinstance(event, InteractionCreated):
            self._sent[event.interaction.id] = perf_counter()
        elif isinstance(event, InteractionAnswered):
            self._milliseconds.append(1000 * (perf_counter() - self._sent.pop(event.interaction.id)))
            if not self._sent:
                self._all_answered.set()


@asynccontextmanager
async def whole_bot(folder: Path) -> AsyncIterator[Contender]:
    async with a_town(folder) as town:
        await town.open(SEGMIND_REQUESTS_PER_MINUTE="100000")

        def prepare(picture_seconds: float) -> None:
            town.segmind.latency = picture_seconds

        async def rest() -> None:
            await town.until(
                lambda: all(message.attachments for message in town.messages_of_the_bot()), PATIENCE_SECONDS
            )

        yield Contender(town.world, prepare, rest)


@asynccontextmanager
async def bare_bot(folder: Path) -> AsyncIterator[Contender]:
    discord = FakeDiscord(demo_world(VirtualClock(speed=1.0)))
    await discord.start()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "DISCORD_TOKEN": discord.world.app.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
    }
    bot = BotProcess(environment, folder / "bare.log", (sys.executable, "-m", "benchmarks.bare_bot"))
    try:
        await bot.start()
        await discord.connected(within_seconds=PATIENCE_SECONDS)
        yield Contender(discord.world, lambda _: None, lambda: asyncio.sleep(0))
    finally:
        await bot.stop()
        await discord.stop()


async def measured(load: Load, bare: Contender, ours: Contender) -> tuple[Times, Times]:
    """Round by round in turns, so that whatever else the machine does falls on both."""
    watches = StopWatch(bare), StopWatch(ours)
    for number in range(1 + load.rounds):
        for watch in watches:
            await watch.round(load)
            if number == 0:
                watch.forget()
    return watches[0].times(), watches[1].times()


async def main(loads: tuple[Load, ...] = LOADS) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        async with bare_bot(Path(folder)) as bare, whole_bot(Path(folder)) as ours:
            for load in loads:
                theirs, own = await measured(load, bare, ours)
                rows.append(row(load, theirs, own))
    heads = ("in flight", "bare p50", "ours p50", "ratio", "bare p99", "ours p99", "ratio")
    print_table("First answer of /imagine, in milliseconds, against a bare discord.py bot", heads, rows)


def row(load: Load, bare: Times, ours: Times) -> tuple[str, ...]:
    medians = f"{bare.p50:.1f}", f"{ours.p50:.1f}", ratio(ours.p50, bare.p50)
    worst = f"{bare.p99:.1f}", f"{ours.p99:.1f}", ratio(ours.p99, bare.p99)
    return str(load.in_flight), *medians, *worst
