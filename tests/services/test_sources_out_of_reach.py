"""A source that cannot be had just now is asked for again: only what is known to be gone fails at once."""

from dataclasses import replace

from bot.domain.errors import CourierUnavailable, EmptyFile, Unavailable
from bot.domain.failure import SOURCE_OUT_OF_REACH, Failure, FailureKind, SourceProblem
from bot.domain.job import JobState
from bot.domain.request import PictureLocation, Source
from bot.services.making.submitting import SOURCE_PATIENCE_SECONDS
from tests.builders import CHANNEL, MESSAGE, a_request
from tests.services.house import House
from tests.services.outsides import png

LOCATION = PictureLocation(CHANNEL, MESSAGE)
#: More often than any source is asked for.
FOR_EVER = 10_000


async def test_a_message_that_cannot_be_read_for_an_hour_is_asked_for_again(house: House) -> None:
    house.courier.fresh[LOCATION] = "https://cdn/fresh.png"
    house.fetcher.files["https://cdn/fresh.png"] = png()
    house.courier.on_fresh.extend([CourierUnavailable()] * 40)
    request = a_request(source=Source(url="https://cdn/stale.png", location=LOCATION))
    began = house.clock.now()
    (job,) = await house.until_ended(await house.ask(request))
    assert job.state is JobState.DELIVERED
    assert not house.courier.on_fresh
    assert (house.clock.now() - began).total_seconds() < 2 * 3600


async def test_a_file_that_cannot_be_read_for_an_hour_is_asked_for_again(house: House) -> None:
    house.fetcher.files["https://cdn/a.png"] = Unavailable("HTTP 502")
    view = await house.ask(a_request(source=Source(url="https://cdn/a.png")))
    await house.advance(3600)
    (job,) = await house.jobs(view)
    assert job.state is JobState.QUEUED
    house.fetcher.files["https://cdn/a.png"] = png()
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED


async def test_a_file_that_is_empty_is_no_picture(house: House) -> None:
    house.fetcher.files["https://cdn/a.png"] = EmptyFile("an empty file")
    view = await house.ask(a_request(source=Source(url="https://cdn/a.png")))
    (job,) = await house.until_ended(view, most_seconds=60)
    assert job.failure == Failure(FailureKind.SOURCE, SourceProblem.NOT_A_PICTURE)


async def test_another_copy_is_taken_meanwhile(house: House) -> None:
    """While Discord is away, an edit of a picture of ours takes it from where it was made."""
    (made,) = await house.until_ended(await house.ask())
    house.courier.on_fresh.extend([CourierUnavailable()] * FOR_EVER)
    request = a_request(source=Source(location=LOCATION, job_id=made.id))
    (job,) = await house.until_ended(await house.ask(request), most_seconds=3600)
    assert job.state is JobState.DELIVERED


async def test_what_is_never_to_be_had_is_not_called_gone(house: House) -> None:
    house.courier.on_fresh.extend([CourierUnavailable()] * FOR_EVER)
    view = await house.ask(a_request(source=Source(location=LOCATION)))
    (job,) = await house.until_ended(view, most_seconds=6 * 3600)
    assert job.failure is not None
    assert replace(job.failure, note=None) == Failure(FailureKind.SOURCE, SOURCE_OUT_OF_REACH)
    assert not job.state.counts
    assert house.provider.submits == 0
    assert (house.clock.now() - view.card.created_at).total_seconds() > SOURCE_PATIENCE_SECONDS
    assert FOR_EVER - len(house.courier.on_fresh) < 400
