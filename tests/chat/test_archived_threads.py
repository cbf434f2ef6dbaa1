"""Posts of forums that Discord has archived, as it does when nobody writes there for days: what is taken from
people's eyes goes from there as well, although no message can be edited there.
"""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.ids import JobId
from standins.fake_discord.model import Channel, ChannelKind, Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, job_id_of, text_of
from tests.chat.test_complaints import report

Act = Callable[[Studio, Message, JobId], Awaitable[None]]


async def removed_by_a_moderator(studio: Studio, _: Message, job_id: JobId) -> None:
    await studio.services.moderation.remove(job_id, studio.guild_id(), studio.member_id("mia"), "spam")


async def hidden_by_reports(studio: Studio, card: Message, _: JobId) -> None:
    await studio.services.administration.set_hiding(studio.guild_id(), studio.member_id("otto"), 1)
    await report(studio, card)


async def deleted_by_its_member(studio: Studio, card: Message, _: JobId) -> None:
    question = await studio.person("ada").press(card, "Delete").message()
    await studio.person("ada").press(question, "Delete image").answer()


async def deleted_with_all_data(studio: Studio, _: Message, __: JobId) -> None:
    question = await studio.person("ada").slash("pictures", "privacy delete").message()
    await studio.person("ada").press(question, "Delete my data and images").answer()
    await studio.until(lambda: "Your data is deleted" in text_of(question))
    assert "couldn't" not in text_of(question)


ACTS = (removed_by_a_moderator, hidden_by_reports, deleted_by_its_member, deleted_with_all_data)


@pytest.fixture
def post(studio: Studio) -> Channel:
    forum = studio.world.add_channel(studio.world.guild("Lantern Studio"), "ideas", ChannelKind.FORUM)
    return studio.world.add_thread(forum, "a post", ChannelKind.PUBLIC_THREAD)


async def card_in(studio: Studio, post: Channel, *, is_locked: bool) -> Message:
    card = await studio.picture(await studio.person("ada").slash(post, "imagine", prompt="a fox").message())
    studio.discord.faults.expire_tokens()
    studio.world.set_archived(post, archived=True, locked=is_locked)
    return card


def is_seen(card: Message) -> bool:
    return bool(card.attachments) and not card.is_deleted


@pytest.mark.parametrize("act", ACTS, ids=lambda act: str(act.__name__))
@pytest.mark.parametrize("is_locked", [False, True], ids=["archived", "locked"])
async def test_what_is_taken_away_goes_from_an_archived_post(
    studio: Studio, post: Channel, act: Act, *, is_locked: bool
) -> None:
    card = await card_in(studio, post, is_locked=is_locked)
    if is_locked:
        everyone_role(post.guild).permissions |= Permissions.MANAGE_THREADS
    await act(studio, card, JobId(job_id_of(card)))
    await studio.until(lambda: not is_seen(card))
    assert post.is_locked is is_locked
