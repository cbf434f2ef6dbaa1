"""A call to Discord that is given up while it waits holds up no other call, whatever it waited for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import discord
import pytest

from bot.chat.gateway.client import GatewayClient
from bot.chat.gateway.client_setup import ChatSettings, make_client
from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.ratelimits import MESSAGE, WEBHOOK
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import PATIENCE_SECONDS

Call = Callable[[], Coroutine[Any, Any, None]]


@dataclass
class Caller:
    """A client that is logged in, and nothing more."""

    discord: FakeDiscord
    client: GatewayClient

    async def ask(self) -> None:
        await self.client.http.request(discord.http.Route("GET", "/users/@me"))

    async def ask_of_channel(self) -> None:
        """Its bucket is small."""
        channel = self.discord.world.channel("pictures")
        await self.client.get_partial_messageable(channel.id).send("hello")

    async def ask_by_token(self) -> None:
        """Discord does not know the token, and counts the call all the same."""
        webhook = discord.Webhook.partial(1, "token", client=self.client)
        with pytest.raises(discord.HTTPException):
            await webhook.fetch_message(1)


@pytest.fixture
async def caller(addresses: None) -> AsyncIterator[Caller]:
    server = FakeDiscord(demo_world(VirtualClock()))
    await server.start()
    client = make_client(
        ChatSettings(api_url=server.api_url, gateway_url=server.gateway_url, cdn_url=server.cdn_url)
    )
    await client.login(server.world.app.token)
    yield Caller(server, client)
    await client.close()
    await server.stop()


def is_asleep(task: asyncio.Task[None]) -> bool:
    """Whether the call has its answer, and waits inside discord.py."""
    inner: object = task.get_coro()
    while inner is not None:
        if getattr(inner, "__name__", "") == "sleep":
            return True
        inner = getattr(inner, "cr_await", None)
    return False


async def until_asleep(task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_asleep(task):
            assert not task.done()
            await asyncio.sleep(0.001)


async def spend(call: Call, times: int) -> None:
    for _ in range(times):
        await call()


async def to_a_global_limit(caller: Caller) -> Call:
    caller.discord.faults.rate_limit("GET /users/@me", is_global=True)
    return caller.ask


async def to_a_routes_limit(caller: Caller) -> Call:
    caller.discord.faults.rate_limit("POST /channels/*")
    return caller.ask_of_channel


async def to_an_empty_bucket(caller: Caller) -> Call:
    await spend(caller.ask_of_channel, MESSAGE.requests - 1)
    return caller.ask_of_channel


async def to_a_tokens_limit(caller: Caller) -> Call:
    caller.discord.faults.rate_limit("GET /webhooks/*")
    return caller.ask_by_token


async def to_a_token_that_is_used_up(caller: Caller) -> Call:
    await spend(caller.ask_by_token, WEBHOOK.requests - 1)
    return caller.ask_by_token


@pytest.mark.parametrize(
    "come",
    [
        to_a_global_limit,
        to_a_routes_limit,
        to_an_empty_bucket,
        to_a_tokens_limit,
        to_a_token_that_is_used_up,
    ],
)
async def test_a_call_that_is_given_up_while_it_waits_holds_up_no_other(
    caller: Caller, come: Callable[[Caller], Awaitable[Call]]
) -> None:
    caller.client.gate.longest_seconds = 0.5
    call = await come(caller)
    given_up = asyncio.create_task(call())
    await until_asleep(given_up)
    waiting = asyncio.create_task(call())
    await asyncio.sleep(0)
    given_up.cancel()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await waiting
        await call()


async def test_a_global_limit_is_waited_for_as_long_as_it_takes(caller: Caller) -> None:
    """Once whoever met it comes back, the others go on at once, and not when it would be opened for them."""
    caller.client.gate.longest_seconds = 10 * PATIENCE_SECONDS
    caller.discord.faults.rate_limit("GET /users/@me", is_global=True)
    async with asyncio.timeout(PATIENCE_SECONDS):
        meets = asyncio.create_task(caller.ask())
        await until_asleep(meets)
        assert not caller.client.gate.is_set()
        await caller.ask_of_channel()
        await meets
    assert caller.client.gate.is_set()
