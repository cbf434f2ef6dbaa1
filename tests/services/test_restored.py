"""A backup was restored: what was sent meanwhile is found at the provider, and nothing is paid twice."""

from datetime import timedelta

from bot.domain.card import CardView
from bot.domain.failure import FailureKind
from bot.domain.job import Job, JobState
from bot.domain.request import ImageRequest, Source
from bot.segmind.departure import always
from bot.services.making.submitting import inputs_of
from bot.store.upkeep.restore import distrust
from tests.builders import a_request
from tests.services.house import House
from tests.services.outsides import png

CAT = "https://cdn.discordapp.com/attachments/1/2/cat.png"
AN_HOUR = 3600.0
A_WEEK = 7 * 24 * AN_HOUR


async def as_backed_up(house: House, request: ImageRequest | None = None) -> tuple[CardView, Job]:
    """A request as a backup has it: answered, not sent; and the process has ended."""
    view = await house.ask(request)
    await house.close()
    (job,) = await house.jobs(view)
    assert job.state is JobState.QUEUED
    return view, job


async def restored(house: House, after_seconds: float = AN_HOUR) -> House:
    house.clock.pass_by(after_seconds)
    await house.raw_database.write(distrust, house.clock.now())
    return await house.restarted()


async def test_what_was_sent_after_the_backup_is_delivered_and_not_sent_again(house: House) -> None:
    view, job = await as_backed_up(house)
    house.clock.pass_by(AN_HOUR)
    sent = await house.provider.submit(inputs_of(job, None), always)
    (job,) = await (await restored(house)).until_ended(view)
    assert (job.state, job.request_id) == (JobState.DELIVERED, sent)
    assert len(house.provider.accepted) == 1


async def test_what_was_never_sent_is_sent_once_it_is_surely_absent(house: House) -> None:
    view, _ = await as_backed_up(house)
    (job,) = await (await restored(house)).until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1


async def test_a_backup_of_last_week_still_lets_the_history_decide(house: House) -> None:
    view, job = await as_backed_up(house)
    sent = await house.provider.submit(inputs_of(job, None), always)
    (job,) = await (await restored(house, A_WEEK)).until_ended(view)
    assert (job.state, job.request_id) == (JobState.DELIVERED, sent)


async def test_an_edit_that_cannot_be_recognised_is_not_sent_again(house: House) -> None:
    house.fetcher.files[CAT] = png()
    view, job = await as_backed_up(house, a_request(source=Source(url=CAT)))
    await house.provider.submit(inputs_of(job, "https://images.segmind.com/assets/somebody/1"), always)
    (job,) = await (await restored(house)).until_ended(view)
    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNKNOWN
    assert house.provider.submits == 1


async def test_an_edit_is_sent_if_nothing_at_all_was_sent_since(house: House) -> None:
    house.fetcher.files[CAT] = png()
    view, _ = await as_backed_up(house, a_request(source=Source(url=CAT)))
    (job,) = await (await restored(house)).until_ended(view)
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 1


async def test_after_a_weekend_off_a_picture_that_was_paid_still_arrives(house: House) -> None:
    view = await house.ask()
    await house.until(lambda: house.provider.polls >= 1)
    await house.close()
    house.clock.pass_by(timedelta(days=3).total_seconds())
    (job,) = await (await house.restarted()).until_ended(view)
    assert job.state is JobState.DELIVERED
