"""The straight way, and what the provider may do on it."""

import asyncio

import pytest

from bot.domain.errors import (
    CreditSpent,
    Doubtful,
    KeyRefused,
    RateLimited,
    RequestInvalid,
    RequestUnknown,
    ServicePaused,
    Unavailable,
    Unreachable,
)
from bot.domain.failure import SOURCE_NOT_TAKEN, Failure, FailureKind
from bot.domain.ids import JobId
from bot.domain.job import JobState
from bot.domain.provider import Completed, Failed, StillRunning
from bot.domain.request import PictureLocation, Source
from bot.domain.trouble import Trouble
from bot.services.making.sources import HAND_OVER_SECONDS
from tests.builders import CHANNEL, GUILD, MESSAGE, a_request
from tests.services.house import House
from tests.services.outsides import png, size_of


async def test_a_request_becomes_a_picture_paid_once(house: House) -> None:
    view = await house.ask()
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert job.cost_microusd == 54_300
    assert house.provider.submits == 1
    assert len(house.courier.pictures[job.id]) == 1
    assert house.courier.shown[view.card.id].jobs[0].state is JobState.DELIVERED


async def test_a_card_is_edited_once_while_its_picture_is_made(house: House) -> None:
    view = await house.ask()
    await house.until_ended(view)
    await house.advance(60)
    assert house.courier.shows == 2  # one says that it is being made, and one brings it


async def test_a_picture_that_does_not_come_at_once_is_told_to_be_on_its_way(house: House) -> None:
    house.provider.on_download.extend([Unavailable("502")] * 5)
    view = await house.ask()
    await house.until(lambda: len(house.provider.on_download) == 2)
    assert house.courier.shown[view.card.id].jobs[0].state is JobState.READY


async def test_its_history_can_be_read(house: House) -> None:
    view = await house.ask()
    (job,) = await house.until_ended(view)
    events = await house.services.gallery.history(job.id, GUILD)
    assert [event.to_state for event in events] == [
        JobState.QUEUED,
        JobState.SUBMITTING,
        JobState.RUNNING,
        JobState.READY,
        JobState.DELIVERED,
    ]


async def test_four_pictures_come_on_one_card(house: House) -> None:
    view = await house.ask(a_request(count=4))
    jobs = await house.until_ended(view)
    assert [job.state for job in jobs] == [JobState.DELIVERED] * 4
    assert house.provider.submits == 4
    await house.advance(10)
    assert [job.state for job in house.courier.shown[view.card.id].jobs] == [JobState.DELIVERED] * 4


async def test_pictures_that_discord_is_slow_about_hold_up_no_others(house: House) -> None:
    slow = [await house.ask() for _ in range(5)]
    for view in slow:
        house.courier.hanging[view.card.id] = asyncio.Event()
    (job,) = await house.until_ended(await house.ask(), 600)
    assert job.state is JobState.DELIVERED
    for view in slow:
        house.courier.hanging[view.card.id].set()
        assert (await house.until_ended(view))[0].state is JobState.DELIVERED


async def test_nothing_is_submitted_before_the_first_answer_stands(house: House) -> None:
    view = await house.admit()
    await house.advance(30)
    assert house.provider.submits == 0
    await house.services.admission.withdraw(view.card.id, "10062")
    await house.advance(300)
    (job,) = await house.jobs(view)
    assert job.state is JobState.CANCELLED
    assert house.provider.submits == 0


async def test_polls_are_few_and_the_picture_is_seen_soon(house: House) -> None:
    house.provider.seconds = 62.0
    # How late the history is, is measured with the first picture, which takes a request from its polls.
    await house.until_ended(await house.ask())
    house.provider.polls, started = 0, house.clock.monotonic()
    view = await house.ask()
    await house.until_ended(view)
    assert house.provider.polls < 62
    assert house.clock.monotonic() - started < 64


async def test_a_blocked_prompt_fails_uncounted(house: House) -> None:
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    view = await house.ask()
    (job,) = await house.until_ended(view)
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.kind is FailureKind.BLOCKED
    assert not job.state.counts


async def test_an_invalid_request_is_not_sent_again(house: House) -> None:
    house.provider.on_submit.append(RequestInvalid("bad"))
    (job,) = await house.until_ended(await house.ask())
    assert job.failure is not None
    assert job.failure.kind is FailureKind.INVALID
    assert house.provider.submits == 1


