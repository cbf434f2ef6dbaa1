"""One soak from its first member to its verdicts."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sandbox.bot_process import BOT_COMMAND
from standins.fake_discord.model import Channel
from standins.fake_discord.person import Person
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import World
from standins.fake_segmind.facade import FakeSegmind
from tests.journeys.town import Town, free_port
from tests.matrix.scene import ENTRY
from tests.scaled_time import ScaledClock
from tests.soak.deliveries import Deliveries, is_open
from tests.soak.gauges import OPS_HOST, Gauges, idle_process
from tests.soak.members import Member, Tally
from tests.soak.moderated import Moderated
from tests.soak.plan import Plan
from tests.soak.troubles import all_is_well, trouble
from tests.soak.vandal import Vandal
from tests.soak.verdicts import RUNNING_LIMIT, Ended, Verdict, verdicts

HEARTBEAT_SECONDS = 5.0
#: Trouble ends when so much is delivered, or so much of the time is over: the rest shows that all comes to
#: its end.
TROUBLE_UNTIL = 0.9
TROUBLE_ENDS = 2 / 3
KILLS_UNTIL = 1 / 3
#: By the clock: how long one takes.
PICTURE_SECONDS = (4.0, 20.0)
PLENTY_USD = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Soaked:
    verdicts: list[Verdict]
    troubles: Counter[str]
    harm: Counter[str]
    tally: Tally
    seconds: float
    cpu_seconds: float
    requests: int
    log: Path

    @property
    def is_good(self) -> bool:
        return all(verdict.is_good for verdict in self.verdicts)


class Soak:
    def __init__(self, plan: Plan, town: Town, channels: list[Channel]) -> None:
        self.plan, self.town = plan, town
        self.rng = random.Random(plan.seed)
        self.deliveries = Deliveries(town.world)
        self.gauges = Gauges()
        self.tally = Tally()
        self.troubles: Counter[str] = Counter()
        self.began = time.monotonic()
        self.members = [self._member(number, channels) for number in range(plan.members)]
        self.vandal = self._vandal(plan.members, channels[0])
        self.moderated = Moderated(
            plan.members + 1, town.world, _server(town.world, plan.servers), random.Random(plan.seed)
        )

    def _vandal(self, number: int, channel: Channel) -> Vandal:
        """One of a server where others ask, with a number that no member has."""
        world = self.town.world
        user = world.add_user("vandal", "Vandal")
        world.add_member(channel.guild, user)
        return Vandal(number, Person(world, user.username), channel, random.Random(self.plan.seed))

    def _member(self, number: int, channels: list[Channel]) -> Member:
        world = self.town.world
        user = world.add_user(f"member{number}", f"Member {number}")
        mine = [channels[number % len(channels)], channels[(number + 1) % len(channels)]]
        for channel in mine:
            world.add_member(channel.guild, user)
        return Member(
            number,
            Person(world, user.username),
            mine,
            allowance=self.plan.allowance,
            deliveries=self.deliveries,
            tally=self.tally,
            rng=random.Random(self.rng.random()),
        )

    async def run(self) -> None:
        """Until every member has all, and every card is final; or the time is over."""
        self.began = time.monotonic()
        await self.gauges.rest(self.town)
        watching = asyncio.create_task(
            self.gauges.watch(self.town, lambda: self.deliveries.total, lambda: not self._is_late)
        )
        troubling = asyncio.create_task(self._troubled())
        living = [asyncio.create_task(member.live(self._think_seconds)) for member in self.members]
        harming = asyncio.create_task(self.vandal.live())
        moderating = asyncio.create_task(self.moderated.live(lambda: not troubling.done()))
        try:
            async with asyncio.timeout(self.plan.minutes * 60):
                await self._until_most_is_delivered(troubling)
                await asyncio.gather(*living, moderating)
                assert harming.cancel(), f"it ended by itself: {harming}"
                await self._until_all_is_quiet()
                await self.moderated.erase_for_good()
                await self.gauges.rest(self.town)
        except TimeoutError:
            return  # the verdicts tell what is missing
        finally:
            for task in (watching, troubling, harming, moderating, *living):
                task.cancel()
            await asyncio.gather(watching, troubling, harming, *living, return_exceptions=True)

    async def _troubled(self) -> None:
        """By chance of its own, so that a seed's troubles are the same however fast members are."""
        await trouble(
            self.town,
            random.Random(self.plan.seed),
            self.troubles,
            self._is_time_to_kill,
            lambda: self.deliveries.total,
            self.plan,
        )

    def _think_seconds(self) -> float:
        """Whoever has not got all by the end of the asking time asks again and again."""
        return self.rng.expovariate(
            1 / (self.plan.late_think_seconds if self._is_late else self.plan.think_seconds)
        )

    @property
    def _is_late(self) -> bool:
        return time.monotonic() > self.began + self.plan.asking_seconds

    def _is_time_to_kill(self) -> bool:
        done = self.troubles["killed"]
        share = self.deliveries.total / self.plan.expected
        return done < self.plan.kills and share > KILLS_UNTIL * (done + 0.5) / self.plan.kills

    async def _until_most_is_delivered(self, troubling: "asyncio.Task[None]") -> None:
        ends = time.monotonic() + self.plan.minutes * 60 * TROUBLE_ENDS
        while self.deliveries.total < TROUBLE_UNTIL * self.plan.expected and time.monotonic() < ends:
            await asyncio.sleep(0.5)
            if troubling.done():
                troubling.result()
        troubling.cancel()
        await asyncio.wait({troubling})
        all_is_well(self.town)
        if not self.town.bot.is_alive:  # it was cancelled between a kill and the start
            await self.town.restart()

    async def _until_all_is_quiet(self) -> None:
        while self.town.segmind.open or any(map(is_open, self.town.messages_of_the_bot())):  # noqa: ASYNC110  both stand-ins' changes
            await asyncio.sleep(0.5)


