"""What members and moderators may do with requests that exist, and what nobody may."""

from dataclasses import replace

import pytest

from bot.domain.access import Actor
from bot.domain.errors import CourierUnavailable, JobUnknown, NotPossibleNow, NotYours
from bot.domain.ids import CardId, ChannelId, GuildId, JobId, MemberId
from bot.domain.job import JobState
from tests.builders import CHANNEL, GUILD, MEMBER, a_request
from tests.services.house import House

OWNER = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER, is_moderator=False)
OTHER = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MemberId(MEMBER + 1), is_moderator=False)
MODERATOR = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MemberId(MEMBER + 2), is_moderator=True)
ELSEWHERE = Actor(guild_id=GuildId(GUILD + 1), channel_id=CHANNEL, member_id=MEMBER, is_moderator=True)


async def test_the_owner_cancels_what_has_not_been_sent(house: House) -> None:
    house.services.account.pacer.pause(600)
    view = await house.ask(a_request(count=2))
    await house.advance(10)
    after = await house.services.gallery.cancel(view.card.id, OWNER)
    assert [job.state for job in after.jobs] == [JobState.CANCELLED] * 2
    assert house.services.account.pacer.places() == {}
    await house.advance(1200)
    assert house.provider.submits == 0


async def test_a_cancelled_picture_does_not_count(house: House) -> None:
    view = await house.admit()
    after = await house.services.gallery.cancel(view.card.id, OWNER)
    assert not after.jobs[0].state.counts


async def test_what_is_being_made_cannot_be_cancelled(house: House) -> None:
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    with pytest.raises(NotPossibleNow):
        await house.services.gallery.cancel(view.card.id, OWNER)


@pytest.mark.parametrize("actor", [OTHER, MODERATOR])
async def test_only_owners_cancel(house: House, actor: Actor) -> None:
    view = await house.admit()
    with pytest.raises(NotYours):
        await house.services.gallery.cancel(view.card.id, actor)


@pytest.mark.parametrize("actor", [OWNER, MODERATOR])
async def test_owners_and_moderators_take_pictures_down(house: House, actor: Actor) -> None:
    view = await house.ask(a_request(count=2))
    first, second = await house.until_ended(view)
    after = await house.services.gallery.delete([first.id], actor)
    assert [job.deleted_at is not None for job in after.jobs] == [True, False]
    assert not house.courier.removed
    await house.services.gallery.delete([second.id], actor)
    assert [card.id for card in house.courier.removed] == [view.card.id]


async def test_what_is_taken_down_while_discord_is_away_disappears_later(house: House) -> None:
    view = await house.ask(a_request(count=2))
    first, second = await house.until_ended(view)
    house.courier.on_show += [CourierUnavailable(), CourierUnavailable()]
    after = await house.services.gallery.delete([first.id], OWNER)
    assert after.jobs[0].deleted_at is not None
    await house.until(lambda: house.courier.shown[view.card.id].jobs[0].deleted_at is not None)
    house.courier.on_remove.append(CourierUnavailable())
    await house.services.gallery.delete([second.id], OWNER)
    await house.until(lambda: [card.id for card in house.courier.removed] == [view.card.id])


async def test_a_picture_taken_down_still_counts(house: House) -> None:
    view = await house.ask()
    (job,) = await house.until_ended(view)
    after = await house.services.gallery.delete([job.id], OWNER)
    assert after.jobs[0].state.counts


async def test_others_do_not_take_pictures_down(house: House) -> None:
    (job,) = await house.until_ended(await house.ask())
    with pytest.raises(NotYours):
        await house.services.gallery.delete([job.id], OTHER)


async def test_moderators_take_down_what_stands_in_their_channel_alone(house: House) -> None:
    (here,) = await house.until_ended(await house.ask())
    (private,) = await house.until_ended(await house.ask(is_private=True))
    elsewhere = replace(MODERATOR, channel_id=ChannelId(CHANNEL + 1))
    for job, actor in ((here, elsewhere), (private, MODERATOR), (private, elsewhere)):
        with pytest.raises(JobUnknown):
            await house.services.gallery.delete([job.id], actor)
    owner = replace(OWNER, channel_id=ChannelId(CHANNEL + 1))
    for job in (here, private):
        assert (await house.services.gallery.delete([job.id], owner)).jobs[0].deleted_at is not None


async def test_of_another_server_nothing_is_known(house: House) -> None:
    view = await house.ask()
    (job,) = await house.until_ended(view)
    gallery = house.services.gallery
    for attempt in (
        gallery.view(view.card.id, ELSEWHERE.guild_id),
        gallery.job(job.id, ELSEWHERE.guild_id),
        gallery.history(job.id, ELSEWHERE.guild_id),
        gallery.picture(job.id, ELSEWHERE.guild_id, 10**7).__aenter__(),
        gallery.cancel(view.card.id, ELSEWHERE),
        gallery.delete([job.id], ELSEWHERE),
    ):
        with pytest.raises(JobUnknown):
            await attempt
    message_id = house.courier.shown[view.card.id].card.message_id
    assert message_id is not None
    assert await gallery.jobs_of_message(CHANNEL, message_id, ELSEWHERE.guild_id) == []
    assert await gallery.jobs_of_message(CHANNEL, message_id, GUILD) != []


async def test_what_never_was_is_unknown(house: House) -> None:
    gallery = house.services.gallery
    for attempt in (
        gallery.view(CardId(10**9), GUILD),
        gallery.job(JobId(10**9), GUILD),
        gallery.delete([], OWNER),
    ):
        with pytest.raises(JobUnknown):
            await attempt


async def test_recent_shows_ones_own_newest_first(house: House) -> None:
    first = await house.admit()
    second = await house.admit()
    await house.admit(member=OTHER.member_id)
    found = await house.services.gallery.recent(GUILD, MEMBER, limit=10)
    assert [job.card_id for job in found] == [second.card.id, first.card.id]
