"""The gateway left and found again: each way to lose it, and each way in which it stays away."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from standins.fake_discord.dial_faults import DoorState
from tests.journeys.fast_town import a_fast_town
from tests.journeys.town import PATIENCE_SECONDS, Town

SPEED = 20.0
#: By the fast clock: longer than the longest pause between two attempts.
AWAY_SECONDS = 40.0
DEAD = [state for state in DoorState if state is not DoorState.OPEN]
#: Discord's close codes after which the bot may come back, and those of WebSockets; None: abruptly (1006).
CODES = [None, 1000, 1001, 1011, 1012, 4000, 4001, 4002, 4003, 4004, 4005, 4007, 4008, 4009]

Step = Callable[[Town], Awaitable[None]]


async def help_is_given(town: Town) -> None:
    assert (await town.person("ada").slash("pictures", "help").message()).is_ephemeral


async def heard_by_another_connection(town: Town, lose: Callable[[], None]) -> None:
    gateway = town.discord.gateway
    before = gateway.connections
    lose()
    await town.until(lambda: gateway.is_online and not gateway.connections & before)
    await help_is_given(town)


async def test_after_every_close_code_that_is_not_final_it_comes_back(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED, CHAT_DEAF_SECONDS="0") as town:
        process = town.bot.pid
        for code in CODES:
            await heard_by_another_connection(town, partial(town.discord.gateway.cut, code))
        await heard_by_another_connection(town, town.discord.faults.ask_to_reconnect)
        assert town.bot.pid == process


async def test_a_dead_resume_host_is_left_for_the_main_gateway(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED, CHAT_DEAF_SECONDS="0") as town:
        process, faults = town.bot.pid, town.discord.faults
        for state in DEAD:
            await town.discord.resume_door.turn(state)
            await heard_by_another_connection(town, faults.cut_gateway)
            await town.discord.resume_door.turn(DoorState.OPEN)
            faults.invalidate_sessions()  # the next READY names the resume host again
            await town.until(lambda: not town.discord.is_connected)
            await town.discord.connected(within_seconds=PATIENCE_SECONDS)
        town.discord.gateway.resume_url = "ws://no-such-host.invalid"
        await heard_by_another_connection(town, faults.invalidate_sessions)
        await heard_by_another_connection(town, faults.cut_gateway)
        assert town.bot.pid == process


def away(state: DoorState) -> tuple[Step, Step]:
    async def begin(town: Town) -> None:
        await town.discord.main_door.turn(state)
        await town.discord.resume_door.turn(state)
        town.discord.gateway.cut()

    async def end(town: Town) -> None:
        await town.discord.main_door.turn(DoorState.OPEN)
        await town.discord.resume_door.turn(DoorState.OPEN)

    return begin, end


def refused(**what: bool | int) -> tuple[Step, Step]:
    async def begin(town: Town) -> None:
        for name, value in what.items():
            setattr(town.discord.gateway.session_faults, name, value)
        town.discord.gateway.cut()

    async def end(town: Town) -> None:
        town.discord.gateway.session_faults.clear()

    return begin, end


AWAY = {
    **{f"both hosts {state.name.lower()}": away(state) for state in DEAD},
    "every session invalid": refused(invalidates=True),
    "every session hung up on": refused(closes_with=4000),
    "every token refused, although it is good": refused(closes_with=4004),
    "too many frames": refused(closes_with=4008),
    "no session answered": refused(is_silent=True),
}


async def test_however_the_gateway_stays_away_it_is_found_again(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED, CHAT_DEAF_SECONDS="0") as town:
        process, discord = town.bot.pid, town.discord
        for name, (begin, end) in AWAY.items():
            await begin(town)
            await town.until(lambda: not discord.is_connected)
            await asyncio.sleep(AWAY_SECONDS / SPEED)
            assert not discord.is_connected, name
            await end(town)
            await discord.connected(within_seconds=PATIENCE_SECONDS)
            await help_is_given(town)
        assert town.bot.pid == process
        assert discord.gateway.session_starts.remaining > 900


@pytest.mark.parametrize("code", [4010, 4011, 4012, 4013, 4014])
async def test_a_final_close_code_ends_the_process_with_a_line_that_says_what_to_do(
    tmp_path: Path, code: int
) -> None:
    async with a_fast_town(tmp_path, SPEED) as town:
        town.discord.faults.cut_gateway(code)
        await asyncio.wait_for(town.bot.wait(), PATIENCE_SECONDS)
        assert town.bot.ending == "exit code 1"
        assert f"(close code {code})" in list(town.bot.lines)[-1]


async def test_a_token_that_was_reset_ends_the_process_and_the_new_one_is_taken(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED) as town:
        town.discord.faults.reset_token("another-token")
        await asyncio.wait_for(town.bot.wait(), PATIENCE_SECONDS)
        assert town.bot.ending == "exit code 1"
        assert "Discord refuses DISCORD_TOKEN" in list(town.bot.lines)[-1]
        await town.restart(DISCORD_TOKEN="another-token")
        await help_is_given(town)
