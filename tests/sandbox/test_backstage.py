"""Backstage: what can be made to go wrong, what it shows of the provider's bills, and the bot's process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.bot_process import BotState
from standins.fake_discord.person import Person
from tests.sandbox.client import OpenPage, Viewer, open_page, viewing

#: Says goodbye when it is told to stop, as the bot does.
POLITE_BOT = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("goodbye", flush=True), sys.exit(0)))
print("hello", flush=True)
time.sleep(60)
"""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[OpenPage]:
    async with open_page(tmp_path, script=POLITE_BOT) as opened:
        yield opened


@pytest.fixture
async def otto(page: OpenPage) -> AsyncIterator[Viewer]:
    async with viewing(page, "otto") as viewer:
        yield viewer


def trouble_of(backstage: dict[str, Any], key: str) -> dict[str, Any]:
    troubles = [one for group in backstage["groups"] for one in group["troubles"]]
    found: dict[str, Any] = next(one for one in troubles if one["key"] == key)
    return found


async def shown_as(viewer: Viewer, key: str, *, is_on: bool) -> None:
    await viewer.until("backstage", lambda one: trouble_of(one["backstage"], key)["is_on"] is is_on)


async def submit(page: OpenPage, prompt: str = "a fox") -> tuple[int, dict[str, Any]]:
    headers = {"x-api-key": page.segmind.key}
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{page.segmind.api_url}/v2/luma-uni-1", json={"prompt": prompt}, headers=headers
        ) as answer,
    ):
        return answer.status, await answer.json()


async def credits_left(page: OpenPage) -> int:
    headers = {"x-api-key": page.segmind.key}
    url = f"{page.segmind.api_url}/v1/get-user-credits"
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        return answer.status


async def test_the_snapshot_shows_backstage(otto: Viewer) -> None:
    backstage = otto.snapshot["backstage"]
    assert [group["name"] for group in backstage["groups"]] == ["Provider", "Discord"]
    assert backstage["speed"] == 1.0
    assert backstage["account"] == {
        "accepted": 0, "open": 0, "paid": 0, "spent_usd": "0.00", "credits_usd": "100.00",
    }  # fmt: skip


async def test_every_trouble_can_be_switched_on_and_off(page: OpenPage, otto: Viewer) -> None:
    groups = otto.snapshot["backstage"]["groups"]
    keys = [one["key"] for group in groups for one in group["troubles"]]
    assert len(keys) == len(set(keys)) > 12
    for key in keys:
        await otto.act("trouble", key=key, is_on=True)
        await shown_as(otto, key, is_on=True)
    for key in keys:
        otto.heard.clear()
        await otto.act("trouble", key=key, is_on=False)
        await shown_as(otto, key, is_on=False)
    assert page.segmind.faults.active == ()
    assert page.discord.faults.active == []


async def test_server_errors_and_a_wrong_key_reach_the_provider(page: OpenPage, otto: Viewer) -> None:
    assert (await submit(page))[0] == 200
    await otto.act("trouble", key="provider_errors", is_on=True)
    assert (await submit(page))[0] == 500
    await otto.act("trouble", key="provider_errors", is_on=False)
    await otto.act("trouble", key="provider_key", is_on=True)
    assert await credits_left(page) == 401


async def test_no_credits_empties_the_account_and_gives_it_back(page: OpenPage, otto: Viewer) -> None:
    await otto.act("trouble", key="provider_credits", is_on=True)
    assert (await submit(page))[0] == 402
    await otto.act("trouble", key="provider_credits", is_on=False)
    assert (await submit(page))[0] == 200


async def test_an_outage_refuses_the_gateway(page: OpenPage, otto: Viewer) -> None:
    await otto.act("trouble", key="discord_outage", is_on=True)
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(page.discord.gateway_url)
        async with http.get(f"{page.discord.api_url}/users/@me") as answer:
            assert answer.status == 503


async def test_all_well_again_ends_everything(page: OpenPage, otto: Viewer) -> None:
    for key in ("provider_slow", "provider_credits", "provider_lost", "discord_outage", "discord_lost"):
        await otto.act("trouble", key=key, is_on=True)
    await otto.act("automod", word="Fox")
    assert page.world.forbidden_words == {"fox"}
    otto.heard.clear()
    await otto.act("all_well")
    event = await otto.until("backstage", lambda one: not one["backstage"]["automod_words"])
    assert not any(one["is_on"] for group in event["backstage"]["groups"] for one in group["troubles"])
    assert (await submit(page))[0] == 200


async def test_the_automod_word_is_replaced(page: OpenPage, otto: Viewer) -> None:
    await otto.act("automod", word="one")
    await otto.act("automod", word="two")
    assert page.world.forbidden_words == {"two"}
    await otto.act("automod", word="")
    assert page.world.forbidden_words == set()


