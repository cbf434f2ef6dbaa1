"""The ways in which a body may come, whose limit a 429 says it is, and what an application is called by."""

from __future__ import annotations

import json

import aiohttp

from standins.fake_discord.server import FakeDiscord
from tests.standins.raw_client import RawClient


async def test_a_message_may_come_urlencoded(discord_alone: FakeDiscord) -> None:
    channel = discord_alone.world.channel("pictures")
    url = f"{discord_alone.api_url}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {discord_alone.world.app.token}"}
    form = {"payload_json": json.dumps({"content": "a & b"})}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=form, headers=headers) as answer,
    ):
        assert answer.status == 200
        assert (await answer.json())["content"] == "a & b"


async def test_the_limit_of_one_route_is_of_scope_user(raw: RawClient) -> None:
    channel = raw.fake.world.channel("pictures")
    answers = [await raw.post(channel, {"content": "x"}) for _ in range(6)]
    assert [one.status for one in answers] == [200] * 5 + [429]
    assert answers[-1].headers["X-RateLimit-Scope"] == "user"
    assert "X-RateLimit-Global" not in answers[-1].headers


async def test_an_application_has_the_id_of_its_bot_user(raw: RawClient) -> None:
    application, me = await raw.ask("GET", "/applications/@me"), await raw.ask("GET", "/users/@me")
    assert application.body["id"] == me.body["id"]
