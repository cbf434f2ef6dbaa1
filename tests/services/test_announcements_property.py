"""Whatever crashes, and whatever Discord answers: a notice is sent at most once, and no delivery suffers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.card import Card
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import CardId
from bot.domain.job import JobState
from bot.domain.notice import Notice
from bot.store.driver.database import open_database
from tests.builders import a_request
from tests.databases import empty, migrate_once, migrated_file
from tests.services.house import House
from tests.services.outsides import FakeCourier

#: Commits of one request, from its admission to its end.
COMMITS_MOST = 20
#: All is over: three attempts to post a notice take less.
QUIET_MINUTES = 3


class Answer(StrEnum):
    """What becomes of one attempt to post a notice."""

    TAKEN = "taken"
    LOST = "taken, and the answer lost"
    UNAVAILABLE = "not taken, for now"
    REFUSED = "refused"
    KILLED_BEFORE = "the process is killed before it leaves"
    KILLED_AFTER = "taken, and the process killed"


class Killed(Exception):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Plan:
    count: int
    #: The process is killed right after so many commits, each counted from the last kill.
    kills: list[int]
    answers: list[Answer]


plans = st.builds(
    Plan,
    count=st.integers(1, 4),
    kills=st.lists(st.integers(1, COMMITS_MOST), max_size=2),
    answers=st.lists(st.sampled_from(Answer), max_size=3),
)


class Channel(FakeCourier):
    """Posts each notice again, unless it is asked to look for an earlier attempt."""

    kill: Callable[[], None]

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__()
        self.answers = list(answers)
        self.posted: list[CardId] = []

    async def announce(self, card: Card, notice: Notice, *, is_again: bool) -> None:
        answer = self.answers.pop(0) if self.answers else Answer.TAKEN
        if answer is Answer.REFUSED:
            raise CardGone
        if answer is Answer.UNAVAILABLE:
            raise CourierUnavailable
        if answer is Answer.KILLED_BEFORE:
            self.kill()
        if not (is_again and card.id in self.posted):
            self.posted.append(card.id)
        if answer is Answer.KILLED_AFTER:
            self.kill()
        if answer is Answer.LOST:
            raise CourierUnavailable


class Story:
    def __init__(self, house: House, channel: Channel, plan: Plan) -> None:
        self.plan = plan
        self.kills = list(plan.kills)
        self.is_killed = False
        self.commits = 0
        self.channel, self.house = channel, house
        channel.kill = self._kill

    def _kill(self) -> None:
        self.is_killed = True
        raise Killed

    def _count(self, *_: Any) -> None:
        if self.is_killed:
            raise Killed
        self.commits += 1
        if self.kills and self.commits >= self.kills[0]:
            self.kills.pop(0)
            self._kill()

    async def tell(self) -> None:
        view = await self.house.ask(a_request(count=self.plan.count))
        self.house.database.after_write = self._count
        quiet = 0
        while quiet < QUIET_MINUTES:
            await self.house.advance(60)
            jobs = await self.house.jobs(view)
            quiet = quiet + 1 if not self.is_killed and all(job.is_over for job in jobs) else 0
            if self.is_killed:
                await self._start_again()
        assert [job.state for job in jobs] == [JobState.DELIVERED] * self.plan.count
        assert self.channel.posted.count(view.card.id) <= 1, "announced twice"
        if not self.plan.kills and not self.plan.answers:
            assert self.channel.posted == [view.card.id]

    async def _start_again(self) -> None:
        self.is_killed, self.commits = False, 0
        self.house = await self.house.restarted()
        self.house.database.after_write = self._count


async def tell(url: str, folder: Path, plan: Plan) -> None:
    database = await open_database(url)
    channel = Channel(plan.answers)
    house = House(database, folder, courier=channel, announced_after_seconds=20.0)
    house.provider.seconds = 60.0
    story = Story(house, channel, plan)
    try:
        await house.open()
        await story.tell()
    finally:
        await story.house.close()
        await database.close()


@settings(max_examples=12, deadline=None)
@given(plans)
def test_a_notice_is_sent_at_most_once_whatever_crashes(plan: Plan) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        path.write_bytes(migrated_file())
        asyncio.run(tell(f"sqlite:///{path}", Path(folder), plan))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans)
def test_a_notice_is_sent_at_most_once_in_postgresql(postgres_url: str, tmp_path: Path, plan: Plan) -> None:
    migrate_once(postgres_url)
    empty(postgres_url)
    asyncio.run(tell(postgres_url, tmp_path, plan))
