"""Messages for moderators and of the feed whose answers were lost, while their member's data are deleted."""

import pytest

from bot.domain.errors import CourierUnavailable
from bot.domain.ids import MessageId
from tests.builders import CHANNEL, GUILD, MEMBER
from tests.services.house import House
from tests.services.test_erasures import MODERATOR, OTHER, asked, delete, found_of


@pytest.mark.parametrize("is_feed", [True, False])
async def test_a_message_whose_answer_was_lost_is_found_and_taken_down(
    house: House, *, is_feed: bool
) -> None:
    services, lost = house.services, house.moderator_channel.lost_answers
    if is_feed:
        await services.administration.set_feed_channel(GUILD, MODERATOR, CHANNEL)
        lost.append(CourierUnavailable())
    (job,) = await house.until_ended(await house.ask(member=MEMBER))
    if not is_feed:
        await services.administration.set_moderation_channel(GUILD, MODERATOR, CHANNEL)
        lost.append(CourierUnavailable())
        await services.complaints.report(job.id, GUILD, OTHER, "I do not like it")
    await house.until(lambda: not lost)
    await delete(house, MEMBER, takes_down=True)
    taken_down = {card.message_id for card in house.courier.removed}
    assert (MessageId(80_000) if is_feed else MessageId(70_000)) in taken_down
    assert await found_of(house, MEMBER) == []


async def test_what_is_not_posted_yet_when_the_deletion_begins_is_never_posted(house: House) -> None:
    (job,) = await house.until_ended(await house.ask(member=MEMBER))
    await house.services.complaints.report(job.id, GUILD, OTHER, "I do not like it")
    house.courier.on_remove += [CourierUnavailable()] * 3
    await house.services.erasures.begin(asked(house, MEMBER, takes_down=True))
    await house.until(lambda: len(house.courier.on_remove) == 1)
    await house.services.administration.set_moderation_channel(GUILD, MODERATOR, CHANNEL)
    await house.until(lambda: bool(house.erasure_answers.shown))
    assert house.moderator_channel.shown == {}
