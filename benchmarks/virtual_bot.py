"""The bot's real services, database included, in virtual time between hand-written outsides."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from benchmarks.account import Account, MinuteLimit
from benchmarks.latencies import Shape
from bot.domain.card import CardView, Shown
from bot.domain.clock import Clock
from bot.domain.ids import JobId, MemberId
from bot.domain.provider import Picture
from bot.store.driver.database import open_database
from bot.store.upkeep.migrate import migrate
from tests.builders import stepped_clock
from tests.services.house import House
from tests.services.outsides import FakeCourier


class WatchingCourier(FakeCourier):
    """Remembers how long each picture took from its admission to its delivery."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.delivered_after: dict[JobId, float] = {}

    async def show(
        self, view: CardView, pictures: Mapping[JobId, Picture], is_still_so: Callable[[], Awaitable[bool]]
    ) -> Shown:
        now = self._clock.now()
        admitted_at = {job.id: job.created_at for job in view.jobs}
        self.delivered_after |= {job_id: (now - admitted_at[job_id]).total_seconds() for job_id in pictures}
        return await super().show(view, pictures, is_still_so)


class VirtualBot:
    def __init__(self, house: House, account: Account, courier: WatchingCourier) -> None:
        self.house = house
        self.account = account
        self.courier = courier
        self._members = count(1)

    async def ask(self) -> None:
        """One picture, by a member who has asked for none before."""
        await self.house.ask(member=MemberId(next(self._members)))

    async def make(self, pictures: int, *, at_once: int) -> None:
        """So many pictures, in batches that are waited for."""
        wanted = len(self.courier.delivered_after)
        for _ in range(0, pictures, at_once):
            for _ in range(at_once):
                await self.ask()
            wanted += at_once
            await self._until_delivered(wanted)

    async def _until_delivered(self, count: int) -> None:
        await self.house.until(lambda: len(self.courier.delivered_after) >= count)

    def waiting_in_line(self) -> int:
        return len(self.house.services.account.pacer.places())


@asynccontextmanager
async def virtual_bot(shape: Shape, *, per_minute: int, seed: int) -> AsyncIterator[VirtualBot]:
    """An account of its own, and nothing learned yet."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bot.sqlite3"
        migrate(url)
        database = await open_database(url)
        clock = stepped_clock()
        account = Account(clock, shape, MinuteLimit(per_minute), seed=seed)
        courier = WatchingCourier(clock)
        house = House(
            database,
            Path(folder) / "sources",
            clock=clock,
            provider=account,
            courier=courier,
            requests_per_minute=per_minute,
        )
        await house.open()
        try:
            yield VirtualBot(house, account, courier)
        finally:
            await house.close()
            await database.close()