@pytest.mark.parametrize("error", [Unreachable("refused"), RateLimited("slow down", 20.0)])
async def test_what_was_surely_not_accepted_is_sent_again(house: House, error: Exception) -> None:
    house.provider.on_submit.append(error)
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 2
    assert len(house.provider.accepted) == 1


@pytest.mark.parametrize("error", [RateLimited("slow down", 20.0), KeyRefused("401"), CreditSpent("402")])
async def test_a_card_never_says_that_a_picture_is_made_before_it_is_accepted(
    house: House, error: Exception
) -> None:
    house.provider.on_submit.append(error)
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    await house.advance(4)
    shown = house.courier.states.get(view.card.id, [])
    assert set().union(*shown) <= {JobState.QUEUED}


async def test_a_pause_by_the_provider_holds_back_everything(house: House) -> None:
    house.provider.on_submit.append(RateLimited("slow down", 80.0))
    started = house.clock.monotonic()
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 2)
    assert house.clock.monotonic() - started >= 80
    await house.until_ended(view)


async def test_errors_while_polling_lose_nothing(house: House) -> None:
    house.provider.on_status.extend([Unavailable("502"), Unavailable("504"), RateLimited("429", 5.0)])
    house.provider.on_status.append(RequestUnknown())
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 1


async def test_a_late_picture_is_still_delivered_and_its_card_says_so_before(house: House) -> None:
    house.provider.seconds = 2000.0
    view = await house.ask()
    await house.advance(700)
    shows = house.courier.shows
    (job,) = await house.until_ended(view)
    assert shows >= 2
    assert job.state is JobState.DELIVERED


async def test_past_the_hour_the_history_tells_the_end(house: House) -> None:
    house.provider.seconds = 3500.0
    view = await house.ask()
    await house.until(lambda: bool(house.provider.accepted))
    house.provider.forgotten.update(house.provider.accepted)
    house.provider.on_status.extend([StillRunning()] * 1000)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 1


async def test_a_refused_key_pauses_the_service_until_it_is_mended(house: House) -> None:
    house.provider.on_submit.append(KeyRefused("401"))
    house.provider.on_credits.append(KeyRefused("401"))
    view = await house.ask()
    await house.until(lambda: house.services.account.breaker.is_open)
    with pytest.raises(ServicePaused):
        await house.ask()
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1


async def test_an_empty_account_lets_queued_pictures_wait(house: House) -> None:
    house.provider.on_submit.append(CreditSpent("402"))
    house.provider.on_credits.extend([0.0] * 30)
    view = await house.ask()
    await house.advance(150)
    (job,) = await house.jobs(view)
    assert job.state is JobState.QUEUED
    assert house.courier.shown[view.card.id].paused_by is Trouble.CREDITS
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED


async def test_what_waits_too_long_ends_with_the_operators_reason(house: House) -> None:
    house.provider.on_credits.extend([0.0] * 10_000)
    house.provider.on_submit.append(CreditSpent("402"))
    (job,) = await house.until_ended(await house.ask())
    assert job.failure is not None
    assert job.failure.kind is FailureKind.NO_CREDIT
    assert not house.provider.accepted


async def test_an_edit_hands_over_the_prepared_source_once_for_the_card(house: House) -> None:
    house.fetcher.files["https://cdn/a.png"] = png(300, 200)
    request = a_request(count=3, source=Source(url="https://cdn/a.png"))
    jobs = await house.until_ended(await house.ask(request))
    assert [job.state for job in jobs] == [JobState.DELIVERED] * 3
    assert len(house.provider.uploaded) == 1
    assert size_of(house.provider.uploaded[0]) == (300, 200)
    urls = {request.inputs.image_url for request in house.provider.accepted.values()}
    assert urls == {"https://images.segmind.com/assets/owner@example.test/1"}


async def test_a_vanished_source_fails_before_anything_is_spent(house: House) -> None:
    request = a_request(source=Source(url="https://cdn/gone.png"))
    (job,) = await house.until_ended(await house.ask(request))
    assert job.failure == Failure(FailureKind.SOURCE, "gone")
    assert house.provider.submits == 0


