"""The account's turns, shared by several processes, on a real PostgreSQL."""

from collections.abc import Sequence

import pytest

from bot.domain.ids import JobId, MemberId
from bot.domain.job import JobState
from bot.store.driver.database import Connection, Database
from bot.store.fleet import fleet, turns
from bot.store.fleet.turns import Lease, Wanted, lease, places
from bot.store.pictures import jobs
from tests.builders import MEMBER, NOON, a_request
from tests.databases import admit

ADA, BEN = MEMBER, MemberId(MEMBER + 1)
HERE, THERE = 1, 2


class Line:
    """What two processes ask of the database."""

    def __init__(self, database: Database, per_minute: int = 10) -> None:
        self.database = database
        self.per_minute = per_minute

    async def wait(self, count: int, member: MemberId = ADA) -> list[JobId]:
        """So many jobs of the member wait somewhere."""
        request = a_request(count=1)
        found = []
        for _ in range(count):
            (job,) = await self.database.write(admit, request=request, member_id=member)
            found.append(job.id)
        return found

    async def ask(
        self, process: int, joined: Sequence[JobId] = (), submits: int | None = None, **more: int
    ) -> Lease:
        wanted = Wanted(
            process_id=process,
            joined=joined,
            submits=len(joined) if submits is None else submits,
            **more,  # type: ignore[arg-type]  # numbers only
        )
        return await self.database.write(
            lease, wanted, per_minute=self.per_minute, submits_most=self.per_minute / 4
        )

    async def let_pass(self, seconds: float) -> None:
        """All that was written down becomes older."""
        await self.database.write(_age, seconds)


def _age(connection: Connection, seconds: float) -> None:
    past = {"past": int(seconds * turns.MICROSECONDS)}
    connection.exec_driver_sql("UPDATE turns SET at = at - %(past)s", past)
    connection.exec_driver_sql("UPDATE processes SET seen_at = seen_at - %(past)s", past)
    connection.exec_driver_sql("UPDATE account SET paused_until = paused_until - %(past)s", past)


@pytest.fixture
def line(postgres: Database) -> Line:
    return Line(postgres)


async def test_all_processes_together_get_no_more_than_the_account_allows(line: Line) -> None:
    assert (await line.ask(HERE, polls=7)).others == 7
    assert (await line.ask(THERE, polls=7)).others == 3
    assert (await line.ask(HERE, polls=7)).others == 0
    await line.let_pass(turns.WINDOW_SECONDS - 1)
    assert (await line.ask(HERE, polls=7)).others == 0
    await line.let_pass(1)
    assert (await line.ask(HERE, polls=7)).others > 0


async def test_what_is_short_is_shared_by_what_waits(line: Line) -> None:
    line.per_minute = 0
    await line.ask(HERE, polls=30)
    line.per_minute = 8
    assert (await line.ask(THERE, polls=10)).others == 2
    assert (await line.ask(HERE, polls=30)).others == 4


async def test_members_take_turns_over_all_processes(line: Line) -> None:
    """Ada's four wait in one process, Ben's one, which came last, in another."""
    of_ada, of_ben = await line.wait(4), await line.wait(1, BEN)
    line.per_minute = 0
    await line.ask(HERE, of_ada)
    await line.ask(THERE, of_ben)
    line.per_minute = 2
    assert await line.database.read(places, HERE) == dict(zip(of_ada, (1, 3, 4, 5), strict=True))
    assert await line.database.read(places, THERE) == {of_ben[0]: 2}
    assert (await line.ask(HERE, submits=4)).submits == of_ada[:1]
    assert (await line.ask(HERE, submits=3)).submits == []
    assert (await line.ask(THERE, submits=1)).submits == of_ben


async def test_what_a_member_has_with_the_provider_counts(line: Line) -> None:
    running, first, of_ben = *(await line.wait(2)), *(await line.wait(1, BEN))
    job = await line.database.read(jobs.get, running)
    assert job is not None
    await line.database.write(jobs.step, job, JobState.SUBMITTING, at=NOON, why="sent")
    line.per_minute = 0
    await line.ask(HERE, [first, of_ben])
    assert await line.database.read(places, HERE) == {of_ben: 1, first: 2}


async def test_a_turn_counts_against_its_member_although_it_was_refused_at_once(line: Line) -> None:
    refused, second, of_ben = *(await line.wait(2)), *(await line.wait(1, BEN))
    line.per_minute = 1
    assert (await line.ask(HERE, [refused])).submits == [refused]
    await line.ask(HERE, [refused, second, of_ben])
    order = await line.database.read(places, HERE)
    assert order[of_ben] == 1


async def test_while_others_wait_anywhere_submits_get_their_share(line: Line) -> None:
    waiting = await line.wait(8)
    line.per_minute = 0
    await line.ask(THERE, polls=1)
    line.per_minute = 8
    lent = await line.ask(HERE, waiting)
    assert lent.submits == waiting[:2]
    assert (await line.ask(THERE, polls=1)).others == 1
    assert (await line.ask(HERE, submits=6)).submits == waiting[2:7]


async def test_a_process_that_is_dead_holds_nobody_up(line: Line) -> None:
    first, second = await line.wait(2)
    line.per_minute = 0
    await line.ask(THERE, [first], polls=50)
    await line.ask(HERE, [second])
    line.per_minute = 1
    assert (await line.ask(HERE, submits=1)).submits == []
    await line.let_pass(turns.ALIVE_SECONDS)
    assert (await line.ask(HERE, submits=1)).submits == [second]


async def test_a_job_that_another_process_has_taken_over_is_granted_there_alone(line: Line) -> None:
    (job,) = await line.wait(1)
    line.per_minute = 0
    await line.ask(HERE, [job])
    await line.ask(THERE, [job])
    line.per_minute = 9
    assert await line.database.read(places, HERE) == {}
    assert (await line.ask(HERE, submits=1)).submits == []
    assert (await line.ask(THERE, submits=1)).submits == [job]


async def test_a_job_that_was_cancelled_has_no_place_and_no_turn(line: Line) -> None:
    job_id, other = await line.wait(2)
    line.per_minute = 0
    await line.ask(HERE, [job_id, other])
    job = await line.database.read(jobs.get, job_id)
    assert job is not None
    await line.database.write(jobs.step, job, JobState.CANCELLED, at=NOON, why="by its member")
    assert await line.database.read(places, HERE) == {other: 1}
    line.per_minute = 9
    assert (await line.ask(HERE, submits=2)).submits == [other]


async def test_a_pause_stops_all_processes_until_it_is_over(line: Line) -> None:
    await line.database.write(fleet.beat, THERE, changing=(), news=None, pause_seconds=30.0)
    lent = await line.ask(HERE, polls=3)
    assert lent.others == 0
    assert 29 < lent.pause_seconds <= 30
    await line.let_pass(30)
    assert (await line.ask(HERE, polls=3)).others == 3


async def test_the_lease_says_how_scarce_requests_are(line: Line) -> None:
    waiting = await line.wait(3)
    await line.ask(THERE, polls=2, at_provider=4)
    line.per_minute = 4
    lent = await line.ask(HERE, waiting, at_provider=1)
    assert (len(lent.submits), lent.left, lent.waiting_submits) == (2, 0, 1)
    assert lent.at_provider == 4 + 1 + 2


async def test_a_clock_that_is_set_back_stops_nobody(line: Line) -> None:
    await line.ask(HERE, polls=10)
    await line.let_pass(-3600.0)
    assert (await line.ask(THERE, polls=10)).others == 10
