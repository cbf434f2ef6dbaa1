"""The process ends without warning; the next one takes everything up."""

from collections.abc import Callable

import pytest

from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.failure import FailureKind
from bot.domain.ids import MessageId
from bot.domain.job import JobState
from bot.services.gallery import Actor
from bot.store.errors import DatabaseUnavailable
from tests.builders import GUILD, MEMBER, a_new_card
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
    actor = Actor(guild_id=GUILD, member_id=MEMBER, is_moderator=False)
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
    assert after.services.timing.usual_seconds(is_edit=False) < 40
