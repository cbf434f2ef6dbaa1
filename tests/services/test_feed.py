"""The feed of a server: each delivered picture once, small, never before a delivery, and in few messages."""

import asyncio
import io

import pytest
from PIL import Image

from bot.domain.card import CardView
from bot.domain.errors import CardBarred, CourierUnavailable
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, JobId, MemberId
from bot.domain.moderation import FEED_BATCH
from bot.domain.provider import Failed
from bot.services.upkeep.feed import FORGOTTEN_AFTER, PAUSE_SECONDS
from tests.builders import GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House
from tests.services.outsides import png

ADMIN, CHANNEL = MemberId(77), ChannelId(4242)


async def set_feed(house: House, channel_id: ChannelId | None = CHANNEL) -> None:
    await house.services.administration.set_feed_channel(GUILD, ADMIN, channel_id)


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    house = await build_house()
    await set_feed(house)
    return house


async def delivered(house: House, count: int = 1, **card: object) -> list[JobId]:
    jobs = await house.until_ended(await house.ask(a_request(count=count), **card))
    return [job.id for job in jobs]


def shown(house: House) -> list[list[JobId]]:
    return [batch.job_ids for batch, _ in house.moderator_channel.feed]


def all_shown(house: House) -> list[JobId]:
    return [job_id for message in shown(house) for job_id in message]


async def until_shown(house: House, count: int) -> None:
    await house.until(lambda: len(all_shown(house)) >= count)
    await house.settle()


async def test_a_delivered_picture_is_in_the_feed_small(house: House) -> None:
    house.provider.picture = png(1600, 900)
    (job_id,) = await delivered(house)
    await until_shown(house, 1)
    ((batch, pictures),) = house.moderator_channel.feed
    assert (batch.channel_id, batch.job_ids) == (CHANNEL, [job_id])
    with Image.open(io.BytesIO(pictures[job_id].data)) as image:
        assert max(image.size) == 240


async def test_without_a_channel_there_is_no_feed_and_nothing_is_kept_for_one(house: House) -> None:
    await set_feed(house, None)
    await delivered(house)
    await set_feed(house)
    await house.advance(300)
    assert shown(house) == []


async def test_what_is_not_made_is_not_shown(house: House) -> None:
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    await delivered(house)
    await house.advance(300)
    assert shown(house) == []


async def test_a_private_picture_is_named_and_not_shown(house: House) -> None:
    (job_id,) = await delivered(house, is_private=True)
    await until_shown(house, 1)
    ((batch, pictures),) = house.moderator_channel.feed
    assert batch.job_ids == [job_id]
    assert pictures == {}


async def test_a_spoiler_is_not_shown_unblurred(house: House) -> None:
    await house.until_ended(await house.ask(a_request(is_spoiler=True)))
    await until_shown(house, 1)
    assert house.moderator_channel.feed[0][1] == {}


async def rush(house: House, requests: int) -> list[CardView]:
    return [await house.ask(a_request(count=4), member=MemberId(MEMBER + at)) for at in range(requests)]


async def test_in_a_rush_pictures_share_messages_and_each_is_shown_once(build_house: BuildHouse) -> None:
    house = await build_house(requests_per_minute=600)
    await set_feed(house)
    for view in await rush(house, 12):
        await house.until_ended(view)
    await until_shown(house, 48)
    await house.advance(300)
    assert len(all_shown(house)) == len(set(all_shown(house))) == 48
    assert max(map(len, shown(house))) <= FEED_BATCH
    assert len(shown(house)) < 48


async def test_there_are_at_most_five_messages_in_five_seconds(build_house: BuildHouse) -> None:
    house = await build_house(requests_per_minute=600)
    await set_feed(house)
    times: list[float] = []
    post = house.moderator_channel.post_feed

    async def timed(*args: object) -> object:
        times.append(house.clock.monotonic())
        return await post(*args)  # type: ignore[arg-type]  # as they were given

    house.moderator_channel.post_feed = timed  # type: ignore[assignment,method-assign]  # the same, with the time
    for view in await rush(house, 30):
        await house.until_ended(view)
    await until_shown(house, 120)
    assert all(sixth - first > 5.0 for first, sixth in zip(times, times[5:], strict=False))


async def test_the_feed_waits_while_a_picture_is_on_its_way(house: House) -> None:
    (first,) = await delivered(house)
    await until_shown(house, 1)
    view = await house.ask()
    house.courier.hanging[view.card.id] = asyncio.Event()
    await house.until(lambda: house.services.feed.delivering.is_busy)
    done = await house.ask(member=MemberId(MEMBER + 1))
    await house.until_ended(done)
    await house.advance(30)
    assert all_shown(house) == [first]
    house.courier.hanging[view.card.id].set()
    await until_shown(house, 3)


async def test_a_lost_answer_shows_nothing_twice(house: House) -> None:
    house.moderator_channel.lost_answers.append(CourierUnavailable())
    await delivered(house)
    await house.advance(600)
    assert len(all_shown(house)) == 1


async def test_an_outage_of_discord_loses_nothing(house: House) -> None:
    house.moderator_channel.on_post.append(CourierUnavailable())
    await delivered(house)
    await until_shown(house, 1)


async def test_what_is_owed_survives_a_restart(house: House) -> None:
    house.moderator_channel.on_post.append(CourierUnavailable())
    await delivered(house)
    await house.settle()
    after = await house.restarted()
    try:
        await until_shown(after, 1)
        await after.advance(600)
        assert len(all_shown(after)) == 1
    finally:
        await after.close()


async def test_a_channel_that_is_closed_is_tried_again_and_nothing_is_lost(house: House) -> None:
    house.moderator_channel.on_post.append(CardBarred())
    await delivered(house)
    await house.advance(PAUSE_SECONDS / 2)
    assert shown(house) == []
    await until_shown(house, 1)


async def test_what_could_not_be_shown_for_a_day_is_dropped(house: House) -> None:
    house.moderator_channel.on_post.extend(CardBarred() for _ in range(1000))
    await delivered(house)
    await house.advance(FORGOTTEN_AFTER.total_seconds() + 200)
    house.moderator_channel.on_post.clear()
    await house.advance(PAUSE_SECONDS * 2)
    assert shown(house) == []


async def test_a_picture_that_is_deleted_meanwhile_is_left_out(house: House) -> None:
    house.moderator_channel.on_post.append(CardBarred())
    first, second = await delivered(house, 2)
    await house.settle()
    await house.services.moderation.remove(first, GUILD, ADMIN)
    await until_shown(house, 1)
    assert all_shown(house) == [second]
