"""`python -m bot sandbox` as an operator meets it: started, closed, killed, and started wrongly."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.settings import UnusableSettings, load_settings
from sandbox.launcher import bot_environment, opened
from sandbox.options import SandboxOptions
from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.model import Message
from standins.fake_discord.person import Person
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import World
from standins.fake_segmind.facade import FakeSegmind

CHECKOUT = Path(__file__).parents[2]
WITHIN_SECONDS = 20.0
PRIVATE = {
    "DISCORD_TOKEN": "the-operators-own",
    "SEGMIND_API_KEY": "SG_the-operators-own",
    "DATABASE_URL": "postgresql://the-operators-own/bot",
    "SECRET_KEY": "x" * 43 + "=",
    "DATA_DIR": "/the/operators/own",
}


@asynccontextmanager
async def started(folder: Path, *arguments: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as a process of its own, in `folder`; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)} | more,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def page_url(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(WITHIN_SECONDS):
        line = (await process.stdout.readline()).decode()
    assert line.startswith("The sandbox is open: http://127.0.0.1:")
    return line.split()[4]


async def bot_pid(url: str) -> int:
    """The process of the bot, once Discord sees it."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}live?as=ada") as socket_:
        async with asyncio.timeout(WITHIN_SECONDS):
            snapshot = await socket_.receive_json()
            is_online = snapshot["is_online"]
            while not is_online:
                event = await socket_.receive_json()
                is_online = event.get("is_online", False)
        return int(snapshot["backstage"]["bot"]["pid"])


