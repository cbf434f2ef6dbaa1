"""The process ends without warning; the next one takes everything up."""

from collections.abc import Callable

import pytest

from bot.domain.access import Actor
from bot.domain.errors import CardGone, CourierUnavailable, FileRefused
from bot.domain.failure import FILE_UNREADABLE, Failure, FailureKind, SourceProblem
from bot.domain.ids import MessageId
from bot.domain.job import JobState
from bot.domain.provider import Failed
from bot.services.making.engine import TAKEN_UP_AT_ONCE
from bot.store.driver.errors import DatabaseUnavailable
from tests.builders import CHANNEL, GUILD, MEMBER, a_new_card, a_request
from tests.services.house import House


@pytest.mark.parametrize(
    "moment",
    [
        lambda house: house.provider.submits == 1,
        lambda house: house.provider.polls >= 1,
        lambda house: house.provider.polls >= 5,
        lambda house: house.provider.downloads >= 1,
        lambda house: bool(house.courier.pictures),
    ],
    ids=["submitted", "polled", "polled often", "downloaded", "shown"],
)
async def test_a_killed_bot_pays_once_and_shows_the_picture(
    house: House, moment: Callable[[House], bool]
) -> None:
    view = await house.ask()
    await house.until(lambda: moment(house))
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1
    assert house.courier.shown[view.card.id].jobs[0].state is JobState.DELIVERED


async def test_a_start_takes_up_more_than_go_into_one_transaction(house: House) -> None:
    house.provider.seconds = 7200.0
    views = [await house.ask(a_request(count=4)) for _ in range(TAKEN_UP_AT_ONCE // 4 + 1)]
    await house.until(lambda: house.provider.submits == 4 * len(views))
    after = await house.restarted()
    assert b"bot_driven_jobs 204.0" in after.metrics.as_text()
    fences = {job.fence for view in views for job in await after.jobs(view)}
    await after.advance(200)
    assert fences == {job.fence for view in views for job in await after.jobs(view)}, "who drives keeps it"
    assert len(house.provider.accepted) == 4 * len(views)


async def test_an_answer_that_never_left_is_withdrawn_after_a_crash(house: House) -> None:
    view = await house.admit()
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is JobState.CANCELLED
    assert house.provider.submits == 0


async def test_an_answer_that_had_left_goes_on_after_a_crash(house: House) -> None:
    view = await house.admit()
    house.courier.found[view.card.id] = MessageId(77)
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert house.courier.shown[view.card.id].card.message_id == 77


async def test_a_card_whose_last_edit_was_lost_is_shown_after_a_restart(house: House) -> None:
    view = await house.ask()
    house.courier.on_picture.append(CourierUnavailable("down"))
    await house.until(lambda: house.provider.downloads >= 1)
    house.courier.on_show.extend([CourierUnavailable("down")] * 3)
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    await after.advance(120)
    assert job.state is JobState.DELIVERED
    assert house.courier.shown[view.card.id].jobs[0].state is JobState.DELIVERED


async def test_an_outage_of_discord_delays_the_picture_and_loses_nothing(house: House) -> None:
    house.courier.on_picture.extend([CourierUnavailable("outage")] * 60)
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert len(house.courier.pictures[job.id]) == 1


async def test_a_picture_with_no_way_to_discord_is_kept_and_posted_where_its_member_says(
    house: House,
) -> None:
    view = await house.ask()
    house.courier.on_picture.append(CardGone())
    (job,) = await house.until_ended(view)
    assert job.state is JobState.READY
    assert job.parked_at is not None
    actor = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER, is_moderator=False)
    await house.services.gallery.repost(job.id, actor, a_new_card(), MessageId(4242))
    await house.until(lambda: job.id in house.courier.pictures)
    assert house.courier.shown[view.card.id].card.message_id == 4242
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED


async def test_a_kept_picture_ends_when_its_file_is_gone(house: House) -> None:
    view = await house.ask()
    house.courier.on_picture.append(CardGone())
    await house.until_ended(view)
    house.clock.pass_by(8 * 24 * 3600.0)
    await house.advance(120)
    (job,) = await house.jobs(view)
    assert job.failure is not None
    assert job.failure.kind is FailureKind.DISCORD


async def test_a_full_disk_delays_and_loses_nothing(house: House) -> None:
    view = await house.ask()
    await house.until(lambda: house.provider.polls >= 1)
    house.database.refusals.extend([DatabaseUnavailable("database or disk is full")] * 8)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 1


async def test_a_new_bot_has_learned_how_long_pictures_take(house: House) -> None:
    house.provider.seconds = 10.0
    for _ in range(8):
        await house.until_ended(await house.ask())
    after = await house.restarted()
    assert after.services.account.timing.usual_seconds(model="luma-uni-1", is_edit=False) < 40


async def test_a_file_that_is_missing_for_long_is_waited_for(house: House) -> None:
    house.provider.on_download.extend([FileRefused(SourceProblem.GONE)] * 20)
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED


async def test_a_file_that_never_comes_ends_with_words_of_its_own(house: House) -> None:
    house.provider.on_download.extend([b"this is no picture"] * 10_000)
    (job,) = await house.until_ended(await house.ask())
    assert job.failure is not None
    assert (job.failure.kind, job.failure.detail) == (FailureKind.PROVIDER, FILE_UNREADABLE)


async def test_a_card_that_was_lost_and_posted_anew_shows_its_other_pictures(house: House) -> None:
    house.courier.on_show.append(CardGone())
    view = await house.ask(a_request(count=2))
    await house.until(lambda: house.provider.submits == 2)
    slow = list(house.provider.accepted.values())[1]
    slow.ends_after, slow.end = 400.0, Failed(Failure(FailureKind.BLOCKED))
    await house.until(lambda: bool(house.courier.pictures))
    await house.until_ended(view)
    await house.advance(60)
    states = {job.state for job in house.courier.shown[view.card.id].jobs}
    assert states == {JobState.DELIVERED, JobState.FAILED}


async def test_an_answer_of_unknown_fate_is_looked_for_soon(house: House) -> None:
    view = await house.admit()
    house.courier.found[view.card.id] = MessageId(78)
    house.services.admission.doubted(view.card.id)
    await house.advance(3)
    assert house.provider.submits == 1


async def test_a_card_that_cannot_be_read_for_a_moment_is_shown_soon_all_the_same(house: House) -> None:
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    (taken,) = house.provider.accepted.values()
    taken.ends_after, taken.end = 5.0, Failed(Failure(FailureKind.BLOCKED))
    house.database.read_refusals.extend([DatabaseUnavailable("the server closed the connection")] * 2)
    await house.advance(40)
    assert house.database.read_refusals == []
    assert house.courier.shown[view.card.id].jobs[0].state is JobState.FAILED
