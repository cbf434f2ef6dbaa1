"""What a machine takes from a process while it runs: names, the right to write, a disk that keeps up."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests import machine
from tests.journeys.fast_town import ENTRY, a_fast_town
from tests.journeys.town import Town
from tests.services.outsides import png

#: The ten seconds between two attempts take half a second.
SPEED = 20.0
#: Less than the two seconds between a commit and its request after which nothing may be sent any more.
SLOW_COMMIT_SECONDS = "0.7"
OWN_NAMES = 'mount --bind "$1" /etc/nsswitch.conf; mount --bind "$2" /etc/hosts; shift 2; exec "$@"'
READ_ONLY = 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; exec "$@"'
LOCALHOST = "127.0.0.1 localhost\n"


async def imagine(town: Town, who: str) -> Message:
    return await town.person(who).slash("pictures", "imagine", prompt=f"a fox for {who}").message()


async def edit(town: Town, who: str) -> Message:
    photo = Upload("photo.png", png())
    return await town.person(who).slash("pictures", "edit", prompt=f"snow for {who}", image=photo).message()


@pytest.mark.usefixtures("mounts")
async def test_without_names_requests_wait_and_what_is_paid_comes_later(tmp_path: Path) -> None:
    """The bot reaches the provider by a name, and only its own file of hosts knows names."""
    switch, hosts = tmp_path / "nsswitch.conf", tmp_path / "hosts"
    switch.write_text("hosts: files\n")
    hosts.write_text("")
    command = machine.with_mounts(OWN_NAMES, str(switch), str(hosts), *ENTRY)
    url = "http://localhost:{segmind}"
    provider = {"SEGMIND_API_URL": url, "SEGMIND_ASSETS_URL": url, "SEGMIND_HISTORY_URL": url}
    async with a_fast_town(
        tmp_path, SPEED, command, **provider, SEGMIND_OUTPUT_HOSTS="localhost:{segmind}"
    ) as town:
        first = await imagine(town, "ada")
        await town.until_logged("not accepted")
        assert town.segmind.requests == []
        hosts.write_text(LOCALHOST)
        await town.until_picture(first)
        town.segmind.latency = 200.0
        second = await imagine(town, "ben")
        await town.segmind.until(lambda: len(town.bills) == 2)
        await town.kill()
        hosts.write_text("")
        await town.restart()
        asked = len(town.segmind.requests)
        await asyncio.sleep(1.0)  # twenty seconds, for what must not happen
        assert len(town.segmind.requests) == asked
        hosts.write_text(LOCALHOST)
        await town.until_picture(second)
        assert len(town.bills) == len(town.paid) == 2


@pytest.mark.usefixtures("mounts")
async def test_what_cannot_be_written_waits_and_a_start_says_so_in_one_line(tmp_path: Path) -> None:
    """First the folder of sources under the running bot, then all of its data at a start."""
    sources = tmp_path / "data" / "sources"
    sources.mkdir(parents=True)
    async with a_fast_town(tmp_path, SPEED, machine.with_mounts('exec "$@"', *ENTRY)) as town:
        machine.mount_in(town.bot.pid, "mount", "--bind", str(sources), str(sources))
        machine.mount_in(town.bot.pid, "mount", "-o", "remount,bind,ro", str(sources))
        waiting = await edit(town, "ada")
        await town.until_logged("a source cannot be kept on disk; retrying")
        await town.until_picture(await imagine(town, "ben"))
        assert not waiting.attachments
        machine.mount_in(town.bot.pid, "umount", str(sources))
        await town.until_picture(waiting)

        town.segmind.latency = 100.0
        paid = await imagine(town, "mia")
        await town.segmind.until(lambda: len(town.bills) == 3)
        await town.kill()
        started = await asyncio.to_thread(run_read_only, town)
        assert started.returncode != 0
        assert started.stderr.strip().count("\n") == 0, started.stderr
        assert str(tmp_path / "data") in started.stderr
        await town.restart()
        await town.until_picture(paid)
        assert len(town.bills) == 3


def run_read_only(town: Town) -> "subprocess.CompletedProcess[str]":
    run = (sys.executable, "-m", "bot", "run", "--env-file", os.devnull)
    return subprocess.run(
        machine.with_mounts(READ_ONLY, str(town.folder / "data"), *run),
        env=town.bot_environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


async def test_a_slow_disk_holds_up_only_what_is_written_down(closed_town: Town) -> None:
    town = closed_town
    await town.open(FAULT_POINT="commit.before", FAULT_SECONDS=SLOW_COMMIT_SECONDS)
    ask = town.person("ada").slash("pictures", "imagine", prompt="a fox")
    answer = await town.person("ben").slash("pictures", "help").message()
    assert answer.is_ephemeral
    assert ask.interaction.answer is None, "the first commit is not over yet"
    await town.until_picture(await ask.message())
    assert len(town.bills) == 1
