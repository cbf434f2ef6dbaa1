"""Misbehaviour on request, as a real discord.py meets it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
import pytest

from standins.fake_discord.asks import NoResponseError
from standins.fake_discord.files import signed_url
from standins.fake_discord.person import Person, Upload
from standins.fake_discord.server import FakeDiscord
from tests.standins.little_bot import LittleBot, png
from tests.standins.raw_client import RawClient

CALLBACK, EDIT, POST = "POST /interactions/*", "PATCH /webhooks/*", "POST /channels/*/messages"


def channel_of(bot: LittleBot, fake: FakeDiscord) -> discord.TextChannel:
    channel = bot.get_channel(fake.world.channel("pictures").id)
    assert isinstance(channel, discord.TextChannel)
    return channel


@contextmanager
def logged(name: str, words: str) -> Iterator[asyncio.Event]:
    """An event that is set as soon as that logger says these words."""
    is_said = asyncio.Event()

    def look(record: logging.LogRecord) -> bool:
        if words in record.msg:
            is_said.set()
        return True

    logger = logging.getLogger(name)
    logger.addFilter(look)
    try:
        yield is_said
    finally:
        logger.removeFilter(look)


async def test_an_error_once_is_tried_again(discord_alone: FakeDiscord, little_bot: LittleBot) -> None:
    fault = discord_alone.faults.add(EDIT, status=502, times=1)
    message = await Person(discord_alone.world, "ada").slash("pictures", "think").message()
    assert (message.content, fault.hits) == ("done", 1)
    assert [one.status for one in discord_alone.requests.matching(EDIT)] == [502, 200]


async def test_an_error_after_an_acknowledgement_comes_back_as_already_acknowledged(
    discord_alone: FakeDiscord, little_bot: LittleBot
) -> None:
    discord_alone.faults.add(CALLBACK, status=500, times=1, after_doing=True)
    ask = Person(discord_alone.world, "ada").slash("pictures", "echo", text="done all the same")
    assert (await ask.message()).content == "done all the same"
    error = await asyncio.wait_for(little_bot.errors.get(), 5)
    assert isinstance(error, discord.HTTPException)
    assert error.code == 40060
    assert [one.status for one in discord_alone.requests.matching(CALLBACK)] == [500, 400]


async def test_a_rate_limit_is_waited_for(discord_alone: FakeDiscord, little_bot: LittleBot) -> None:
    discord_alone.faults.rate_limit(EDIT, retry_after_seconds=0.2)
    started = time.monotonic()
    message = await Person(discord_alone.world, "ada").slash("pictures", "think").message()
    assert message.content == "done"
    assert time.monotonic() - started >= 0.2


async def test_a_global_rate_limit_stops_all_routes(
    discord_alone: FakeDiscord, little_bot: LittleBot
) -> None:
    channel = channel_of(little_bot, discord_alone)
    discord_alone.faults.rate_limit(POST, retry_after_seconds=0.3, is_global=True)
    with logged("discord.http", "Global rate limit has been hit") as is_limited:
        first = asyncio.create_task(channel.send("one"))
        await asyncio.wait_for(is_limited.wait(), 5)
    started = time.monotonic()
    await little_bot.fetch_channel(channel.id)
    assert time.monotonic() - started >= 0.2
    assert (await first).content == "one"


async def test_a_429_without_via_is_a_ban(discord_alone: FakeDiscord, little_bot: LittleBot) -> None:
    discord_alone.faults.rate_limit(POST, has_via=False)
    with pytest.raises(discord.HTTPException) as caught:
        await channel_of(little_bot, discord_alone).send("x")
    assert caught.value.status == 429
    assert len(discord_alone.requests.matching(POST)) == 1


async def test_a_lost_answer_means_that_it_was_done(
    discord_alone: FakeDiscord, little_bot: LittleBot
) -> None:
    discord_alone.faults.lose_answer(POST)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await channel_of(little_bot, discord_alone).send("done")
    assert [one.content for one in discord_alone.world.messages.values()] == ["done"]
    assert [one.status for one in discord_alone.requests.matching(POST)] == [None]


async def test_a_lost_request_means_that_nothing_was_done(
    discord_alone: FakeDiscord, little_bot: LittleBot
) -> None:
    discord_alone.faults.lose_request(POST)
    channel = channel_of(little_bot, discord_alone)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await channel.send("not done")
    assert discord_alone.world.messages == {}
    assert (await channel.send("done")).content == "done"


async def test_slowness_makes_the_first_answer_too_late(
    discord_alone: FakeDiscord, little_bot: LittleBot
) -> None:
    discord_alone.world.answer_within_seconds = 0.1
    discord_alone.faults.slow(CALLBACK, seconds=0.2, times=1)
    ask = Person(discord_alone.world, "ada").slash("pictures", "echo", text="x")
    with pytest.raises(NoResponseError):
        await ask.message()
    error = await asyncio.wait_for(little_bot.errors.get(), 5)
    assert isinstance(error, discord.NotFound)
    assert error.code == 10062


async def test_an_outage_ends_and_the_bot_comes_back(
    discord_alone: FakeDiscord, little_bot: LittleBot
) -> None:
    discord_alone.faults.start_outage()
    discord_alone.faults.start_outage()
    await discord_alone.world.until(lambda _: not discord_alone.is_connected)
    with pytest.raises(discord.DiscordServerError):
        await channel_of(little_bot, discord_alone).send("x")
    discord_alone.faults.end_outage()
    await discord_alone.connected(within_seconds=20)
    message = await Person(discord_alone.world, "ada").slash("pictures", "echo", text="back").message()
    assert message.content == "back"


async def test_automod_rejects_words_in_new_messages_and_edits(raw: RawClient) -> None:
    raw.fake.faults.forbid_word("Dragon")
    pictures = raw.fake.world.channel("pictures")
    refused = await raw.post(pictures, {"embeds": [{"description": "a dragon"}]})
    assert (refused.status, refused.code) == (400, 200000)
    ask = Person(raw.fake.world, "ada").slash(pictures, "echo")
    assert (await raw.callback(ask, 4, {"content": "DRAGONS"})).code == 200000
    assert (await raw.callback(ask, 4, {"content": "a cat"})).status == 200
    assert (await raw.edit_by_token(ask.interaction, {"content": "a dragon"})).code == 200000
    raw.fake.faults.clear()
    assert (await raw.edit_by_token(ask.interaction, {"content": "a dragon"})).status == 200


async def test_faults_of_other_routes_do_no_harm_and_can_be_removed(raw: RawClient) -> None:
    pictures = raw.fake.world.channel("pictures")
    elsewhere = raw.fake.faults.add("DELETE *", status=500)
    fault = raw.fake.faults.add(POST, status=403, code=50013)
    refused = await raw.post(pictures, {"content": "x"})
    assert (refused.status, refused.code, elsewhere.hits, fault.hits) == (403, 50013, 0, 1)
    raw.fake.faults.remove(fault)
    assert (await raw.post(pictures, {"content": "x"})).status == 200


async def test_the_cdn_misbehaves_too_and_its_signatures_expire(raw: RawClient) -> None:
    world = raw.fake.world
    said = Person(world, "ada").say("pictures", "x", files=[Upload("cat.png", png())])
    url = signed_url(world, said.attachments[0])
    raw.fake.faults.add("GET /attachments/*", status=503, times=1)
    assert [(await raw.ask("GET", url, base="")).status for _ in range(2)] == [503, 200]
    assert (await raw.ask("GET", url.replace("hm=", "hm=0"), base="")).status == 404
    assert (await raw.ask("GET", url.split("?")[0], base="")).status == 404
    world.file_life_seconds = -1
    dead = signed_url(world, said.attachments[0])
    assert (await raw.ask("GET", dead, base="")).status == 404
    world.file_life_seconds = 60
    (fresh,) = (await raw.ask("POST", "/attachments/refresh-urls", {"attachment_urls": [dead]})).body[
        "refreshed_urls"
    ]
    assert fresh["original"] == dead
    assert (await raw.ask("GET", fresh["refreshed"], base="")).body == png()
    world.delete_message(said)
    assert (await raw.ask("GET", fresh["refreshed"], base="")).status == 404


async def test_rate_limits_are_told_and_kept(raw: RawClient) -> None:
    pictures = raw.fake.world.channel("pictures")
    answers = [await raw.post(pictures, {"content": str(number)}) for number in range(6)]
    assert [one.status for one in answers] == [200] * 5 + [429]
    assert [one.headers["X-RateLimit-Remaining"] for one in answers] == ["4", "3", "2", "1", "0", "0"]
    assert answers[5].headers["Via"]
    assert 0 < answers[5].body["retry_after"] <= 5
    general = raw.fake.world.channel("general")
    assert (await raw.post(general, {"content": "elsewhere"})).status == 200


async def test_callbacks_have_no_rate_limit_headers(raw: RawClient) -> None:
    answered = await raw.callback(Person(raw.fake.world, "ada").slash("pictures", "echo"), 5)
    assert [name for name in answered.headers if name.lower().startswith("x-ratelimit")] == []
    assert answered.headers["Content-Type"] == "application/json"


async def test_what_is_not_json_or_not_a_route_is_refused(raw: RawClient) -> None:
    url = f"{raw.fake.api_url}/channels/{raw.fake.world.channel('pictures').id}/messages"
    headers = {"Authorization": f"Bot {raw.fake.world.app.token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, data=b"{") as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)
    nowhere = await raw.ask("GET", "/nowhere")
    assert (nowhere.status, nowhere.code) == (404, 0)
    assert raw.fake.requests.matching("GET /nowhere")
    stranger = await raw.ask("GET", "/users/@me", token="wrong")
    assert (stranger.status, stranger.body["message"]) == (401, "401: Unauthorized")
