"""The database takes nothing for a while: what has happened meanwhile is not forgotten, nor done twice."""

from typing import Any

from bot.domain.ids import MessageId
from bot.domain.job import JobState
from bot.store.driver.errors import DatabaseUnavailable
from tests.builders import CHANNEL
from tests.services.house import House


def full_once(house: House, state: JobState, writes: int) -> None:
    """From the moment on at which a job enters the state, so many writes fail."""

    def fill(*args: Any) -> None:
        if state in args:
            house.database.after_write = lambda *_: None
            house.database.refusals.extend([DatabaseUnavailable("database or disk is full")] * writes)

    house.database.after_write = fill


async def test_a_picture_whose_delivery_cannot_be_written_down_is_shown_once(house: House) -> None:
    full_once(house, JobState.READY, 20)
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert house.database.refusals == []
    assert len(house.courier.pictures[job.id]) == 1


async def test_an_answer_that_cannot_be_written_down_is_not_forgotten(house: House) -> None:
    view = await house.admit()
    house.database.refusals.extend([DatabaseUnavailable("database or disk is full")] * 5)
    answered = house.services.admission.answered(view.card.id, message_id=MessageId(500), channel_id=CHANNEL)
    house.tasks.start(answered, "chat")
    await house.advance(30)
    assert house.provider.submits == 1


async def test_a_full_disk_costs_a_picture_none_of_its_steps(house: House) -> None:
    full_once(house, JobState.SUBMITTING, 20)
    view = await house.ask()
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 1


async def test_a_full_disk_ends_no_task(house: House) -> None:
    before = len(house.tasks)
    house.database.refusals.extend([DatabaseUnavailable("database or disk is full")] * 15)
    await house.advance(1200)
    assert len(house.tasks) == before
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
