"""Servers that remove the bot, as the gateway tells it, or as its list of servers does after a start."""

import pytest

from bot.domain.ids import GuildId
from bot.store.privacy import departures
from bot.store.servers import server_settings
from standins.fake_discord.model import Guild
from tests.chat.studio import FORGET_SERVERS_AFTER, Studio

CLUB = "Harbour Club"


async def waiting(studio: Studio) -> set[GuildId]:
    found: set[GuildId] = await studio.database.read(departures.waiting)
    return found


async def has_settings(studio: Studio, club: Guild) -> bool:
    """It has a budget, since it has chosen one."""
    choices = await studio.database.read(server_settings.get, GuildId(club.id))
    return choices.budget_microusd is not None


@pytest.fixture
async def club(studio: Studio) -> Guild:
    """A server that has chosen something."""
    await studio.services.administration.set_budget(
        studio.guild_id(CLUB), studio.member_id("max"), 25_000_000
    )
    return studio.world.guild(CLUB)


async def forget(studio: Studio) -> None:
    studio.clock.pass_by(FORGET_SERVERS_AFTER.total_seconds() + 60)
    await studio.departures.forget_the_gone()


async def test_a_server_that_removes_the_bot_is_forgotten_after_thirty_days(
    studio: Studio, club: Guild
) -> None:
    studio.world.remove_app(club)
    await studio.eventually(lambda: waiting(studio))
    assert await waiting(studio) == {club.id}
    await studio.departures.forget_the_gone()
    assert await has_settings(studio, club)
    await forget(studio)
    assert not await has_settings(studio, club)


async def test_one_that_adds_it_again_is_not(studio: Studio, club: Guild) -> None:
    studio.world.remove_app(club)
    await studio.eventually(lambda: waiting(studio))
    studio.world.add_app(club)
    await studio.eventually(lambda: is_back(studio))
    await forget(studio)
    assert await has_settings(studio, club)


async def is_back(studio: Studio) -> bool:
    return not await waiting(studio)


async def test_an_outage_is_no_departure(studio: Studio, club: Guild) -> None:
    told = {"id": str(club.id), "unavailable": True}
    studio.discord.faults.send_malformed({"op": 0, "t": "GUILD_DELETE", "s": None, "d": told})
    await studio.person("otto").slash("general", "help").message()
    assert await waiting(studio) == set()


@pytest.mark.parametrize("holds_guilds_back", [False, True])
async def test_what_happened_while_the_bot_was_off_is_noticed_at_the_start(
    studio: Studio,
    club: Guild,
    holds_guilds_back: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    studio.discord.gateway.holds_guilds_back = holds_guilds_back
    await studio.close()
    await studio.world.until(lambda _: not studio.discord.is_connected)
    studio.world.remove_app(club)
    await studio.open()
    await studio.eventually(lambda: waiting(studio))
    assert await waiting(studio) == {club.id}
    await studio.close()
    await studio.world.until(lambda _: not studio.discord.is_connected)
    studio.world.add_app(club)
    await studio.open()
    await studio.eventually(lambda: is_back(studio))
    assert await has_settings(studio, club)
