"""Servers that let pictures be made only in age-restricted channels: every door says where to go."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.ids import ChannelId
from standins.fake_discord.asks import Ask
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, job_id_of, labels, text_of
from tests.chat.test_doors import DOORS
from tests.chat.test_jobs import listed, panel, post

REFUSED = "only in age-restricted channels"


async def restrict(studio: Studio, *, is_on: bool = True) -> None:
    await studio.services.administration.set_age(studio.guild_id(), studio.member_id("otto"), is_on=is_on)


async def asked(studio: Studio, channel: str, who: str = "ada") -> Message:
    return await studio.person(who).slash(channel, "imagine", prompt="a fox").message()


@pytest.mark.parametrize("door", DOORS, ids=lambda door: str(door.__name__))
async def test_no_door_leads_to_a_picture_elsewhere(
    studio: Studio, door: Callable[[Studio, Message], Awaitable[Ask]]
) -> None:
    first = await studio.imagine()
    await restrict(studio)
    refusal = await (await door(studio, first)).message()
    assert refusal.is_ephemeral
    assert f"{REFUSED}. Try <#{studio.world.channel('after-dark').id}>" in text_of(refusal)
    assert len(studio.asked) == 1
    await restrict(studio, is_on=False)
    studio.clock.pass_by(10)  # a second press is not the first one again
    await studio.picture(await (await door(studio, first)).message())


async def test_a_reply_leads_to_none_either(studio: Studio) -> None:
    first = await studio.imagine()
    await restrict(studio)
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    await studio.until(lambda: any(one.reply_to_id == said.id for one in studio.sent_by_bot()))
    (refusal,) = [one for one in studio.sent_by_bot() if one.reply_to_id == said.id]
    assert REFUSED in text_of(refusal)
    assert len(studio.asked) == 1


async def test_nor_may_a_picture_be_posted_there_again(studio: Studio) -> None:
    picture = str(job_id_of(await studio.imagine()))
    await restrict(studio)
    refused = await post(studio, await panel(studio, await listed(studio), picture))
    assert refused.is_ephemeral
    assert REFUSED in text_of(refused)
    there = await panel(studio, await listed(studio, channel="after-dark"), picture)
    studio.clock.pass_by(10)  # a second press is not the first one again
    await studio.picture(await post(studio, there))


async def test_age_restricted_channels_and_their_threads_make_pictures(studio: Studio) -> None:
    await restrict(studio)
    await studio.picture(await asked(studio, "after-dark"))
    thread = studio.world.add_thread(studio.world.channel("after-dark"), "whispers")
    await studio.picture(await asked(studio, thread.name))
    assert REFUSED in text_of(await asked(studio, "night scenes"))


async def test_a_channel_that_becomes_age_restricted_counts_at_once_and_one_that_is_no_more_too(
    studio: Studio,
) -> None:
    await restrict(studio)
    assert REFUSED in text_of(await asked(studio, "pictures"))
    studio.world.set_age_restricted(studio.world.channel("pictures"), is_on=True)
    await studio.picture(await asked(studio, "pictures"))
    studio.world.set_age_restricted(studio.world.channel("pictures"), is_on=False)
    assert REFUSED in text_of(await asked(studio, "pictures"))


async def test_only_channels_that_the_member_sees_and_the_server_allows_are_named(studio: Studio) -> None:
    await restrict(studio)
    dark = studio.world.channel("after-dark")
    only_here = [ChannelId(studio.world.channel("pictures").id)]
    await studio.services.administration.set_channels(studio.guild_id(), studio.member_id("otto"), only_here)
    assert "Ask the admins" in text_of(await asked(studio, "pictures"))
    await studio.services.administration.set_channels(studio.guild_id(), studio.member_id("otto"), [])
    studio.world.set_overwrite(dark, everyone_role(dark.guild), deny=Permissions.VIEW_CHANNEL)
    await studio.eventually(lambda: is_said(studio, "Ask the admins"))


async def is_said(studio: Studio, words: str) -> bool:
    return words in text_of(await asked(studio, "pictures"))


async def test_while_discord_does_not_say_nothing_is_made(studio: Studio) -> None:
    await restrict(studio)
    studio.chat.context.servers.forget_all()
    studio.discord.faults.add("GET /guilds/*", status=503, times=50)
    assert REFUSED not in text_of(await asked(studio, "after-dark"))
    assert studio.asked == []


async def test_usage_says_so_and_other_servers_are_not_asked(studio: Studio) -> None:
    await restrict(studio)
    usage = await studio.person("ada").slash("pictures", "usage").message()
    assert REFUSED in text_of(usage)
    await studio.picture(await studio.person("zoe").slash("lounge", "imagine", prompt="a fox").message())


async def test_it_is_switched_in_the_panel_and_by_command_and_recorded(studio: Studio) -> None:
    otto = studio.person("otto")
    panel = await otto.slash("pictures", "config channels").message()
    await otto.press(panel, "Only age-restricted channels").answer()
    await studio.until(lambda: "Allow other channels" in labels(panel))
    assert f"Saved: images can be generated {REFUSED}." in text_of(panel)
    assert "Only in age-restricted channels." in text_of(
        await otto.slash("pictures", "config show").message()
    )
    saved = await otto.slash("pictures", "config channels", age_restricted=False).message()
    assert "need not be age-restricted" in text_of(saved)
    log = await otto.slash("pictures", "review audit").message()
    assert "Only age-restricted channels: on → **off**" in text_of(log)
