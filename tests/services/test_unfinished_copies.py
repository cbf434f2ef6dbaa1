"""Copies whose posting was cut off, or whose deletion does not succeed at once."""

from collections.abc import Callable

import pytest

from bot.chat.responses.first_response import TOKEN_LIFE
from bot.domain.errors import CardBarred, CourierUnavailable, NotPossibleNow
from bot.domain.ids import InteractionId, LeftMessageId, MessageId
from bot.domain.job import Job
from bot.domain.request import PictureLocation
from bot.store.pictures import left_messages
from tests.builders import CHANNEL, a_new_card
from tests.services.house import House
from tests.services.test_gallery import OWNER

COPY = MessageId(9002)


async def delivered(house: House) -> Job:
    (job,) = await house.until_ended(await house.ask())
    return job


async def begun(house: House, job: Job) -> LeftMessageId:
    there = a_new_card(interaction_id=InteractionId(78), token_expires_at=house.clock.now() + TOKEN_LIFE)
    return await house.services.gallery.begin_copy(job.id, OWNER, there, COPY)


def removed(house: House) -> list[MessageId | None]:
    return [card.message_id for card in house.courier.removed]


async def rows(house: House, job: Job) -> int:
    return len(await house.raw_database.read(left_messages.of_card, job.card_id))


@pytest.mark.parametrize("has_picture", [False, True])
async def test_a_copy_that_a_kill_cut_off_is_deleted_unless_its_picture_came(
    house: House,
    has_picture: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    job = await delivered(house)
    await begun(house, job)
    if has_picture:
        house.courier.fresh[PictureLocation(CHANNEL, COPY)] = "https://cdn.test/copy.png"
    house = await house.restarted()
    await house.advance(TOKEN_LIFE.total_seconds() - 120)
    assert removed(house) == []
    await house.advance(300)
    assert removed(house) == ([] if has_picture else [COPY])
    assert await rows(house, job) == (1 if has_picture else 0)
    await house.close()


async def test_of_a_picture_that_is_taken_down_no_copy_is_begun(house: House) -> None:
    job = await delivered(house)
    await house.services.gallery.delete([job.id], OWNER)
    with pytest.raises(NotPossibleNow):
        await begun(house, job)


@pytest.mark.parametrize("trouble", [CourierUnavailable, CardBarred])
async def test_a_copy_is_deleted_later_if_it_cannot_be_at_once(
    house: House, trouble: Callable[[], Exception]
) -> None:
    job = await delivered(house)
    await house.services.gallery.copy_shown(await begun(house, job))
    house.courier.troubles[COPY] = trouble()
    await house.services.gallery.delete([job.id], OWNER)
    await house.advance(120)
    assert COPY not in removed(house)
    house.courier.troubles.clear()
    await house.advance(7 * 3600)
    assert removed(house).count(COPY) == 1
    assert await rows(house, job) == 0
