"""Messages of a feed show what became of their pictures: gone, hidden until a decision, or shown again."""

from datetime import timedelta

import pytest

from bot.domain.access import Actor
from bot.domain.errors import CardBarred, CourierUnavailable, FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.ids import ApplicationId, JobId, MemberId
from bot.domain.privacy import Erasure
from bot.services.upkeep.feed import BARRED_SECONDS, PAUSE_SECONDS
from tests.builders import CHANNEL as DELIVERED_IN
from tests.builders import GUILD, MEMBER
from tests.services.conftest import BuildHouse
from tests.services.house import House
from tests.services.test_feed import ADMIN, delivered, set_feed, shown, until_shown

OTHER = MemberId(MEMBER + 1)


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    house = await build_house()
    await set_feed(house)
    return house


async def delete(house: House, job_id: JobId) -> None:
    owner = Actor(guild_id=GUILD, channel_id=DELIVERED_IN, member_id=MEMBER, is_moderator=False)
    await house.services.gallery.delete([job_id], owner)


async def sharing(house: House, count: int = 2, **card: object) -> list[JobId]:
    """Pictures that share a message of the feed, with their small copies."""
    house.moderator_channel.on_post.append(CardBarred())
    job_ids = await delivered(house, count, **card)
    await house.advance(PAUSE_SECONDS + 120)
    return job_ids


async def redrawn(house: House, times: int = 1) -> tuple[list[JobId], list[JobId]]:
    """What the message names after so many edits, and of which of these it has small copies."""
    channel = house.moderator_channel
    await house.until(lambda: len(channel.feed_edits) >= times)
    await house.advance(300)
    assert len(channel.feed_edits) == times, "each change is shown once"
    return channel.feed_edits[-1][1], channel.feed_copies[-1]


async def test_a_deleted_picture_leaves_the_feed(house: House) -> None:
    (job_id,) = await delivered(house)
    await until_shown(house, 1)
    house.moderator_channel.on_post.append(CourierUnavailable())
    await delete(house, job_id)
    assert await redrawn(house) == ([], []), "once, after Discord was away"


async def test_a_deleted_picture_leaves_a_feed_that_was_closed_to_the_bot_meanwhile(house: House) -> None:
    """Else it would be there again once an admin lets the bot in; others are still posted there."""
    (job_id,) = await delivered(house)
    await until_shown(house, 1)
    house.moderator_channel.on_post.append(CardBarred())
    await delete(house, job_id)
    await house.until(lambda: not house.moderator_channel.on_post)
    await delivered(house)
    await until_shown(house, 2)
    await house.advance(BARRED_SECONDS)
    assert await redrawn(house) == ([], [])


async def test_other_pictures_of_the_message_stay_and_it_happens_after_a_restart(house: House) -> None:
    one, *others = await sharing(house, 3)
    assert [one, *others] in shown(house)
    await house.tasks.close()
    await delete(house, one)
    after = await house.joined()
    assert await redrawn(after) == (others, others)
    await after.close()


async def test_of_several_that_leave_one_after_the_other_the_last_ones_stay(house: House) -> None:
    one, two, three = await sharing(house, 3)
    await delete(house, one)
    assert await redrawn(house) == ([two, three], [two, three])
    await house.services.moderation.remove(two, GUILD, ADMIN)
    assert await redrawn(house, times=2) == ([three], [three])


async def test_what_the_provider_no_longer_has_is_named(house: House) -> None:
    one, other = await sharing(house)
    house.provider.on_download.append(FileRefused(SourceProblem.GONE))
    await delete(house, one)
    assert await redrawn(house) == ([other], [])


async def test_a_private_picture_is_not_shown_later_either(house: House) -> None:
    one, other = await sharing(house, is_private=True)
    await delete(house, one)
    assert await redrawn(house) == ([other], [])


async def test_a_picture_that_reports_hide_loses_its_small_copy_until_it_is_shown_again(house: House) -> None:
    await house.services.administration.set_hiding(GUILD, ADMIN, 1)
    one, other = await sharing(house)
    await house.services.complaints.report(one, GUILD, OTHER, "ugly")
    assert await redrawn(house) == ([one, other], [other])
    await house.services.complaints.dismiss(one, GUILD, ADMIN)
    assert await redrawn(house, times=2) == ([one, other], [one, other])


async def test_a_hidden_picture_comes_to_the_feed_without_its_small_copy(house: House) -> None:
    await house.services.administration.set_hiding(GUILD, ADMIN, 1)
    house.moderator_channel.on_post.append(CardBarred())
    (job_id,) = await delivered(house)
    await house.services.complaints.report(job_id, GUILD, OTHER, "ugly")
    await house.advance(PAUSE_SECONDS + 120)
    ((batch, pictures),) = house.moderator_channel.feed
    assert (batch.job_ids, pictures) == ([job_id], {})


async def test_of_a_member_who_deletes_their_data_only_their_own_pictures_leave(house: House) -> None:
    house.moderator_channel.on_post.extend([CardBarred()] * 2)
    (theirs,) = await delivered(house, member=OTHER)
    (mine,) = await delivered(house)
    await house.advance(PAUSE_SECONDS * 2 + 120)
    assert [theirs, mine] in shown(house)
    erasure = Erasure(
        member_id=OTHER,
        asked_at=house.clock.now(),
        takes_down=True,
        application_id=ApplicationId(1),
        sealed_token=b"sealed",
        token_expires_at=house.clock.now() + timedelta(minutes=15),
        language="en",
    )
    await house.services.erasures.begin(erasure)
    await house.until(lambda: bool(house.erasure_answers.shown))
    assert await redrawn(house) == ([mine], [mine])
    assert len(house.courier.removed) == 1, "their card alone"