async def soak(plan: Plan, folder: Path) -> Soaked:
    """The log and the database stay in `folder`."""
    began = time.monotonic()
    clock = ScaledClock.starting_now(plan.speed)
    async with _city(plan, clock, folder) as (town, channels):
        one = Soak(plan, town, channels)
        await town.open(
            # Lines of the log would have to be read by the very process that plays the world.
            LOG_LEVEL="WARNING",
            OPS_HOST=OPS_HOST,
            OPS_PORT=str(free_port()),
            SEGMIND_REQUESTS_PER_MINUTE="20000",
            LIMITS_CEILING_PER_DAY=str(plan.allowance),
            LIMITS_ATTEMPTS_PER_HOUR=str(plan.attempts),
            LIMITS_RUNNING=str(RUNNING_LIMIT),
            **clock.environment,
        )
        async with idle_process(one.gauges.idle):
            await one.run()
        await town.bot.stop()
        ended = Ended(
            plan=plan,
            town=town,
            members=one.members,
            vandal=one.vandal,
            moderated=one.moderated,
            deliveries=one.deliveries,
            gauges=one.gauges,
            database=folder / "data" / "bot.sqlite3",
        )
        return Soaked(
            verdicts(ended),
            one.troubles,
            one.vandal.done + one.moderated.done,
            one.tally,
            time.monotonic() - began,
            one.gauges.cpu_seconds,
            len(town.segmind.bills),
            folder / "bot.log",
        )


@asynccontextmanager
async def _city(plan: Plan, clock: ScaledClock, folder: Path) -> AsyncIterator[tuple[Town, list[Channel]]]:
    """Both stand-ins, and so many servers with one channel each."""
    world = World(clock)
    channels = [_server(world, number) for number in range(plan.servers)]
    discord = FakeDiscord(world)
    discord.gateway.heartbeats.interval_seconds = HEARTBEAT_SECONDS
    await discord.start()
    async with FakeSegmind(
        clock=clock,
        seed=plan.seed,
        latency=lambda rng: rng.uniform(*PICTURE_SECONDS),
        small=True,
        keeps_requests=False,
    ) as segmind:
        segmind.credits = PLENTY_USD
        town = Town(discord, segmind, folder, BOT_COMMAND if plan.speed == 1 else ENTRY)
        try:
            yield town, channels
        finally:
            await town.bot.stop()
            await discord.stop()


def _server(world: World, number: int) -> Channel:
    guild = world.add_guild(f"Server {number}", world.add_user(f"owner{number}", f"Owner {number}"))
    return world.add_channel(guild, f"pictures-{number}")
