"""The gateway's doors and sessions on a bad day, as a client meets them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from standins.fake_discord.dial_faults import Door, DoorState
from standins.fake_discord.dispatches import Intents
from standins.fake_discord.server import FakeDiscord

WITHIN_SECONDS = 0.3


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(params=["main_door", "resume_door"])
def door(request: pytest.FixtureRequest, discord_alone: FakeDiscord) -> Door:
    found: Door = getattr(discord_alone, request.param)
    return found


async def dialled(http: aiohttp.ClientSession, url: str) -> str:
    """What came of it: a word of HELLO, or the error."""
    try:
        socket = await http.ws_connect(url, timeout=aiohttp.ClientWSTimeout(ws_close=0.1))
        frame = await socket.receive(timeout=WITHIN_SECONDS)
        await socket.close()
        return "hello" if "heartbeat_interval" in str(frame.data) else str(frame.type)
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"{type(error).__name__} {getattr(error, 'status', '')}".strip()


async def test_both_doors_lead_to_the_gateway(http: aiohttp.ClientSession, door: Door) -> None:
    assert await dialled(http, door.url) == "hello"


@pytest.mark.parametrize(
    ("state", "met"),
    [
        (DoorState.BUSY, "WSServerHandshakeError 503"),
        (DoorState.REFUSING, "ClientConnectorError"),
        (DoorState.RESETTING, "ServerDisconnectedError"),
        (DoorState.SILENT, "TimeoutError"),
    ],
)
async def test_a_door_can_be_dead_while_all_else_answers(
    http: aiohttp.ClientSession, discord_alone: FakeDiscord, door: Door, state: DoorState, met: str
) -> None:
    (other,) = {discord_alone.main_door, discord_alone.resume_door} - {door}
    await door.turn(state)
    assert await dialled(http, door.url) in {met, "ClientOSError"}
    assert await dialled(http, other.url) == "hello"
    await door.turn(DoorState.OPEN)
    assert await dialled(http, door.url) == "hello"


async def test_a_hanging_door_lets_go_of_whoever_hangs_once_it_is_turned(
    http: aiohttp.ClientSession, door: Door
) -> None:
    await door.turn(DoorState.HANGING)
    hanging = asyncio.create_task(dialled(http, door.url))
    done, _ = await asyncio.wait({hanging}, timeout=WITHIN_SECONDS)
    assert not done
    await door.turn(DoorState.OPEN)
    await asyncio.wait_for(hanging, 5.0)
    assert await dialled(http, door.url) == "hello"


async def identified(http: aiohttp.ClientSession, discord: FakeDiscord, op: int = 2) -> object:
    """The first frame after HELLO, or the close code."""
    socket = await http.ws_connect(discord.gateway_url)
    await socket.receive()
    told = {"token": discord.world.app.token, "intents": int(Intents.GUILDS), "session_id": "0", "seq": 1}
    await socket.send_json({"op": op, "d": told})
    message = await socket.receive(timeout=5.0)
    return message.json()["op"] if message.type is aiohttp.WSMsgType.TEXT else socket.close_code


@pytest.mark.parametrize("op", [2, 6])
async def test_sessions_can_be_refused(
    http: aiohttp.ClientSession, discord_alone: FakeDiscord, op: int
) -> None:
    faults = discord_alone.gateway.session_faults
    faults.invalidates = True
    assert await identified(http, discord_alone, op) == 9
    faults.clear()
    faults.closes_with = 4008
    assert await identified(http, discord_alone, op) == 4008


async def test_each_identify_takes_a_session_start(
    http: aiohttp.ClientSession, discord_alone: FakeDiscord
) -> None:
    for _ in range(3):
        await identified(http, discord_alone)
    async with http.get(
        f"{discord_alone.api_url}/gateway/bot",
        headers={"Authorization": f"Bot {discord_alone.world.app.token}"},
    ) as answer:
        told = await answer.json()
    assert told["url"] == discord_alone.main_door.url
    assert told["session_start_limit"]["remaining"] == 997


async def test_a_token_that_is_reset_opens_nothing_any_more(
    http: aiohttp.ClientSession, discord_alone: FakeDiscord
) -> None:
    socket = await http.ws_connect(discord_alone.gateway_url)
    await socket.receive()
    discord_alone.faults.reset_token("another")
    await socket.receive()
    assert socket.close_code == 4004
