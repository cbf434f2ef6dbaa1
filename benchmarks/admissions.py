"""How fast requests are admitted, by how many pictures are remembered, against the same statements by hand.

All of them count the same: a limit over what is in work, one for an hour, a day, a week and a month, one for
a day in the channel, the ceiling over all servers, the server's budget and the operator's. Members
ask for a picture each, so many at the same moment.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any

from benchmarks import by_hand
from benchmarks.history import History, Scale, remembering
from benchmarks.table import print_table, ratio
from bot.domain.administration import GuildChoices, RuleSubject, SetRule
from bot.domain.ids import InteractionId, RoleId
from bot.domain.limits import Allowances, OperatorLimits
from bot.domain.money import Month
from bot.store.driver.column_types import EPOCH, MICROSECOND
from bot.store.driver.database import Connection, open_database
from bot.store.servers import server_settings
from tests.builders import CHANNEL, NOON, a_request
from tests.services.house import PRICE, House

LIMITS = OperatorLimits(
    per_hour=50, per_day=100, per_week=400, per_month=900, running=50, ceilings=Allowances(per_day=200)
)
BUDGET_MICROUSD = 10**13
#: By hand, the prompt is not read either.
REQUEST = a_request()
ROLES = (RoleId(7), RoleId(8))
OF_THE_ROLE = Allowances(per_day=150)
RULES_TEXT = "[" + ",".join(['{"field":"per_day","limit":100,"origin":"role","role_id":7}'] * 4) + "]"


@dataclass(frozen=True, slots=True)
class Size:
    in_flight: int = 100
    #: Admissions in a round; each contender has so many rounds, and one before to warm up.
    a_round: int = 300
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Speed:
    a_second: float
    #: In milliseconds.
    p50: float
    p99: float
    #: Of this process, for each; what a server takes is not in it.
    cpu: float


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    #: Admits the request of that number.
    admit: Callable[[int], Awaitable[None]]


async def main(scale: Scale, size: Size | None = None) -> None:
    size = size or Size()
    rows = []
    fewest: dict[tuple[str, str], Speed] = {}
    for kind, pictures in scale.histories():
        history = History(pictures, until=NOON)
        with remembering(kind, history) as url:
            found = await compared(kind, url, history, size)
        for name, speed in found.items():
            first = fewest.setdefault((kind, name), speed)
            rows.append(row(kind, pictures, name, speed, found["ours"], first))
    print_table(
        f"Admissions, {size.in_flight} in flight, by pictures remembered",
        (
            "database",
            "pictures",
            "by",
            "a second",
            "p50 ms",
            "p99 ms",
            "CPU ms",
            "ours against it",
            "p99 against fewest",
        ),
        rows,
    )


def row(kind: str, pictures: int, name: str, speed: Speed, ours: Speed, first: Speed) -> tuple[str, ...]:
    times = f"{speed.p50:.1f}", f"{speed.p99:.1f}", f"{speed.cpu:.2f}"
    against = "" if speed is ours else ratio(ours.p99, speed.p99)
    return kind, f"{pictures:,}", name, f"{speed.a_second:.0f}", *times, against, ratio(speed.p99, first.p99)


async def compared(kind: str, url: str, history: History, size: Size) -> dict[str, Speed]:
    async with AsyncExitStack() as stack:
        contenders = [
            await stack.enter_async_context(contender) for contender in entrants(kind, url, history)
        ]
        return await in_turns(contenders, size)


async def in_turns(contenders: Sequence[Contender], size: Size) -> dict[str, Speed]:
    """Time all of them in turns, so that whatever else the machine does falls on all."""
    took: dict[str, list[float]] = {one.name: [] for one in contenders}
    lasted, busy = dict.fromkeys(took, 0.0), dict.fromkeys(took, 0.0)
    numbers = count()
    for number in range(1 + size.rounds):
        for one in contenders:
            began, busy_before = perf_counter(), process_time()
            seconds = await round_of(one, [next(numbers) for _ in range(size.a_round)], size.in_flight)
            if number:
                took[one.name] += seconds
                lasted[one.name] += perf_counter() - began
                busy[one.name] += process_time() - busy_before
    return {name: speed(took[name], lasted[name], busy[name]) for name in took}


async def round_of(contender: Contender, numbers: Iterable[int], in_flight: int) -> list[float]:
    """Seconds that each took: always so many under way, until there are no more."""
    left = iter(numbers)
    seconds: list[float] = []

    async def ask_on() -> None:
        for number in left:
            began = perf_counter()
            await contender.admit(number)
            seconds.append(perf_counter() - began)

    await asyncio.gather(*(ask_on() for _ in range(in_flight)))
    return seconds


def speed(seconds: Sequence[float], lasted: float, busy: float) -> Speed:
    cuts = quantiles(seconds, n=100, method="inclusive")
    return Speed(len(seconds) / lasted, 1000 * cuts[49], 1000 * cuts[98], 1000 * busy / len(seconds))


# --- who takes part ------------------------------------------------------------------------------------


def entrants(kind: str, url: str, history: History) -> Iterator[Any]:
    yield ours(url, history)
    if kind == "sqlite":
        yield theirs("by hand, shared commits", by_hand.sharing_commits(url), history)
        yield theirs("by hand, a commit each", by_hand.committing_each(url), history)
    else:
        shared = by_hand.sharing_commits_with_a_server(url)
        yield theirs("by hand, shared commits", shared, history)
        yield theirs("by hand, a commit each", by_hand.pooled(url), history)


@asynccontextmanager
async def ours(url: str, history: History) -> AsyncIterator[Contender]:
    async def prepare(house: House) -> None:
        await house.raw_database.write(set_up, history)

    async with real("ours", url, history, LIMITS, prepare) as contender:
        yield contender


@asynccontextmanager
async def real(
    name: str,
    url: str,
    history: History,
    limits: OperatorLimits,
    prepare: Callable[[House], Awaitable[None]],
) -> AsyncIterator[Contender]:
    """The real admission; `prepare` sets the servers up."""
    database = await open_database(url)
    try:
        with tempfile.TemporaryDirectory() as folder:
            house = House(database, Path(folder), limits=limits, budget_microusd=BUDGET_MICROUSD)
            await prepare(house)

            async def admit(number: int) -> None:
                member = history.asker(number)
                await house.admit(
                    REQUEST,
                    member=member,
                    roles=ROLES,
                    guild_id=history.guild_of(member),
                    interaction_id=interaction(number),
                )

            yield Contender(name, admit)
    finally:
        await database.close()


@asynccontextmanager
async def theirs(name: str, opening: Any, history: History) -> AsyncIterator[Contender]:
    async with opening as admit_values:

        async def admit(number: int) -> None:
            await admit_values(values(number, history))

        yield Contender(name, admit)


def set_up(connection: Connection, history: History) -> None:
    """Each server has a budget, a default, and a rule for a role."""
    for guild_id in history.guild_ids:
        server_settings.put(connection, guild_id, GuildChoices(budget_microusd=BUDGET_MICROUSD))
        default = SetRule(RuleSubject.everyone(guild_id), Allowances(per_hour=50, per_day=100))
        of_role = SetRule(RuleSubject.role(guild_id, ROLES[0]), OF_THE_ROLE)
        of_channel = SetRule(RuleSubject.channel(CHANNEL), Allowances(per_day=40))
        for rule in (default, of_role, of_channel):
            server_settings.put_rule(connection, guild_id, rule)


def interaction(number: int) -> InteractionId:
    return InteractionId(10**18 + number)


def values(number: int, history: History) -> dict[str, Any]:
    member = history.asker(number)
    at = (NOON - EPOCH) // MICROSECOND
    return {
        "interaction": interaction(number),
        "guild": history.guild_of(member),
        "channel": CHANNEL,
        "member": member,
        "role": ROLES[0],
        "other_role": ROLES[1],
        "token": b"sealed",
        "at": at,
        "hour_ago": at - timedelta(hours=1) // MICROSECOND,
        "day_ago": at - timedelta(days=1) // MICROSECOND,
        "week_ago": at - timedelta(days=7) // MICROSECOND,
        "month_ago": at - timedelta(days=30) // MICROSECOND,
        "month": str(Month.of(NOON)),
        "price": PRICE,
        "limit": LIMITS.per_month,
        "cap": BUDGET_MICROUSD,
        "prompt": "a lighthouse at dawn",
        "rules": RULES_TEXT,
    }
