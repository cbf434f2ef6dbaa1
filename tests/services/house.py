"""The services as the bot connects them, around a real database, a stepped clock and the two fakes."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from bot.domain.card import CardView
from bot.domain.ids import ChannelId, GuildId, InteractionId, JobId, MemberId, MessageId, RoleId
from bot.domain.job import Job
from bot.domain.limits import OperatorLimits
from bot.domain.request import Door, ImageRequest
from bot.services.choices import Adapters
from bot.services.making.admission import Ask
from bot.services.protocols import ImageProvider, OperatorPost
from bot.services.services import Services
from bot.services.wiring import wire
from bot.store.driver.database import Database
from bot.store.pictures import jobs
from standins.clock import VirtualClock
from tests.builders import (
    CHANNEL,
    GUILD,
    MEMBER,
    a_new_card,
    a_request,
    a_runtime,
    operator_choices,
    stepped_clock,
)
from tests.imaging.shared import shared_imaging
from tests.services.fake_erasure_answers import FakeErasureAnswers
from tests.services.fake_notices import FakeNotices
from tests.services.outsides import FakeCourier, FakeFetcher, FakeModeratorChannel, FakeProvider
from tests.services.settling import settled

NO_LIMITS = OperatorLimits()
#: Micro-USD that a picture is expected to cost until costs have been seen.
PRICE = 60_000


class CountingThreads(ThreadPoolExecutor):
    """Knows how much is under way, so that time does not move on meanwhile."""

    def __init__(self) -> None:
        super().__init__(4)
        self.under_way = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Count it as done only after whoever waits for it has been woken."""
        self.under_way += 1
        promised: Future[Any] = Future()
        loop = asyncio.get_running_loop()

        def work() -> None:
            if promised.set_running_or_notify_cancel():
                try:
                    promised.set_result(fn(*args, **kwargs))
                except BaseException as error:  # noqa: BLE001  whoever waits gets it
                    promised.set_exception(error)
            with suppress(RuntimeError):  # the test is over, and its loop closed
                loop.call_soon_threadsafe(self._done)

        super().submit(work)
        return promised

    def _done(self) -> None:
        self.under_way -= 1


