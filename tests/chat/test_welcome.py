"""The welcome: one message where the bot may write, with a button for those who may change settings."""

from dataclasses import replace

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.limits import LimitField, OperatorLimits
from bot.store.servers import welcomes
from standins.fake_discord.model import Channel, Guild, Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, labels, text_of

CLUB = "Harbour Club"


@pytest.fixture(autouse=True)
async def began(studio: Studio) -> None:
    """The clocks of the bot and of Discord differ here."""
    await studio.database.write(welcomes.begin_again, at=studio.world.clock.now())


def kicked(studio: Studio) -> Guild:
    guild = studio.world.guild(CLUB)
    studio.world.remove_app(guild)
    return guild


async def added(studio: Studio, guild: Guild | None = None) -> Message:
    """The first message in a server to which the bot was just added."""
    guild = guild or kicked(studio)
    studio.world.add_app(guild)
    await studio.until(lambda: welcomes_in(studio, guild))
    return welcomes_in(studio, guild)[-1]


def welcomes_in(studio: Studio, guild: Guild) -> list[Message]:
    return [one for one in studio.sent_by_bot() if one.channel.guild is guild and "Hello!" in text_of(one)]


def locked(studio: Studio, channel: Channel) -> None:
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.SEND_MESSAGES)


async def test_it_says_what_the_bot_does_what_it_costs_and_which_limits_hold(studio: Studio) -> None:
    message = await added(studio)
    assert "/imagine" in text_of(message)
    assert "One image costs about $0.05" in text_of(message)
    assert "No budget set." in text_of(message)
    assert "No limits are set." in text_of(message)
    assert labels(message) == ["Server settings"]


async def test_it_names_limits_and_budget_that_are_in_force(studio: Studio) -> None:
    studio.limits = OperatorLimits(per_day=20, running=2)
    await studio.restart()
    club = studio.guild_id(CLUB)
    guild = kicked(studio)
    admin, by = studio.services.administration, studio.member_id("max")
    await admin.set_budget(club, by, 25_000_000)
    await admin.set_limits(club, by, RuleSubject.everyone(club), {LimitField.PER_HOUR: 3})
    message = await added(studio, guild)
    assert "**$25.00** per month." in text_of(message)
    assert "Each member can generate: **2 at once, 3 per hour, 20 per day**." in text_of(message)


async def test_a_start_a_new_connection_and_an_outage_are_no_reason_for_one(studio: Studio) -> None:
    message = await added(studio)
    await studio.restart()
    studio.discord.faults.invalidate_sessions()
    await studio.until(lambda: not studio.discord.is_connected)
    await studio.discord.connected()
    await studio.imagine()
    assert welcomes_in(studio, message.channel.guild) == [message]
    assert welcomes_in(studio, studio.world.guild("Lantern Studio")) == []


async def test_added_again_it_welcomes_again(studio: Studio) -> None:
    message = await added(studio)
    guild = message.channel.guild
    studio.world.remove_app(guild)
    studio.world.add_app(guild)
    await studio.until(lambda: len(welcomes_in(studio, guild)) > 1)
    assert len(welcomes_in(studio, guild)) == 2


async def test_it_stands_in_the_channel_for_discords_own_messages(studio: Studio) -> None:
    guild = kicked(studio)
    guild.system_channel = studio.world.add_channel(guild, "arrivals")
    assert (await added(studio, guild)).channel.name == "arrivals"


async def test_otherwise_it_stands_in_the_first_channel_where_the_bot_may_write(studio: Studio) -> None:
    guild = kicked(studio)
    guild.system_channel = studio.world.add_channel(guild, "arrivals")
    bar = studio.world.add_channel(guild, "bar")
    for name in ("lounge", "arrivals"):
        locked(studio, next(one for one in guild.channels.values() if one.name == name))
    assert (await added(studio, guild)).channel is bar


async def test_where_it_may_write_nowhere_it_is_silent_and_works(studio: Studio) -> None:
    guild = kicked(studio)
    for channel in guild.channels.values():
        locked(studio, channel)
    studio.world.add_app(guild)
    help_ = await studio.person("zoe").slash(next(iter(guild.channels.values())), "help").message()
    assert "How to use the bot" in text_of(help_)
    assert [one for one in studio.sent_by_bot() if not one.is_ephemeral] == []


async def test_it_speaks_the_language_of_the_server(studio: Studio) -> None:
    guild = kicked(studio)
    guild.locale = "de"
    studio.world.add_app(guild)
    await studio.until(lambda: [one for one in studio.sent_by_bot() if one.channel.guild is guild])
    assert "Hallo!" in text_of(studio.sent_by_bot()[-1])


async def test_its_button_opens_the_settings_for_who_may_change_them_and_for_nobody_else(
    studio: Studio,
) -> None:
    message = await added(studio)
    panel = await studio.person("max").press(message, "Server settings").message()
    assert panel.is_ephemeral
    assert "Server settings" in text_of(panel)
    refused = await studio.person("zoe").press(message, "Server settings").message()
    assert refused.is_ephemeral
    assert "Manage Server" in text_of(refused)
    assert "Hello!" in text_of(message)


async def test_a_server_that_is_not_served_gets_none(studio: Studio) -> None:
    guild = kicked(studio)
    studio.settings = replace(
        studio.settings, served_guild_ids=frozenset({studio.world.guild("Lantern Studio").id})
    )
    await studio.restart()
    studio.world.add_app(guild)
    await studio.imagine()
    assert welcomes_in(studio, guild) == []


async def test_a_welcome_whose_answer_got_lost_is_not_posted_twice(studio: Studio) -> None:
    guild = kicked(studio)
    studio.discord.faults.add("POST /channels/*", status=500, times=1, after_doing=True)
    message = await added(studio, guild)
    await studio.imagine()
    assert welcomes_in(studio, guild) == [message]
