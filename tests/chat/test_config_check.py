"""/config check: what is lacking where, in the channels for images and in the log channel."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.services.admins.administration import Administration
from standins.fake_discord.model import ChannelKind
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, text_of
from tests.chat.test_config import config


async def test_the_check_names_what_is_lacking_where(studio: Studio) -> None:
    general, pictures = studio.world.channel("general"), studio.world.channel("pictures")
    await config(studio, "log", channel=general)
    assert text_of(await config(studio, "check")).count("✅") == 2
    studio.world.set_overwrite(general, everyone_role(general.guild), deny=Permissions.EMBED_LINKS)
    studio.world.set_overwrite(pictures, everyone_role(pictures.guild), deny=Permissions.ATTACH_FILES)
    told = text_of(await config(studio, "check"))
    assert f"<#{general.id}>: allow my role **Embed Links**" in told
    assert f"<#{pictures.id}>: allow my role **Attach Files**" in told


async def test_without_chosen_channels_the_check_looks_at_all(studio: Studio) -> None:
    general = studio.world.channel("general")
    studio.world.set_overwrite(general, everyone_role(general.guild), deny=Permissions.ATTACH_FILES)
    told = text_of(await config(studio, "check"))
    assert f"<#{general.id}>: allow my role **Attach Files**" in told


async def test_a_channel_that_the_bot_cannot_see_is_a_problem_only_where_it_is_chosen(studio: Studio) -> None:
    general = studio.world.channel("general")
    studio.world.set_overwrite(general, studio.world.app.user, deny=Permissions.VIEW_CHANNEL)
    assert f"🔒 Hidden from me, so no images there: <#{general.id}>" in text_of(await config(studio, "check"))
    by = studio.guild_id(), studio.member_id("otto")
    await studio.services.administration.set_channels(*by, [ChannelId(general.id)])
    told = text_of(await config(studio, "check"))
    assert f"<#{general.id}>: allow my role **View Channel**" in told
    assert "Hidden" not in told


async def test_channels_with_the_same_problem_share_a_line(studio: Studio) -> None:
    channels = [studio.world.channel(name) for name in ("general", "pictures")]
    for channel in channels:
        studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.ATTACH_FILES)
    told = text_of(await config(studio, "check"))
    assert told.count("**Attach Files**") == 1
    assert all(f"<#{channel.id}>" in told.split(": allow")[0] for channel in channels)


async def test_the_channels_of_moderators_and_of_the_feed_are_checked_too(studio: Studio) -> None:
    by = studio.guild_id(), studio.member_id("otto")
    general = studio.world.channel("general")
    await studio.services.administration.set_feed_channel(*by, ChannelId(general.id))
    await studio.services.administration.set_moderation_channel(*by, ChannelId(general.id))
    told = text_of(await config(studio, "check"))
    assert told.count(f"✅ <#{general.id}>") == 2
    studio.world.set_overwrite(general, everyone_role(general.guild), deny=Permissions.ATTACH_FILES)
    told = text_of(await config(studio, "check"))
    for heading in ("Moderators' channel", "Feed channel"):
        assert f"**{heading}**\n⚠️ <#{general.id}>: allow my role **Attach Files**" in told


Store = Callable[[Administration, GuildId, MemberId, ChannelId], Awaitable[object]]
POSTS: dict[str, Store] = {
    "Log channel": Administration.set_log_channel,
    "Moderators' channel": Administration.set_moderation_channel,
    "Feed channel": Administration.set_feed_channel,
}
FOR_POSTS = {ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT}


@pytest.mark.parametrize("kind", [kind for kind in ChannelKind if not kind.is_thread])
async def test_a_channel_of_a_kind_that_takes_no_posts_is_named(studio: Studio, kind: ChannelKind) -> None:
    """Earlier versions let admins choose it. Pictures are made in all of them."""
    place = studio.world.add_channel(studio.world.guild("Lantern Studio"), "place", kind)
    by, where = (studio.guild_id(), studio.member_id("otto")), ChannelId(place.id)
    for store in POSTS.values():
        await store(studio.services.administration, *by, where)
    await studio.services.administration.set_channels(*by, [where])
    told = text_of(await config(studio, "check"))
    sign = (
        f"✅ <#{place.id}>" if kind in FOR_POSTS else f"⚠️ <#{place.id}>: I cannot use a channel of this kind"
    )
    for heading in POSTS:
        assert f"**{heading}**\n{sign}" in told
    assert f"<#{place.id}>" in told.partition("**Log channel**")[0]
    assert "⚠️" not in told.partition("**Log channel**")[0]