class CountingDatabase:
    """The database, with the number of its transactions under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.under_way = 0
        #: How many were begun.
        self.writes = 0
        #: Raised by the next writes instead.
        self.refusals: list[Exception] = []
        #: Raised by the next reads instead.
        self.read_refusals: list[Exception] = []
        #: Told of each write's arguments once it is committed.
        self.after_write: Callable[..., None] = lambda *_: None

    async def write(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.writes += 1
        if self.refusals:
            raise self.refusals.pop(0)
        done = await self._counted(self._database.write(fn, *args, **kwargs))
        self.after_write(fn, *args)
        return done

    async def read(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if self.read_refusals:
            raise self.read_refusals.pop(0)
        return await self._counted(self._database.read(fn, *args, **kwargs))

    async def _counted(self, work: Any) -> Any:
        self.under_way += 1
        try:
            return await work
        finally:
            self.under_way -= 1

    async def overwrite_deleted(self) -> None:
        await self._database.overwrite_deleted()

    async def close(self) -> None:
        await self._database.close()


class ServicesRig:
    """One process's worth of services, with any provider and a fake Discord, in stepped time."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        clock: VirtualClock,
        provider: ImageProvider,
        limits: OperatorLimits = NO_LIMITS,
        courier: FakeCourier | None = None,
        moderator_channel: FakeModeratorChannel | None = None,
        fetcher: FakeFetcher | None = None,
        requests_per_minute: int = 50,
        budget_microusd: int | None = None,
        served_guilds: frozenset[GuildId] = frozenset(),
        operator_post: OperatorPost | None = None,
        announced_after_seconds: float | None = None,
        max_unit_price_microusd: int | None = None,
    ) -> None:
        self.clock = clock
        self.courier = courier or FakeCourier()
        self.fetcher = fetcher or FakeFetcher()
        self.notices = FakeNotices()
        self.erasure_answers = FakeErasureAnswers()
        self.moderator_channel = moderator_channel or FakeModeratorChannel()
        self.limits = limits
        self.announced_after_seconds = announced_after_seconds
        self.folder = folder
        self.raw_database = database
        self.database = CountingDatabase(database)
        self.runtime = a_runtime(self.database, self.clock)
        self.metrics, self.tasks = self.runtime.metrics, self.runtime.tasks
        self.threads = CountingThreads()
        self._interactions = count(1)
        adapters = Adapters(
            provider=provider,
            courier=self.courier,
            notices=self.notices,
            erasure_answers=self.erasure_answers,
            moderator_channel=self.moderator_channel,
            fetcher=self.fetcher,
            imaging=shared_imaging(),
            operator_post=operator_post,
        )
        choices = operator_choices(
            folder,
            limits=limits,
            budget_microusd=budget_microusd,
            unit_price_microusd=PRICE,
            max_unit_price_microusd=max_unit_price_microusd,
            requests_per_minute=requests_per_minute,
            served_guilds=served_guilds,
            announced_after_seconds=announced_after_seconds,
        )
        self.services: Services = wire(self.runtime, adapters, choices)

    async def open(self) -> None:
        asyncio.get_running_loop().set_default_executor(self.threads)
        await self.services.start()
        await self.settle()

    async def close(self) -> None:
        """As SIGKILL would: nothing is finished."""
        await self.tasks.close()

    # --- asking ---

    async def admit(
        self,
        request: ImageRequest | None = None,
        *,
        member: MemberId = MEMBER,
        roles: Iterable[int] = (),
        parent: ChannelId | None = None,
        **card: Any,
    ) -> CardView:
        """A request as a door would bring it; the answer has not reached Discord yet."""
        number = next(self._interactions)
        new = a_new_card(**{"interaction_id": InteractionId(number), "member_id": member, **card})
        ask = Ask(
            request=request or a_request(),
            door=Door.IMAGINE,
            card=new,
            role_ids=frozenset(map(RoleId, roles)),
            parent_channel_id=parent,
        )
        return (await self.services.admission.admit(ask)).view

    async def ask(self, request: ImageRequest | None = None, **fields: Any) -> CardView:
        """A request whose first answer stands in Discord."""
        view = await self.admit(request, **fields)
        await self.answer(view)
        return view

    async def answer(self, view: CardView) -> None:
        """The first answer of what was admitted reaches Discord."""
        await self.services.admission.answered(
            view.card.id, message_id=MessageId(view.card.id + 500), channel_id=CHANNEL
        )

    async def job(self, job_id: JobId) -> Job:
        found = await self.services.gallery.job(job_id, GUILD)
        await self.settle()
        return found

    async def jobs(self, view: CardView) -> list[Job]:
        return await self.raw_database.read(jobs.of_card, view.card.id)

    # --- time ---

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        await settled(lambda: bool(self.database.under_way or self.threads.under_way))

    async def until(self, is_so: Callable[[], bool], most_seconds: float = 48 * 3600) -> None:
        """Move time on until something is so."""
        end = self.clock.monotonic() + most_seconds
        await self.settle()
        while not is_so():
            assert self.clock.wake_next(end), "time passed, and it did not come about"
            await self.settle()

    async def advance(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        await self.settle()
        while self.clock.wake_next(end):
            await self.settle()
        self.clock.pass_by(end - self.clock.monotonic())

    async def until_ended(self, view: CardView, most_seconds: float = 48 * 3600) -> list[Job]:
        """Move time on until every job of the card has ended, or is parked."""
        end = self.clock.monotonic() + most_seconds
        while True:
            await self.settle()
            found = await self.jobs(view)
            if all(job.state.is_end or job.parked_at for job in found):
                return found
            assert self.clock.wake_next(end), f"time passed, and they are {[job.state for job in found]}"


class House(ServicesRig):
    """With the fake provider. `restarted` gives the next process on the same database."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        clock: VirtualClock | None = None,
        provider: FakeProvider | None = None,
        **more: Any,
    ) -> None:
        clock = clock or stepped_clock()
        self.provider = provider or FakeProvider(clock)
        super().__init__(database, folder, clock=clock, provider=self.provider, **more)

    async def restarted(self) -> "House":
        await self.close()
        return await self.joined()

    async def joined(self) -> "House":
        """Another process, which takes over all that is open; this one goes on and knows nothing of it."""
        after = House(
            self.raw_database,
            self.folder,
            limits=self.limits,
            clock=self.clock,
            provider=self.provider,
            courier=self.courier,
            moderator_channel=self.moderator_channel,
            fetcher=self.fetcher,
            announced_after_seconds=self.announced_after_seconds,
        )
        await after.open()
        return after