async def test_a_stale_source_url_is_asked_for_anew(house: House) -> None:
    location = PictureLocation(CHANNEL, MESSAGE)
    house.courier.fresh[location] = "https://cdn/fresh.png"
    house.fetcher.files["https://cdn/fresh.png"] = png()
    request = a_request(source=Source(url="https://cdn/stale.png", location=location))
    (job,) = await house.until_ended(await house.ask(request))
    assert job.state is JobState.DELIVERED


async def test_a_source_is_offered_again_until_the_provider_takes_it(house: House) -> None:
    house.fetcher.files["https://cdn/a.png"] = png()
    house.provider.on_upload.extend([Unavailable("500"), RateLimited("429", 90.0), *[Unavailable("500")] * 8])
    request = a_request(count=2, source=Source(url="https://cdn/a.png"))
    jobs = await house.until_ended(await house.ask(request))
    assert [job.state for job in jobs] == [JobState.DELIVERED] * 2
    assert {request.inputs.image_url for request in house.provider.accepted.values()} == {
        "https://images.segmind.com/assets/owner@example.test/1"
    }


async def test_a_source_that_is_never_taken_fails_and_the_original_stays_here(house: House) -> None:
    house.fetcher.files["https://cdn/a.png"] = png()
    house.provider.on_upload.extend([Unavailable("500")] * 1000)
    view = await house.ask(a_request(count=4, source=Source(url="https://cdn/a.png")))
    jobs = await house.until_ended(view, most_seconds=HAND_OVER_SECONDS + 60)
    kinds = [(job.failure.kind, job.failure.detail) for job in jobs if job.failure is not None]
    assert kinds == [(FailureKind.PROVIDER, SOURCE_NOT_TAKEN)] * 4
    assert not any(job.state.counts for job in jobs)
    assert house.provider.submits == 0
    assert 10 < 1000 - len(house.provider.on_upload) < 40


async def test_the_urls_of_a_source_are_forgotten_with_the_job(house: House) -> None:
    house.fetcher.files["https://cdn/a.png"] = png()
    (job,) = await house.until_ended(await house.ask(a_request(source=Source(url="https://cdn/a.png"))))
    assert job.asset_url is None
    assert job.source is None or job.source.url is None


async def test_results_at_the_provider_can_be_edited_after_discord_lost_them(house: House) -> None:
    (made,) = await house.until_ended(await house.ask())
    (job,) = await house.until_ended(await house.ask(a_request(source=Source(job_id=made.id))))
    assert job.state is JobState.DELIVERED
    assert job.source == Source(job_id=JobId(made.id))


async def test_a_doubtful_submit_is_found_in_the_history(house: House) -> None:
    house.provider.lost_answers.append(Doubtful("504"))
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 1


async def test_completed_results_are_told_by_the_result_call(house: House) -> None:
    house.provider.on_status.append(Completed(1.0))
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED


async def test_a_bug_before_anything_is_paid_ends_the_job(house: House) -> None:
    house.fetcher.files["https://cdn/a.png"] = ZeroDivisionError()
    (job,) = await house.until_ended(await house.ask(a_request(source=Source(url="https://cdn/a.png"))))
    assert job.failure == Failure(FailureKind.BUG)
    assert house.provider.submits == 0


async def test_a_bug_while_a_paid_picture_is_watched_loses_nothing(house: House) -> None:
    house.provider.on_status.extend([ZeroDivisionError()] * 5)
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1


async def test_what_no_step_ends_is_ended_by_the_watchdog(house: House) -> None:
    house.provider.on_status.extend([ZeroDivisionError()] * 1000)
    house.provider.on_history.extend([ZeroDivisionError()] * 1000)
    view = await house.ask()
    await house.until(lambda: house.provider.polls >= 1)
    house.clock.pass_by(49 * 3600)
    (job,) = await house.until_ended(view, most_seconds=300)
    assert job.failure == Failure(FailureKind.EXPIRED)


async def test_a_request_that_record_and_history_forget_for_a_while_is_not_given_up(house: House) -> None:
    house.provider.seconds = 45.0
    house.provider.landing = 200.0
    house.provider.on_status.extend([RequestUnknown()] * 200)
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED


async def test_a_request_that_nobody_knows_for_minutes_is_lost(house: House) -> None:
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    house.provider.landing = 10**9
    house.provider.on_status.extend([RequestUnknown()] * 1000)
    (job,) = await house.until_ended(view)
    assert job.failure == Failure(FailureKind.EXPIRED)
