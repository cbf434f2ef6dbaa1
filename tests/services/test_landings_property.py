"""Whatever becomes of answers, however late a request shows: each bill is booked, and none is needless."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import Doubtful
from bot.domain.failure import FailureKind
from bot.domain.history_delay import FLOOR, SHOWN_WITHIN, UNMEASURED
from bot.domain.ids import InteractionId
from bot.domain.job import Job, JobState
from bot.services.upkeep.reconciliation import EVERY_SECONDS, FAR_BACK_EVERY
from bot.store.driver.database import open_database
from tests.builders import a_request
from tests.databases import migrated_file
from tests.services.books import all_extras, all_jobs, books, expected_books
from tests.services.house import House

REQUESTS_MOST = 5
PAUSE_MOST_SECONDS = 3 * 3600.0
#: After the last request, until all jobs have ended.
ENDING_SECONDS = 2 * 3600.0
#: For what is late on purpose. Also the first request is looked for once more after the longest story.
LATEST_SECONDS = int(
    SHOWN_WITHIN.total_seconds()
    - 2 * FAR_BACK_EVERY.total_seconds()
    - REQUESTS_MOST * PAUSE_MOST_SECONDS
    - ENDING_SECONDS
)
COST = 54_300


class Fate(StrEnum):
    ANSWERED = "answered"
    LOST = "accepted, and the answer lost"
    NEVER_TAKEN = "never accepted, and no answer"
    KILLED = "accepted, and the process killed before the answer"


@dataclass(frozen=True, slots=True)
class Asked:
    fate: Fate
    prompt: str
    lands_after: float
    #: Until the next one is asked.
    pause: float


delays = st.one_of(
    st.sampled_from([0, 60, 119, 121, 600, 719, 721, 4_000, 4 * 3600]), st.integers(0, LATEST_SECONDS)
)
asked = st.builds(
    Asked,
    fate=st.sampled_from(Fate),
    prompt=st.sampled_from(["a fox", "a harbour"]),
    lands_after=delays,
    pause=st.sampled_from([0.0, 1.0, 90.0, PAUSE_MOST_SECONDS]),
)


class Story:
    def __init__(self, house: House) -> None:
        self.house = house
        self.provider = house.provider

    async def tell(self, requests: list[Asked]) -> None:
        for number, request in enumerate(requests, start=1):
            await self._ask(request, InteractionId(number))
        await self._until_all_is_known()
        await self._judge(requests)

    async def _ask(self, request: Asked, interaction_id: InteractionId) -> None:
        provider, submits = self.provider, self.provider.submits
        if request.fate is not Fate.NEVER_TAKEN:
            provider.landings.append(request.lands_after)
        if request.fate in (Fate.LOST, Fate.KILLED):
            provider.lost_answers.append(Doubtful("reset"))
        elif request.fate is Fate.NEVER_TAKEN:
            provider.on_submit.append(Doubtful("reset"))
        await self.house.ask(a_request(request.prompt), interaction_id=interaction_id)
        await self.house.until(lambda: provider.submits > submits)
        if request.fate is Fate.KILLED:
            self.house = await self.house.restarted()
        await self.house.advance(request.pause)

    async def _until_all_is_known(self) -> None:
        """All have ended, the last row has landed, and the history was compared since."""
        await self.house.advance(ENDING_SECONDS)
        self.house.clock.pass_by(LATEST_SECONDS)
        for _ in range(2):
            await self.house.advance(1.1 * EVERY_SECONDS)
            self.house.clock.pass_by(FAR_BACK_EVERY.total_seconds())
        await self.house.advance(1.1 * EVERY_SECONDS)

    async def _judge(self, requests: list[Asked]) -> None:
        read = self.house.raw_database.read
        found, extras, kept = await read(all_jobs), await read(all_extras), await read(books)
        for job in found:
            assert job.state is JobState.DELIVERED or _is_unknown(job)
            assert not job.held_microusd
        paid = sum(job.cost_microusd or 0 for job in found) + sum(cost for _, cost in extras)
        assert paid == COST * len(self.provider.accepted), "a bill that nobody has booked, or one too many"
        assert kept == expected_books(found, extras)
        assert len(self.provider.accepted) <= len(found) + _waited_for_in_vain(requests)


def _is_unknown(job: Job) -> bool:
    return job.failure is not None and job.failure.kind is FailureKind.UNKNOWN


def _waited_for_in_vain(requests: list[Asked]) -> int:
    """Of how many the row may come later than anybody waited: after the least patience there is.

    Beside others that were seen to be quick, or to be quick enough for enough of them, it is the floor.
    """
    least = FLOOR if len(requests) > 1 else UNMEASURED
    doubted = (request for request in requests if request.fate in (Fate.LOST, Fate.KILLED))
    return sum(request.lands_after > least.total_seconds() for request in doubted)


async def tell(url: str, folder: Path, requests: list[Asked]) -> None:
    database = await open_database(url)
    story = Story(House(database, folder))
    try:
        await story.house.open()
        await story.tell(requests)
    finally:
        await story.house.close()
        await database.close()


#: The first job takes the request of the second, whose row lands sooner, and leaves its own for the second.
EXCHANGED = [Asked(Fate.LOST, "a fox", 4_000, 90.0), Asked(Fate.KILLED, "a fox", 719, 3 * 3600.0)]
#: The last job takes the request of the first, which counts as never taken: hours old, but not yet booked.
TAKEN_FROM_LONG_AGO = [
    Asked(Fate.KILLED, "a harbour", 4 * 3600, 3 * 3600.0),
    Asked(Fate.ANSWERED, "a fox", 721, 3 * 3600.0),
    Asked(Fate.KILLED, "a harbour", 600, 90.0),
]
#: Both count as never taken. The bill of the second is found first, and booked as that of the first.
BOOKED_FOR_ANOTHER = [Asked(Fate.KILLED, "a fox", 126_143, 90.0), Asked(Fate.LOST, "a fox", 4_000, 1.0)]


def told(requests: list[Asked]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        path.write_bytes(migrated_file())
        asyncio.run(tell(f"sqlite:///{path}", Path(folder), requests))


@pytest.mark.parametrize("requests", [EXCHANGED, TAKEN_FROM_LONG_AGO, BOOKED_FOR_ANOTHER])
def test_requests_that_went_to_another_job_are_booked(requests: list[Asked]) -> None:
    told(requests)


# A story takes many seconds on a busy machine, and a broken one is told again until it is as short as can be.
# So the stories are shared out among several tests.
@pytest.mark.timeout(280)
@pytest.mark.parametrize("_part", ["first", "second", "third"])
@settings(max_examples=4)
@given(requests=st.lists(asked, min_size=1, max_size=REQUESTS_MOST))
def test_every_bill_is_booked_and_none_is_needless(_part: str, requests: list[Asked]) -> None:
    told(requests)
