"""A start on Discord's bad days: open pictures go on, Discord is waited for, and a stop is heard."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from standins.fake_discord.dial_faults import DoorState
from standins.fake_discord.faults import Fault
from standins.fake_discord.model import Message
from tests.journeys.fast_town import a_fast_town
from tests.journeys.town import PATIENCE_SECONDS, Town

SPEED = 20.0
LOGIN, COMMANDS = "GET /users/@me", "* /applications/*/commands"
STOPS_WITHIN_SECONDS = 10.0
TURNED_AWAY = "login to Discord failed; will retry"
#: A real hour is as good as for ever here.
FOREVER_SECONDS = 3600.0

Break = Callable[[Town], Fault]

LOGINS: dict[str, Break] = {
    "banned by Cloudflare": lambda town: town.discord.faults.rate_limit(LOGIN, times=None, has_via=False),
    "asked to wait": lambda town: town.discord.faults.rate_limit(LOGIN, times=1, retry_after_seconds=60.0),
    "blocked": lambda town: town.discord.faults.add(LOGIN, status=403, code=40333),
    "blocked without a code": lambda town: town.discord.faults.add(LOGIN, status=403),
    "away": lambda town: town.discord.faults.add(LOGIN, status=503),
    "no connection": lambda town: town.discord.faults.lose_request(LOGIN, times=None),
    "no answer": lambda town: town.discord.faults.slow(LOGIN, seconds=FOREVER_SECONDS),
}


async def imagine(town: Town, who: str = "ada") -> None:
    await town.until_picture(await town.person(who).slash("pictures", "imagine", prompt="a fox").message())


async def in_work(town: Town, prompt: str) -> Message:
    accepted = len(town.bills)
    card = await town.person("ada").slash("pictures", "imagine", prompt=prompt).message()
    await town.until_accepted(accepted + 1)
    return card


async def test_a_discord_that_lets_nobody_in_is_waited_for_while_pictures_go_on(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED) as town:
        for name, spoil in LOGINS.items():
            card = await in_work(town, f"a fox, {name}")
            await town.kill()
            fault = spoil(town)
            await town.relaunch()
            await town.until_logged(TURNED_AWAY)
            town.discord.faults.remove(fault)
            await town.discord.connected(within_seconds=PATIENCE_SECONDS)
            await town.until_picture(card)
        assert len(town.bills) == len(LOGINS)


async def test_a_bad_token_ends_the_start_with_a_line(closed_town: Town) -> None:
    await closed_town.launch(DISCORD_TOKEN="another")
    await asyncio.wait_for(closed_town.bot.wait(), PATIENCE_SECONDS)
    assert closed_town.bot.ending == "exit code 1"
    assert "DISCORD_TOKEN" in list(closed_town.bot.lines)[-1]


@pytest.mark.parametrize("name", ["blocked", "no answer"])
async def test_sigterm_ends_a_start_that_waits_for_discord(tmp_path: Path, name: str) -> None:
    async with a_fast_town(tmp_path, 1.0) as town:
        await town.kill()
        LOGINS[name](town)
        await town.relaunch()
        asked = len(town.discord.requests)
        await town.until_logged("serving /healthz")
        if name == "blocked":
            await town.until(lambda: len(town.discord.requests) > asked)
        began = time.monotonic()
        town.bot.terminate()
        await town.bot.wait()
        assert town.bot.ending == "exit code 0"
        assert time.monotonic() - began < STOPS_WITHIN_SECONDS


REGISTRATIONS: dict[str, Break] = {
    "the day's creations are spent": lambda town: town.discord.faults.add(COMMANDS, status=400, code=30034),
    "asked to wait": lambda town: town.discord.faults.rate_limit(COMMANDS, retry_after_seconds=100.0),
    "not answered": lambda town: town.discord.faults.slow(COMMANDS, seconds=FOREVER_SECONDS),
    "refused": lambda town: town.discord.faults.add(COMMANDS, status=403, code=50001),
}


async def test_commands_that_cannot_be_registered_hold_up_nothing(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED) as town:
        for name, spoil in REGISTRATIONS.items():
            card = await in_work(town, f"a fox, {name}")
            await town.kill()
            await town.until(lambda: not town.discord.is_connected)
            fault = spoil(town)
            await town.relaunch()
            await town.until_picture(card)
            await town.discord.connected(within_seconds=PATIENCE_SECONDS)
            await imagine(town, "ben")  # what is registered serves
            if name != "not answered":
                await town.until_logged("commands cannot be registered; will retry")
            town.discord.faults.remove(fault)


async def health(town: Town) -> tuple[int, dict[str, object]]:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{town.ops_port}/healthz") as answer,
    ):
        return answer.status, json.loads(await answer.text())


async def test_a_process_that_hears_nothing_says_so_and_ends_to_be_started_anew(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED, CHAT_DEAF_SECONDS="120") as town:
        await town.until_healthy()
        await town.discord.main_door.turn(DoorState.SILENT)
        await town.discord.resume_door.turn(DoorState.SILENT)
        town.discord.gateway.cut()
        await town.until(lambda: not town.discord.is_connected)
        await town.until_logged("connection to Discord ended")
        status, told = await health(town)
        assert status == 503
        assert "deaf" in str(told["reason"])
        await asyncio.wait_for(town.bot.wait(), PATIENCE_SECONDS)
        assert town.bot.ending == "exit code 75"
        assert "CHAT_DEAF_SECONDS" in list(town.bot.lines)[-1]


async def test_a_process_that_is_not_told_how_many_shards_there_are_hears_nothing_either(
    tmp_path: Path,
) -> None:
    settings = {"CHAT_DEAF_SECONDS": "120", "CHAT_SHARD_COUNT": "auto"}
    async with a_fast_town(tmp_path, SPEED, **settings) as town:
        await town.kill()
        town.discord.faults.add("GET /gateway/bot", status=503, times=None)
        await town.relaunch()
        await asyncio.wait_for(town.bot.wait(), PATIENCE_SECONDS)
        assert town.bot.ending == "exit code 75"


async def test_a_process_that_nobody_can_reach_does_not_end(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED, CHAT_DEAF_SECONDS="120") as town:
        town.discord.faults.start_outage()
        await asyncio.sleep(2 * 120 / SPEED)
        assert town.bot.is_alive
        town.discord.faults.end_outage()
        await town.discord.connected(within_seconds=PATIENCE_SECONDS)
        await imagine(town)