async def test_tokens_expire_at_once(page: OpenPage, otto: Viewer) -> None:
    Person(page.world, "ada").say("pictures", "no interaction yet")
    note = (await otto.act("expire_tokens"))["note"]
    assert "dead" in note


async def test_time_passes_faster_for_both(page: OpenPage, otto: Viewer) -> None:
    await otto.act("speed", speed=10)
    assert (page.world.clock.speed, page.segmind.speed) == (10, 10)
    event = await otto.until("backstage")
    assert event["backstage"]["speed"] == 10


async def test_bills_are_shown_to_everybody_as_they_come(page: OpenPage, otto: Viewer) -> None:
    page.segmind.latency = 0.05
    await submit(page, "a fox in snow")
    event = await otto.until("backstage", lambda one: one["backstage"]["account"]["paid"] == 1)
    (bill,) = event["backstage"]["bills"]
    assert (bill["prompt"], bill["outcome"], bill["cost_usd"]) == ("a fox in snow", "completed", "0.0543")
    assert event["backstage"]["account"]["credits_usd"] == "99.95"


async def test_the_key_is_not_shown(page: OpenPage, otto: Viewer) -> None:
    await submit(page)
    await otto.until("backstage", lambda one: one["backstage"]["bills"])
    told = f"{otto.snapshot} {otto.heard}"
    assert page.segmind.key not in told
    assert page.world.app.token not in told


# -- the bot's process


async def state(viewer: Viewer, wanted: BotState) -> dict[str, Any]:
    event = await viewer.until("backstage", lambda one: one["backstage"]["bot"]["state"] == wanted)
    found: dict[str, Any] = event["backstage"]["bot"]
    return found


async def test_the_bot_is_started_told_to_stop_and_started_again(page: OpenPage, otto: Viewer) -> None:
    await otto.act("bot", order="start")
    await otto.until("log", lambda one: "hello" in one["lines"])
    first = await state(otto, BotState.RUNNING)
    assert first["pid"] == page.bot.pid
    await otto.act("bot", order="stop")
    await otto.until("log", lambda one: "goodbye" in one["lines"])
    assert (await state(otto, BotState.STOPPED))["ending"] == "exit code 0"
    otto.heard.clear()
    await otto.act("bot", order="start")
    assert (await state(otto, BotState.RUNNING))["pid"] != first["pid"]
    await otto.until("log", lambda one: "hello" in one["lines"])
    assert page.bot.log_file.read_text().split() == ["hello", "goodbye", "hello"]


async def test_a_killed_bot_says_nothing_more(page: OpenPage, otto: Viewer) -> None:
    await otto.act("bot", order="start")
    await otto.until("log", lambda one: "hello" in one["lines"])
    await otto.act("bot", order="kill")
    killed = await state(otto, BotState.KILLED)
    await page.bot.wait()
    assert not page.bot.is_alive
    assert killed["pid"] is None or killed["is_alive"]
    assert page.bot.ending == "ended by SIGKILL"
    assert "goodbye" not in page.bot.log_file.read_text()


async def test_starting_twice_starts_one(page: OpenPage, otto: Viewer) -> None:
    await asyncio.gather(page.bot.start(), page.bot.start())
    await page.bot.start()
    await otto.until("log", lambda one: "hello" in one["lines"])
    await page.bot.stop()
    assert page.bot.log_file.read_text().split() == ["hello", "goodbye"]


async def test_a_bot_that_ends_by_itself_is_seen(tmp_path: Path) -> None:
    async with open_page(tmp_path, script="print('no token'); raise SystemExit(3)") as page:
        await page.bot.start()
        await page.bot.wait()
        assert (page.bot.state, page.bot.ending) == (BotState.CRASHED, "exit code 3")
        async with viewing(page, "otto") as late:
            assert late.snapshot["log"] == ["no token"]


async def test_a_bot_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    async with open_page(tmp_path, script=deaf) as page:
        await page.bot.start()
        async with viewing(page, "otto") as otto:
            if "up" not in otto.snapshot["log"]:
                await otto.until("log", lambda one: "up" in one["lines"])
        await page.bot.stop(within_seconds=0.2)
        assert page.bot.ending == "ended by SIGKILL"


async def test_the_log_is_told_without_colours(tmp_path: Path) -> None:
    async with open_page(tmp_path) as page:
        await page.bot.start()
        async with viewing(page, "otto") as otto:
            if "ready" not in otto.snapshot["log"]:
                await otto.until("log", lambda one: one["lines"] == ["ready"])
