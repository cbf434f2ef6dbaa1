"""A worker drives a card until it is over."""

import asyncio
from typing import cast

from bot.domain.job import JobState
from bot.services.making.card_worker import AFTER_BUG_SECONDS, CardWorker
from bot.services.making.handover import CardQueue, EmbeddedHandover
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.pictures import cards
from tests.builders import MESSAGE
from tests.services.house import House


def worker_of(house: House) -> CardWorker:
    handover = house.services.sweep.handover
    assert isinstance(handover, EmbeddedHandover)
    return CardWorker(
        runtime=house.runtime,
        queue=cast("CardQueue", None),  # no card is taken from one
        engine=handover.engine,
        job_tasks=handover.engine.job_tasks,
        failing_jobs=handover.failing_jobs,
        drain=house.services.drain,
        most=5,
    )


async def driven_seconds(house: House, failure: Exception | None) -> float:
    """How long a card takes whose picture fails to come in this way the first time."""
    if failure is not None:
        house.provider.on_download.append(failure)
    view = await house.admit()
    await house.raw_database.write(cards.answered, view.card.id, message_id=MESSAGE)
    began = house.clock.monotonic()
    driving = asyncio.create_task(worker_of(house).drive(view.card.id))
    await house.until(driving.done)
    assert await driving
    (job,) = await house.jobs(view)
    assert job.state is JobState.DELIVERED
    return house.clock.monotonic() - began


async def test_what_an_outage_cut_off_goes_on_at_once(house: House) -> None:
    """As does a picture that was approved while others of its card were made."""
    undisturbed = await driven_seconds(house, None)
    assert await driven_seconds(house, DatabaseUnavailable("gone")) < undisturbed + AFTER_BUG_SECONDS / 2


async def test_after_a_bug_it_waits(house: House) -> None:
    undisturbed = await driven_seconds(house, None)
    disturbed = await driven_seconds(house, ValueError("a bug"))
    assert disturbed > undisturbed + AFTER_BUG_SECONDS / 2
