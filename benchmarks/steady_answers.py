"""How soon /imagine is answered while members never stop asking, and pictures are in work behind them.

Both bots are those of `first_answer`. Each member asks again soon after the answer. Ours is timed from when
its first pictures are delivered, so that submits, polls, downloads and edits of cards all compete with
answers.
"""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.first_answer import PEOPLE, Contender, Times, bare_bot, times_of, whole_bot
from benchmarks.table import print_table, ratio
from standins.fake_discord.events import Event, InteractionAnswered, InteractionCreated
from standins.fake_discord.person import Person
from standins.fake_discord.world import World

#: Between an answer and the member's next request, on average.
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Size:
    members: tuple[int, ...] = (20, 100)
    picture_seconds: float = 4.0
    #: Long enough for the first pictures to be delivered before anything is timed.
    warm_seconds: float = 8.0
    timed_seconds: float = 12.0
    #: In turns, so that whatever else the machine does falls on both.
    rounds: int = 2


class Crowd:
    """Members who each have one request without an answer, or will soon."""

    def __init__(self, world: World, count: int) -> None:
        self._world, self._count = world, count
        self._rng = random.Random(count)
        self._sent: dict[int, float] = {}
        self._is_asking = True
        #: Of each answer since `forget`.
        self.milliseconds: list[float] = []

    def begin(self) -> None:
        """All ask for the first time, spread over one pause."""
        for _ in range(self._count):
            self._ask_again()

    def forget(self) -> None:
        self.milliseconds.clear()

    def end(self) -> None:
        self._is_asking = False

    def hear(self, event: Event) -> None:
        if isinstance(event, InteractionCreated):
            self._sent[event.interaction.id] = perf_counter()
        elif isinstance(event, InteractionAnswered):
            self.milliseconds.append(1000 * (perf_counter() - self._sent.pop(event.interaction.id)))
            self._ask_again()

    def _ask_again(self) -> None:
        pause = self._rng.uniform(0, 2 * PAUSE_SECONDS)
        asyncio.get_running_loop().call_later(pause, self._ask)

    def _ask(self) -> None:
        if self._is_asking:
            number = self._rng.randrange(10**9)
            person = Person(self._world, PEOPLE[number % len(PEOPLE)])
            person.slash("pictures", "imagine", prompt=f"a lighthouse at dawn, number {number}")


@dataclass(frozen=True, slots=True)
class Spell:
    """What was seen of one contender while its members were asking."""

    milliseconds: list[float]
    #: Pictures that arrived meanwhile.
    delivered: int


async def spell(contender: Contender, count: int, size: Size) -> Spell:
    crowd = Crowd(contender.world, count)
    contender.prepare(size.picture_seconds)
    with _listening(contender.world, crowd):
        crowd.begin()
        await asyncio.sleep(size.warm_seconds)
        crowd.forget()
        before = _pictures(contender.world)
        await asyncio.sleep(size.timed_seconds)
        seen = Spell(list(crowd.milliseconds), _pictures(contender.world) - before)
        crowd.end()
        await _until_quiet(contender.world, 2 * size.picture_seconds)
    return seen


@contextmanager
def _listening(world: World, crowd: Crowd) -> Iterator[None]:
    unsubscribe = world.subscribe(crowd.hear)
    try:
        yield
    finally:
        unsubscribe()


async def _until_quiet(world: World, seconds: float) -> None:
    """Wait until no picture has come for so long: a request that got no answer in time has none."""
    before = -1
    while (now := _pictures(world)) != before:
        before = now
        await asyncio.sleep(seconds)


def _pictures(world: World) -> int:
    return sum(len(message.attachments) for message in world.messages.values())


async def main(size: Size | None = None) -> None:
    size = size or Size()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        async with bare_bot(Path(folder)) as bare, whole_bot(Path(folder)) as ours:
            for count in size.members:
                theirs, own = list[Spell](), list[Spell]()
                for _ in range(size.rounds):
                    theirs.append(await spell(bare, count, size))
                    own.append(await spell(ours, count, size))
                rows.append(_row(count, theirs, own, size))
    times = "bare p50", "ours p50", "ratio", "bare p99", "ours p99", "ratio"
    print_table(
        "First answer of /imagine while members keep asking, in milliseconds",
        ("members", *times, "answered", "delivered"),
        rows,
        f"Each asks {PAUSE_SECONDS:.0f} s after the last answer, on average.",
        "Answered and delivered: ours, a second.",
    )


def _row(count: int, theirs: list[Spell], own: list[Spell], size: Size) -> tuple[str, ...]:
    bare, ours = _times(theirs), _times(own)
    seconds = size.timed_seconds * len(own)
    answered = sum(len(each.milliseconds) for each in own) / seconds
    delivered = sum(each.delivered for each in own) / seconds
    return (
        str(count),
        *(f"{bare.p50:.1f}", f"{ours.p50:.1f}", ratio(ours.p50, bare.p50)),
        *(f"{bare.p99:.1f}", f"{ours.p99:.1f}", ratio(ours.p99, bare.p99)),
        *(f"{answered:.1f}", f"{delivered:.1f}"),
    )


def _times(spells: list[Spell]) -> Times:
    return times_of([each for spell in spells for each in spell.milliseconds])
