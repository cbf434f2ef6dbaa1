"""Several processes on one PostgreSQL against one: pictures a minute, and CPU for a picture.

The provider takes no time to speak of and has no limit, so that the bot is the limit. CPU is that of all of
the bot's processes together, from the first request to the last delivery. Where the machine has fewer cores
than there are processes, more workers cannot be faster: then only the CPU means something.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.table import print_table, ratio
from standins.fake_discord.model import AnswerKind
from tests import machine
from tests.journeys.fleet import Fleet
from tests.journeys.town import Town, a_town
from tests.soak.gauges import cpu_seconds

PEOPLE = ("ada", "ben", "mia", "otto")
#: Members that ask at the same time; each waits for an answer before it asks again.
ASKING = 8
#: Of each request.
PICTURES_ON_A_CARD = 4
SETTINGS = {"SEGMIND_REQUESTS_PER_MINUTE": "30000"}
PLENTY_USD = Decimal(1_000_000)
PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Size:
    #: Requests before anything is measured, and those that are.
    warm_up: int = 10
    cards: int = 100
    workers: tuple[int, ...] = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Cost:
    pictures_a_minute: float
    cpu_milliseconds: float


class Crowd:
    """Members that ask, and the processes that answer."""

    def __init__(self, town: Town, fleet: Fleet) -> None:
        self.town, self.fleet = town, fleet

    async def cost(self, size: Size) -> Cost:
        await self._make(size.warm_up)
        cpu, began = self._cpu_seconds(), time.monotonic()
        await self._make(size.cards)
        took, used = time.monotonic() - began, self._cpu_seconds() - cpu
        pictures = size.cards * PICTURES_ON_A_CARD
        return Cost(60 * pictures / took, 1000 * used / pictures)

    def _cpu_seconds(self) -> float:
        pids = [process.pid for process in (self.town.bot, *self.fleet.others)]
        return sum(cpu_seconds(pid) for pid in pids if pid is not None)

    async def _make(self, cards: int) -> None:
        wanted = self._delivered() + cards * PICTURES_ON_A_CARD
        numbers = iter(range(cards))
        await asyncio.gather(*(self._member(PEOPLE[one % len(PEOPLE)], numbers) for one in range(ASKING)))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._delivered() < wanted:  # noqa: ASYNC110  other processes'
                await asyncio.sleep(0.05)

    async def _member(self, name: str, numbers: Iterator[int]) -> None:
        """Each number is asked for by one of those who share them."""
        person = self.town.person(name)
        for number in numbers:
            is_taken = False
            while not is_taken:  # it may be too busy to answer in time
                ask = person.slash("pictures", "imagine", prompt=f"number {number}", count=PICTURES_ON_A_CARD)
                is_taken = (await ask.answer()).kind is not AnswerKind.NONE

    def _delivered(self) -> int:
        return sum(len(message.attachments) for message in self.town.world.messages.values())


@asynccontextmanager
async def crowd_of(workers: int) -> AsyncIterator[Crowd]:
    """With a gateway and so many workers, or with one process for all."""
    with tempfile.TemporaryDirectory() as name, machine.fresh_postgres_database() as url:
        async with a_town(Path(name)) as town:
            town.segmind.credits = PLENTY_USD
            fleet = Fleet(town, url)
            try:
                if workers:
                    await fleet.start_gateway(**SETTINGS)
                    for _ in range(workers):
                        await fleet.until_said(await fleet.start(**SETTINGS), "at work")
                else:
                    await town.open(DATABASE_URL=url, **SETTINGS)
                yield Crowd(town, fleet)
            finally:
                await fleet.stop()


async def main(size: Size = Size()) -> None:
    async with crowd_of(0) as alone:
        embedded = await alone.cost(size)
    rows = [row("one process", embedded, embedded)]
    for workers in size.workers:
        async with crowd_of(workers) as crowd:
            rows.append(row(f"a gateway and {workers}", await crowd.cost(size), embedded))
    heads = ("processes", "pictures a minute", "ratio", "CPU in ms", "ratio")
    print_table("Pictures a minute, and CPU for a picture, on PostgreSQL", heads, rows)


def row(name: str, cost: Cost, embedded: Cost) -> tuple[str, ...]:
    return (
        name,
        f"{cost.pictures_a_minute:.0f}",
        ratio(cost.pictures_a_minute, embedded.pictures_a_minute),
        f"{cost.cpu_milliseconds:.1f}",
        ratio(cost.cpu_milliseconds, embedded.cpu_milliseconds),
    )