async def gone(pid: int) -> None:
    """Wait until no such process is left."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while is_running(pid):  # noqa: ASYNC110  (nobody tells of another's child)
            await asyncio.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def failure(process: asyncio.subprocess.Process) -> list[str]:
    """The lines on stderr of a command that ended with 1."""
    _, errors = await asyncio.wait_for(process.communicate(), WITHIN_SECONDS)
    assert process.returncode == 1
    return errors.decode().splitlines()


async def test_it_opens_with_the_bot_online_and_closes_with_it(tmp_path: Path) -> None:
    async with started(tmp_path, "--port", "0") as sandbox:
        pid = await bot_pid(await page_url(sandbox))
        assert is_running(pid)
        sandbox.send_signal(signal.SIGINT)
        await asyncio.wait_for(sandbox.wait(), WITHIN_SECONDS)
        assert sandbox.returncode == 0
        assert not is_running(pid)
    assert (tmp_path / "sandbox-data" / "bot.log").stat().st_size > 0


async def test_the_bot_does_not_outlive_a_killed_sandbox(tmp_path: Path) -> None:
    async with started(tmp_path, "--port", "0") as sandbox:
        pid = await bot_pid(await page_url(sandbox))
        sandbox.kill()
        await sandbox.wait()
        await gone(pid)


async def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with started(tmp_path, "--port", port) as sandbox:
            (line,) = await failure(sandbox)
    assert f"127.0.0.1:{port}" in line
    assert "--port" in line


async def test_a_second_sandbox_in_the_same_folder_is_one_clear_line(tmp_path: Path) -> None:
    async with started(tmp_path, "--port", "0") as first:
        await page_url(first)
        async with started(tmp_path, "--port", "0") as second:
            (line,) = await failure(second)
    assert "Another sandbox" in line


async def test_the_live_provider_needs_a_key(tmp_path: Path) -> None:
    async with started(tmp_path, "--provider", "live") as sandbox:
        (line,) = await failure(sandbox)
    assert "SEGMIND_API_KEY" in line


@pytest.mark.parametrize("keep", [True, False])
async def test_a_fresh_start_forgets_unless_told_to_keep(tmp_path: Path, *, keep: bool) -> None:
    remembered = tmp_path / "bot" / "remembered"
    remembered.parent.mkdir()
    remembered.touch()
    (tmp_path / "bot.log").write_text("the last one's\n")
    async with opened(load_settings(None), SandboxOptions(port=0, keep=keep), tmp_path):
        assert remembered.exists() is keep
    assert (tmp_path / "bot.log").read_text().startswith("the last one's") is keep


@pytest.mark.parametrize("keep", [True, False])
async def test_what_is_kept_is_of_the_same_people_and_channels(tmp_path: Path, *, keep: bool) -> None:
    ids = []
    for options in (SandboxOptions(port=0), SandboxOptions(port=0, keep=keep)):
        async with opened(load_settings(None), options, tmp_path) as sandbox:
            world = sandbox.discord.world
            ids.append({*world.guilds, *world.users, *world.channels, world.app.id})
            said = Person(world, "ada").say("pictures", "hello")
            assert ids[0].isdisjoint({said.id})
            ids.append({said.id})
    assert (ids[0] == ids[2]) is keep
    assert max(ids[1]) < min(ids[3])


def has_pictures(card: Message, _: World) -> bool:
    return len(card.attachments) == 2


async def test_a_picture_comes_after_a_start_that_kept_the_last_ones(tmp_path: Path) -> None:
    """Its request must not bear the id of an earlier one, which would be looked up for ever."""
    settings, used = load_settings(None), []
    for keep in (False, True):
        options = SandboxOptions(port=0, keep=keep, speed=60.0)
        async with opened(settings, options, tmp_path) as sandbox:
            await sandbox.discord.connected(within_seconds=WITHIN_SECONDS)
            ada = Person(sandbox.discord.world, "ada")
            card = await ada.slash("pictures", "imagine", prompt="a fox", count=2).message()
            await sandbox.discord.world.until(partial(has_pictures, card), within_seconds=60)
            used.append((await ada.slash("pictures", "usage").message()).embeds[0]["description"])
    assert "2 of 60" in used[0]
    assert "4 of 60" in used[1]


async def test_the_bot_is_told_nothing_of_the_operators_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRIVATE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LIMITS_PER_DAY", "3")
    discord = FakeDiscord(demo_world(VirtualClock()))
    await discord.start()
    async with FakeSegmind() as segmind:
        told = bot_environment(load_settings(None), discord, segmind, Path("sandbox-data/bot"))
        assert not set(PRIVATE.values()) & set(told.values())
        assert "DATABASE_URL" not in told
        assert told["LIMITS_PER_DAY"] == "3"
        assert told["SEGMIND_API_URL"] == segmind.api_url
        assert told["DISCORD_API_URL"] == discord.api_url
    await discord.stop()


async def test_the_live_provider_gets_the_operators_key_and_the_real_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SEGMIND_API_KEY", PRIVATE["SEGMIND_API_KEY"])
    discord = FakeDiscord(demo_world(VirtualClock()))
    told = bot_environment(load_settings(None), discord, None, Path("sandbox-data/bot"))
    assert told["SEGMIND_API_KEY"] == PRIVATE["SEGMIND_API_KEY"]
    assert told["SEGMIND_API_URL"] == "https://api.segmind.com"
    assert told["SEGMIND_OUTPUT_HOSTS"] == "images.segmind.com"


async def test_only_the_live_provider_is_asked_through_the_operators_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stand-ins are on this machine, and what is not needed is not told."""
    proxy = "http://quentin:s3cretword@proxy.example:3128"
    for name, value in {"https_proxy": proxy, "NO_PROXY": "a.example,b.example"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SEGMIND_API_KEY", PRIVATE["SEGMIND_API_KEY"])
    discord = FakeDiscord(demo_world(VirtualClock()))
    live = bot_environment(load_settings(None), discord, None, Path("sandbox-data/bot"))
    assert (live["HTTPS_PROXY"], live["NO_PROXY"]) == (proxy, "a.example,b.example")
    async with FakeSegmind() as segmind:
        told = bot_environment(load_settings(None), discord, segmind, Path("sandbox-data/bot"))
    assert [name for name in told if name.upper() in {"HTTPS_PROXY", "NO_PROXY"}] == []


async def test_off_loopback_the_url_has_a_token_that_is_another_each_time(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        async with opened(load_settings(None), SandboxOptions(host="0.0.0.0", port=0), tmp_path) as sandbox:
            tokens.append(URL(sandbox.url).query["token"])
            stand_ins = (sandbox.discord.api_url, sandbox.discord.gateway_url)
            assert {URL(url).host for url in stand_ins} == {"127.0.0.1"}
    assert all(len(token) >= 20 for token in tokens)
    assert tokens[0] != tokens[1]


async def test_an_unwritable_folder_is_one_clear_line(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, where a folder should be")
    with pytest.raises(UnusableSettings, match="cannot be written"):
        async with opened(load_settings(None), SandboxOptions(port=0), blocked):
            raise AssertionError
