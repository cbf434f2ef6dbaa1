"""`servers`, `leave`, `block` and `unblock`, while the bot runs between both stand-ins."""

import asyncio
from collections.abc import Callable

import pytest

from bot.cli import servers
from bot.domain.errors import OperatorError
from bot.settings import Settings, load_settings
from standins.fake_discord.model import Message
from tests import machine
from tests.chat.conftest import addresses
from tests.journeys.town import Town, text_of

__all__ = ["addresses"]

pytestmark = pytest.mark.usefixtures("addresses")
Say = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Say:
    """What the commands have printed since it was last asked."""
    return lambda: capsys.readouterr().out


def settings_of(town: Town, **more: str) -> Settings:
    env_file = town.folder / "operator.env"
    names = town.environment(**more)
    env_file.write_text("".join(f"{name}={value}\n" for name, value in names.items()))
    return load_settings(env_file)


async def asked(town: Town, name: str = "ada") -> Message:
    return await town.person(name).slash("pictures", "imagine", prompt="a lighthouse").message()


async def test_whoever_is_blocked_is_refused_at_once_until_the_block_is_taken_back(
    own_town: Town, said: Say
) -> None:
    settings, ada = settings_of(own_town), own_town.world.user("ada").id
    await servers.block(settings, ada, "not *again*, please")
    refused = await asked(own_town)
    assert refused.is_ephemeral
    assert "blocked you" in text_of(refused)
    assert "again" in text_of(refused)
    await own_town.until_picture(await asked(own_town, "otto"))
    await servers.servers(settings)
    assert f"{ada} not *again*, please" in said()
    await servers.unblock(settings, ada)
    await own_town.until_picture(await asked(own_town))
    with pytest.raises(OperatorError, match="is not blocked"):
        await servers.unblock(settings, ada)


async def test_a_block_for_a_while_says_until_when_and_is_listed(own_town: Town, said: Say) -> None:
    settings, ada = settings_of(own_town), own_town.world.user("ada").id
    await servers.blocked(settings)
    assert said() == "There are no blocks.\n"
    await servers.block(settings, ada, "calm down", "7d")
    assert "is blocked in all servers until 2" in said()
    refused = text_of(await asked(own_town))
    assert "blocked you" in refused
    assert "Until <t:" in refused
    await servers.blocked(settings)
    line = said()
    assert line.count("UTC") == 2
    assert f"{ada} calm down" in line
    await servers.unblock(settings, ada)
    await own_town.until_picture(await asked(own_town))


@pytest.mark.parametrize("length", ["soon", "", "30min", "11y", "-1d"])
async def test_a_length_that_cannot_be_is_refused_and_blocks_nobody(
    own_town: Town, said: Say, length: str
) -> None:
    settings = settings_of(own_town)
    with pytest.raises(OperatorError, match="--for"):
        await servers.block(settings, 5, "", length)
    await servers.blocked(settings)
    assert said() == "There are no blocks.\n"


async def test_what_waits_is_cancelled_on_its_card(closed_town: Town, said: Say) -> None:
    town = closed_town
    town.segmind.latency = 20.0
    await town.open(SEGMIND_REQUESTS_PER_MINUTE="1", SEGMIND_POLLS_COUNT="false")
    await asked(town, "otto")
    await town.until_asked("submit")
    waiting = await asked(town)
    await servers.block(settings_of(town), town.world.user("ada").id, "")
    assert "Waiting pictures cancelled: 1." in said()
    await town.until_text(waiting, "cancelled", within_seconds=90)
    assert len(town.bills) == 1


async def test_servers_are_listed_with_what_they_cost(own_town: Town, said: Say) -> None:
    await own_town.until_picture(await asked(own_town))
    await servers.servers(settings_of(own_town))
    studio = own_town.world.guild("Lantern Studio")
    headings, first, *others = said().splitlines()
    assert headings.split() == ["Server", "Pictures", "USD", "This", "month", "Name"]
    assert first.split() == [str(studio.id), "1", "0.05", "0.05", "Lantern", "Studio"]
    assert [line.split()[1:4] for line in others] == [["0", "0.00", "0.00"]]


async def test_without_discord_the_numbers_are_listed_all_the_same(own_town: Town, said: Say) -> None:
    await own_town.until_picture(await asked(own_town))
    await servers.servers(settings_of(own_town, DISCORD_TOKEN="wrong.token.here"))
    printed = said()
    assert "Names are missing: Discord refuses the token" in printed
    assert "0.05" in printed


async def test_a_server_is_left(own_town: Town, said: Say) -> None:
    studio = own_town.world.guild("Lantern Studio")
    await servers.leave(settings_of(own_town), studio.id)
    assert "has left" in said()
    assert own_town.world.app.user.id not in studio.members
    with pytest.raises(OperatorError, match="not in a server"):
        await servers.leave(settings_of(own_town), 12345)


async def test_on_postgresql_too(closed_town: Town, said: Say) -> None:
    with machine.fresh_postgres_database() as url:
        await closed_town.open(DATABASE_URL=url)
        settings = settings_of(closed_town, DATABASE_URL=url)
        await servers.block(settings, closed_town.world.user("ada").id, "")
        assert (await asked(closed_town)).is_ephemeral
        await servers.servers(settings)
        assert "Blocked since" in said()
        await closed_town.bot.stop()


@pytest.mark.parametrize("id_", ["0", "-1", "9" * 30, "ada"])
async def test_what_is_no_id_is_refused_in_words(id_: str) -> None:
    from bot.__main__ import main

    with pytest.raises(SystemExit) as ended:
        await asyncio.to_thread(main, ["block", id_])
    assert ended.value.code == 2
