"""Pictures fetched once more, for members who look at theirs: few at once, whoever presses how often."""

import asyncio
from collections import Counter

import pytest

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.ids import JobId, MemberId
from bot.domain.job import Job
from bot.services.members import copies
from tests.builders import GUILD, MEMBER
from tests.services.house import House

LIMIT = 10**7


class Onlookers:
    """All who have a picture in hand at this moment."""

    def __init__(self, house: House) -> None:
        self._gallery = house.services.gallery
        self.in_hand: Counter[MemberId] = Counter()
        self.most = 0
        self.most_of_one = 0
        self.served: list[JobId] = []

    async def look(self, job: Job) -> None:
        async with self._gallery.picture(job.id, GUILD, LIMIT) as picture:
            assert picture.data
            self.in_hand[job.member_id] += 1
            self.most = max(self.most, self.in_hand.total())
            self.most_of_one = max(self.most_of_one, *self.in_hand.values())
            await asyncio.sleep(0.005)
            self.in_hand[job.member_id] -= 1
        self.served.append(job.id)


async def made(house: House, *, of_each: int, members: int) -> list[Job]:
    """All of the first member's, then all of the second's, and so on."""
    views = [
        await house.ask(member=MemberId(MEMBER + number)) for number in range(members) for _ in range(of_each)
    ]
    return [job for view in views for job in await house.until_ended(view)]


async def test_few_are_in_hand_at_once_and_one_of_each_member(house: House) -> None:
    jobs = await made(house, of_each=4, members=3)
    onlookers = Onlookers(house)
    await asyncio.gather(*(onlookers.look(job) for job in jobs * 2))
    assert len(onlookers.served) == len(jobs) * 2
    assert onlookers.most == copies.AT_ONCE
    assert onlookers.most_of_one == 1


async def test_who_presses_without_end_keeps_nobody_waiting(house: House) -> None:
    *greedy, others = await made(house, of_each=1, members=2)
    onlookers = Onlookers(house)
    async with asyncio.TaskGroup() as pressing:
        for _ in range(20):
            pressing.create_task(onlookers.look(greedy[0]))
        pressing.create_task(onlookers.look(others))
    assert others.id in onlookers.served[:3]


async def test_a_call_to_discord_that_hangs_is_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = await made(house, of_each=1, members=1)
    monkeypatch.setattr(copies, "HELD_SECONDS", 0.01)
    for _ in range(copies.AT_ONCE + 1):
        with pytest.raises(TimeoutError):
            async with house.services.gallery.picture(job.id, GUILD, LIMIT):
                await asyncio.Event().wait()


async def test_what_is_not_to_be_had_keeps_nobody_waiting(house: House) -> None:
    (job,) = await made(house, of_each=1, members=1)
    house.provider.on_download += [FileRefused(SourceProblem.GONE)] * (copies.AT_ONCE + 1)
    for _ in range(copies.AT_ONCE + 1):
        with pytest.raises(FileRefused):
            async with house.services.gallery.picture(job.id, GUILD, LIMIT):
                pass
    await Onlookers(house).look(job)
