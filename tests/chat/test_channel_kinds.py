"""Every kind of channel in which members write, from voice channels to the posts of a forum."""

from collections.abc import Callable

import pytest

from bot.domain.ids import ChannelId
from standins.fake_discord.asks import ClientRefusedError
from standins.fake_discord.model import Channel, ChannelKind
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.rules_components import CHANNEL_SELECT
from standins.fake_discord.world import World
from tests.chat.studio import Studio, text_of

Place = Callable[[World], Channel]


def channel(kind: ChannelKind) -> Place:
    return lambda world: world.add_channel(world.guild("Lantern Studio"), "place", kind)


def thread(parent: ChannelKind, kind: ChannelKind) -> Place:
    return lambda world: world.add_thread(channel(parent)(world), "post", kind)


PLACES: dict[str, Place] = {
    "voice channel": channel(ChannelKind.VOICE),
    "stage channel": channel(ChannelKind.STAGE),
    "announcement channel": channel(ChannelKind.ANNOUNCEMENT),
    "thread of an announcement": thread(ChannelKind.ANNOUNCEMENT, ChannelKind.ANNOUNCEMENT_THREAD),
    "private thread": thread(ChannelKind.TEXT, ChannelKind.PRIVATE_THREAD),
    "post of a forum": thread(ChannelKind.FORUM, ChannelKind.PUBLIC_THREAD),
    "post of a media channel": thread(ChannelKind.MEDIA, ChannelKind.PUBLIC_THREAD),
}
everywhere = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


@everywhere
async def test_pictures_are_made_and_edited_in_every_kind_of_channel(studio: Studio, place: Place) -> None:
    there = place(studio.world)
    ada = studio.person("ada")
    card = await studio.picture(await ada.slash(there, "imagine", prompt="a fox").message())
    modal = await ada.press(card, "Edit").modal()
    edit = await ada.submit(modal, {"What should change?": "make it night"}).message()
    await studio.picture(edit)
    ada.say(there, "@Lantern make it day", reply_to=card)
    await studio.until(lambda: len(studio.provider.accepted) == 3)
    answer = next(one for one in studio.sent_by_bot() if one not in (card, edit))
    await studio.picture(answer)


@everywhere
async def test_after_the_token_the_card_is_still_edited(studio: Studio, place: Place) -> None:
    there = place(studio.world)
    studio.provider.seconds = 30
    card = await studio.person("ada").slash(there, "imagine", prompt="a fox").message()
    studio.discord.faults.expire_tokens()
    await studio.picture(card)


@everywhere
async def test_a_new_message_comes_where_the_card_cannot_be_edited(studio: Studio, place: Place) -> None:
    there = place(studio.world)
    studio.provider.seconds = 30
    card = await studio.person("ada").slash(there, "imagine", prompt="a fox").message()
    studio.lock(card)
    await studio.until(lambda: any(one.attachments for one in studio.sent_by_bot()))


@everywhere
async def test_what_an_admin_allows_in_a_channel_holds_in_it(studio: Studio, place: Place) -> None:
    there = place(studio.world)
    root, otto, ada = there.parent or there, studio.person("otto"), studio.person("ada")
    panel = await otto.slash("pictures", "config channels").message()
    if root.kind is not ChannelKind.MEDIA:  # which Discord's lists do not offer to applications
        await otto.choose(panel, "Allow only these channels …", [str(root.id)]).answer()
    else:
        await studio.services.administration.set_channels(
            studio.guild_id(), studio.member_id("otto"), [ChannelId(root.id)]
        )
    await studio.picture(await ada.slash(there, "imagine", prompt="a fox").message())
    refused = await ada.slash("pictures", "imagine", prompt="a fox").message()
    assert f"<#{root.id}>" in text_of(refused)
    checked = await otto.slash("pictures", "config check").message()
    assert f"<#{root.id}>" in text_of(checked)
    assert "⚠️" not in text_of(checked)


@pytest.mark.parametrize("kind", [ChannelKind.FORUM, ChannelKind.MEDIA])
async def test_in_a_forum_the_bot_begins_no_posts(studio: Studio, kind: ChannelKind) -> None:
    """There, Send Messages means to begin a post."""
    forum = studio.world.add_channel(studio.world.guild("Lantern Studio"), "forum", kind)
    studio.world.set_overwrite(forum, everyone_role(forum.guild), deny=Permissions.SEND_MESSAGES)
    by = studio.guild_id(), studio.member_id("otto")
    await studio.services.administration.set_channels(*by, [ChannelId(forum.id)])
    there = studio.world.add_thread(forum, "post")
    await studio.picture(await studio.person("ada").slash(there, "imagine", prompt="a fox").message())
    checked = await studio.person("otto").slash("pictures", "config check").message()
    assert f"<#{forum.id}>" in text_of(checked)
    assert "⚠️" not in text_of(checked)


@pytest.mark.parametrize("command", ["config log", "config feed"])
@pytest.mark.parametrize("kind", ChannelKind)
async def test_only_channels_that_take_posts_are_chosen_for_posts(
    studio: Studio, command: str, kind: ChannelKind
) -> None:
    """A forum holds nothing but threads: each post there would be refused."""
    place = studio.world.add_channel(studio.world.guild("Lantern Studio"), "place", kind)
    panel = await studio.person("otto").slash("pictures", command).message()
    pickers = [part for part in panel.parts() if part["type"] == CHANNEL_SELECT]
    assert pickers
    for picker in pickers:
        if kind in (ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT):
            await studio.person("otto").choose(panel, picker["custom_id"], [str(place.id)]).answer()
            await studio.until(lambda: "✅ Saved" in text_of(panel))
            continue
        with pytest.raises(ClientRefusedError):
            studio.person("otto").choose(panel, picker["custom_id"], [str(place.id)])
        picker.pop("channel_types")  # as in a panel from before an update
        answer = await studio.person("otto").choose(panel, picker["custom_id"], [str(place.id)]).message()
        assert answer is not panel
    choices = (await studio.services.administration.settings(studio.guild_id())).choices
    chosen = {choices.log_channel_id, choices.feed_channel_id, choices.moderation_channel_id} - {None}
    assert chosen == ({place.id} if kind in (ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT) else set())
