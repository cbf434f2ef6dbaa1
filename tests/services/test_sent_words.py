"""The provider's history knows a request by the words that were sent, by this version or an older one."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.card import CardView
from bot.domain.errors import Doubtful
from bot.domain.failure import FailureKind
from bot.domain.ids import MessageId, RequestId
from bot.domain.job import Job, JobState
from bot.domain.provider import Inputs
from bot.store.driver.connection import Connection
from bot.store.privacy import retention
from bot.store.schema.tables import cards, jobs
from tests.builders import CHANNEL, a_request
from tests.services.house import House
from tests.services.outsides import Request

WORDS = "a bust of <@1300000000000000001>"
SENT = "a bust of someone"


def as_of_an_older_version(connection: Connection, columns: dict[str, Any]) -> None:
    connection.execute(cards.update().values(prompt=columns.pop("prompt")))
    connection.execute(jobs.update().values(sent_prompt=None, **columns))


async def of_an_older_version(house: House, prompt: str = WORDS, **columns: Any) -> CardView:
    """A request from before anything but the prompt was written down, taken up now."""
    view = await house.admit(a_request())
    await house.raw_database.write(as_of_an_older_version, {"prompt": prompt, **columns})
    await house.services.admission.answered(
        view.card.id, message_id=MessageId(view.card.id + 500), channel_id=CHANNEL
    )
    return view


def sent(house: House) -> list[str]:
    return [request.inputs.prompt for request in house.provider.accepted.values()]


async def paid_once(house: House, view: CardView) -> Job:
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1
    return job


@pytest.mark.parametrize("losses", [[], [Doubtful("reset")]], ids=["answered", "answer lost"])
async def test_a_request_is_found_by_the_words_that_were_sent(house: House, losses: list[Exception]) -> None:
    house.provider.lost_answers.extend(losses)
    job = await paid_once(house, await house.ask(a_request(WORDS)))
    assert (job.prompt, job.words, sent(house)) == (WORDS, SENT, [SENT])


@pytest.mark.parametrize("losses", [[], [Doubtful("reset")]], ids=["answered", "answer lost"])
async def test_what_an_older_version_left_waiting_is_sent_without_ids(
    house: House, losses: list[Exception]
) -> None:
    house.provider.lost_answers.extend(losses)
    job = await paid_once(house, await of_an_older_version(house))
    assert (job.prompt, job.words, sent(house)) == (WORDS, SENT, [SENT])


async def test_what_an_older_version_has_sent_is_found_by_its_own_words(house: House) -> None:
    at = house.clock.now()
    inputs = Inputs(model="luma-uni-1", prompt=WORDS, aspect_ratio=None, style=a_request().style)
    house.provider.accepted[RequestId("old")] = Request(RequestId("old"), inputs, at, 60.0)
    in_doubt: dict[str, Any] = {"state": JobState.UNRESOLVED, "submitted_at": at - timedelta(seconds=1)}
    job = await paid_once(house, await of_an_older_version(house, **in_doubt))
    assert (job.request_id, job.words, house.provider.submits) == ("old", WORDS, 0)


async def test_where_nothing_is_left_of_an_older_ones_words_it_is_not_sent(house: House) -> None:
    (job,) = await house.until_ended(await of_an_older_version(house, prompt="<#1300000000000000001>"))
    assert job.failure is not None
    assert job.failure.kind is FailureKind.INVALID
    assert house.provider.submits == 0


async def test_what_is_forgotten_is_forgotten_in_both_wordings(house: House) -> None:
    job = await paid_once(house, await house.ask(a_request(WORDS)))
    await house.raw_database.write(retention.forget, [job.id])
    after = await house.job(job.id)
    assert (after.prompt, after.words) == ("", "")
