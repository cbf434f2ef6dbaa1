"""Two processes share the account's turns, on a real PostgreSQL, by a clock that is stepped."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.ids import JobId, MemberId
from bot.domain.job import JobState
from bot.domain.poll_timing import PLENTY
from bot.services.concurrency.wake_up import WakeUp
from bot.services.provider import shared_pacer
from bot.services.provider.shared_pacer import SharedPacer
from bot.store.driver.database import Database
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.fleet import turns
from bot.store.pictures import jobs
from tests.builders import MEMBER, NOON, a_request, a_runtime, stepped_clock
from tests.databases import admit
from tests.services.house import CountingDatabase
from tests.services.settling import settled

ADA, BEN = MEMBER, MemberId(MEMBER + 1)


class Pair:
    """Two pacers that run, each as in a process of its own, and a log of who had a turn where."""

    def __init__(self, database: Database, *, per_minute: int, polls_count: bool = True) -> None:
        self.database = CountingDatabase(database)
        self.clock = stepped_clock()
        self.runtime = a_runtime(self.database, self.clock)
        self.pacers = [
            SharedPacer(
                runtime=self.runtime,
                process_id=number,
                per_minute=per_minute,
                polls_count=polls_count,
                has_news=WakeUp(),
            )
            for number in (1, 2)
        ]
        self.turns: list[str] = []
        for pacer in self.pacers:
            self.runtime.tasks.start(pacer.run(), "pacer")

    async def job(self, member: MemberId = ADA) -> JobId:
        (job,) = await self.database.write(admit, request=a_request(count=1), member_id=member)
        found: JobId = job.id
        return found

    def submit(self, process: int, job_id: JobId) -> "asyncio.Task[None]":
        async def wait() -> None:
            has_turn = await self.pacers[process].submit_turn(job_id, ADA)
            self.turns.append(f"{job_id}" if has_turn else f"not {job_id}")

        return self.runtime.tasks.start(wait(), "turn")

    def poll(self, process: int) -> "asyncio.Task[None]":
        async def wait() -> None:
            await self.pacers[process].poll_turn()
            self.turns.append(f"poll {process}")

        return self.runtime.tasks.start(wait(), "turn")

    async def settle(self) -> None:
        await settled(lambda: bool(self.database.under_way))

    async def advance(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        await self.settle()
        while self.clock.wake_next(end):
            await self.settle()
        self.clock.pass_by(end - self.clock.monotonic())

    async def give_back(self) -> None:
        """The database's minute is over."""
        await self.database.write(lambda connection: connection.exec_driver_sql("DELETE FROM turns"))


@pytest.fixture
async def pair(postgres: Database) -> AsyncIterator[Pair]:
    pair = Pair(postgres, per_minute=4)
    yield pair
    await pair.runtime.tasks.close()


async def test_what_waits_in_both_gets_no_more_than_the_account_allows(pair: Pair) -> None:
    for number in range(10):
        pair.poll(number % 2)
    await pair.advance(5)
    assert len(pair.turns) == 4
    await pair.give_back()
    await pair.advance(5)
    assert len(pair.turns) == 8
    assert {"poll 0", "poll 1"} <= set(pair.turns)


async def test_members_take_turns_over_both(pair: Pair) -> None:
    of_ada, of_ben = [await pair.job() for _ in range(5)], await pair.job(BEN)
    for job_id in of_ada:
        pair.submit(0, job_id)
    await pair.advance(1)
    assert pair.turns == [str(job_id) for job_id in of_ada[:4]]
    pair.submit(1, of_ben)
    await pair.advance(5)
    assert pair.pacers[1].place(of_ben, BEN) == 1
    assert pair.pacers[0].place(of_ada[4], ADA) == 2
    await pair.give_back()
    await pair.advance(5)
    assert set(pair.turns[4:]) == {str(of_ben), str(of_ada[4])}


async def test_who_no_longer_waits_costs_no_turn(pair: Pair) -> None:
    for _ in range(4):
        pair.poll(0)
    await pair.advance(1)
    first, second = await pair.job(), await pair.job()
    leaving = pair.submit(0, first)
    pair.submit(0, second)
    await pair.advance(1)
    leaving.cancel()
    await pair.settle()
    await pair.give_back()
    await pair.advance(1)
    assert pair.turns[4:] == [str(second)]
    assert len(await pair.database.read(lambda one: one.exec_driver_sql("SELECT 1 FROM turns"))) == 1


async def test_a_job_that_was_cancelled_elsewhere_is_told_so(pair: Pair) -> None:
    for _ in range(4):
        pair.poll(1)
    await pair.advance(1)
    job_id = await pair.job()
    pair.submit(0, job_id)
    await pair.advance(1)
    job = await pair.database.read(jobs.get, job_id)
    await pair.database.write(jobs.step, job, JobState.CANCELLED, at=NOON, why="by its member")
    await pair.advance(shared_pacer.PLACES_SECONDS + 1)
    assert pair.turns[4:] == [f"not {job_id}"]
    assert await pair.database.read(lambda one: one.exec_driver_sql("SELECT 1 FROM line")) == []


async def test_a_pause_of_one_is_a_pause_of_both(pair: Pair) -> None:
    pair.pacers[0].pause(30.0)
    assert pair.pacers[0].own_pause_until is not None
    pair.pacers[1].learn_of_pause(30.0)
    assert pair.pacers[1].pause_seconds == 30.0


async def test_a_lease_that_came_late_is_not_used(pair: Pair) -> None:
    """Its turns may be another minute's by now, as after this process was frozen."""
    pair.database.after_write = lambda *_: pair.clock.pass_by(100.0)
    pair.poll(0)
    await pair.settle()
    assert pair.turns == []
    pair.database.after_write = lambda *_: None
    await pair.advance(5)
    assert pair.turns == ["poll 0"]


async def test_without_the_database_all_wait_and_go_on_later(pair: Pair) -> None:
    job_id = await pair.job()
    pair.database.refusals.append(DatabaseUnavailable("gone"))
    pair.submit(0, job_id)
    pair.poll(0)
    await pair.settle()
    assert pair.turns == []
    await pair.advance(5)
    assert sorted(pair.turns) == sorted([str(job_id), "poll 0"])


async def test_nothing_is_asked_for_while_nothing_waits(pair: Pair) -> None:
    pair.poll(0)
    await pair.advance(1)
    asked: list[object] = []
    pair.database.after_write = lambda fn, *_: asked.append(fn)
    await pair.advance(600)
    assert asked == []


async def test_requests_are_scarce_where_another_uses_them(pair: Pair) -> None:
    assert pair.pacers[1].supply().requests_a_second == 0.0
    await pair.advance(1)
    before = pair.pacers[1].supply()
    assert before.requests_a_second > 0.0
    for _ in range(3):
        pair.poll(0)
    await pair.advance(1)
    await pair.advance(shared_pacer.SUPPLY_SECONDS)
    pair.pacers[1].supply()
    await pair.advance(1)
    assert pair.pacers[1].supply().requests_a_second < before.requests_a_second


async def test_polls_that_do_not_count_wait_for_pauses_only(postgres: Database) -> None:
    pair = Pair(postgres, per_minute=1, polls_count=False)
    assert pair.pacers[0].supply() is PLENTY
    pair.pacers[0].pause(20.0)
    pair.poll(0)
    await pair.advance(19)
    assert pair.turns == []
    await pair.advance(2)
    assert pair.turns == ["poll 0"]
    await pair.runtime.tasks.close()


def test_its_minute_is_longer_than_that_of_the_provider() -> None:
    assert turns.WINDOW_SECONDS > 61
