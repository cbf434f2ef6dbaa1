"""Favourites: each member's own, of pictures that they may see, until these are deleted."""

import pytest

from bot.domain.access import Actor
from bot.domain.errors import JobUnknown, NotPossibleNow
from bot.domain.ids import ChannelId, GuildId, JobId, MemberId
from bot.domain.job import Job
from bot.domain.own_pictures import PictureFilter
from tests.builders import CHANNEL, GUILD, MEMBER, a_request
from tests.services.house import House

OTHER = MemberId(MEMBER + 1)
SIDE = ChannelId(CHANNEL + 1)


def actor(member: MemberId = MEMBER, channel: ChannelId = CHANNEL, guild: GuildId = GUILD) -> Actor:
    return Actor(guild_id=guild, channel_id=channel, member_id=member, is_moderator=True)


async def made(house: House, prompt: str = "a fox", **fields: object) -> Job:
    return (await house.until_ended(await house.ask(a_request(prompt=prompt), **fields)))[0]


async def marked(
    house: House, member: MemberId = MEMBER, seen: tuple[ChannelId, ...] = (CHANNEL, SIDE), words: str = ""
) -> list[str]:
    narrowed = PictureFilter.of(words, only_favourites=True)
    page = await house.services.own_pictures.page(GUILD, member, narrowed, 0, seen)
    assert page.total == len(page.pictures)
    assert page.favourites == {picture.job.id for picture in page.pictures}
    return [picture.job.prompt for picture in page.pictures]


async def test_each_member_has_their_own_the_last_marked_first(house: House) -> None:
    own = house.services.own_pictures
    fox, owl = await made(house, "a fox"), await made(house, "an owl")
    await own.mark(owl.id, actor())
    house.clock.pass_by(1)
    for _ in range(2):
        await own.mark(fox.id, actor())
        house.clock.pass_by(1)
    await own.mark(owl.id, actor(OTHER))
    assert await marked(house) == ["a fox", "an owl"]
    assert await marked(house, OTHER) == ["an owl"]
    await own.unmark(owl.id, MEMBER)
    assert await marked(house) == ["a fox"]
    assert await marked(house, OTHER) == ["an owl"]


async def test_favourites_are_searched_like_others(house: House) -> None:
    own = house.services.own_pictures
    for prompt in ("a red fox", "an owl"):
        await own.mark((await made(house, prompt)).id, actor(OTHER))
    assert await marked(house, OTHER, words="FOX") == ["a red fox"]
    assert await marked(house, OTHER, seen=(), words="fox") == []


async def test_what_cannot_be_seen_cannot_be_marked(house: House) -> None:
    own = house.services.own_pictures
    public, private = await made(house), await made(house, is_private=True)
    waiting = (await house.admit()).jobs[0]
    for job, who in (
        (public.id, actor(OTHER, SIDE)),
        (public.id, actor(guild=GuildId(GUILD + 1))),
        (private.id, actor(OTHER)),
        (JobId(999), actor()),
    ):
        with pytest.raises(JobUnknown):
            await own.mark(job, who)
    with pytest.raises(NotPossibleNow):
        await own.mark(waiting.id, actor())
    await own.mark(private.id, actor(channel=SIDE))
    assert await marked(house) == ["a fox"]
    assert await marked(house, OTHER) == []


async def test_others_pictures_are_listed_only_where_the_member_may_look(house: House) -> None:
    own = house.services.own_pictures
    job = await made(house)
    await own.mark(job.id, actor(OTHER))
    await own.mark(job.id, actor())
    assert await own.favourite_channels(GUILD, OTHER) == {CHANNEL}
    assert await own.favourite_channels(GUILD, MEMBER) == frozenset()
    assert await marked(house, OTHER, seen=(SIDE,)) == []
    assert await marked(house, MEMBER, seen=()) == ["a fox"]
    with pytest.raises(JobUnknown):
        await own.require_favourite(job, OTHER, [SIDE])
    await own.require_favourite(job, OTHER, [CHANNEL])


async def test_a_deleted_picture_is_nobodys_favourite(house: House) -> None:
    own = house.services.own_pictures
    job = await made(house)
    for who in (MEMBER, OTHER):
        await own.mark(job.id, actor(who))
    await house.services.gallery.delete([job.id], actor())
    assert (await marked(house), await marked(house, OTHER)) == ([], [])
    assert not await own.is_favourite(job, OTHER)
    with pytest.raises(NotPossibleNow):
        await own.mark(job.id, actor())


async def test_where_its_message_is_deleted_only_the_owner_keeps_it(house: House) -> None:
    own = house.services.own_pictures
    view = await house.ask(a_request(prompt="a fox"))
    job = (await house.until_ended(view))[0]
    for who in (MEMBER, OTHER):
        await own.mark(job.id, actor(who))
    card = await house.services.gallery.card_of(job)
    assert card.message_id is not None
    await house.services.gone.messages_deleted(CHANNEL, [card.message_id])
    assert (await marked(house), await marked(house, OTHER)) == (["a fox"], [])
    assert not await own.is_favourite(job, OTHER)
