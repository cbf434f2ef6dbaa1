"""The database is lost, and a backup takes its place: the real commands, and the real process after them."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from standins.fake_discord.model import Message
from tests.journeys.town import Town


async def command(town: Town, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, as the operator of this town's bot uses it."""
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", arguments[0], "--env-file", os.devnull, *arguments[1:]],
        env=town.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


async def imagine(town: Town, prompt: str) -> Message:
    return await town.person("ada").slash("pictures", "imagine", prompt=prompt).message()


def data(town: Town, name: str) -> Path:
    return town.folder / "data" / name


def damage(path: Path) -> bytes:
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(4096) + whole[12288:])
    return path.read_bytes()


async def waiting_in_line(town: Town) -> Message:
    """A picture that the provider does not take for now."""
    town.segmind.faults.add("submit", "rate_limited", seconds=1)
    message = await imagine(town, "a lighthouse")
    await town.until_logged("after=queued before=submitting")
    return message


async def test_what_was_paid_after_the_backup_is_not_paid_again(own_town: Town) -> None:
    town = own_town
    copy = str(town.folder / "copy.sqlite3")
    message = await waiting_in_line(town)
    assert (await command(town, "backup", copy)).returncode == 0
    town.segmind.faults.clear()
    await town.until_picture(message)
    later = await town.until_picture(await imagine(town, "made after the backup"))

    refused = await command(town, "restore", "--force", copy)
    assert refused.returncode == 1
    assert "Stop it first" in refused.stderr
    await town.kill()
    refused = await command(town, "restore", copy)
    assert "Use --force" in refused.stderr
    restored = await command(town, "restore", "--force", copy)
    assert restored.returncode == 0, restored.stderr
    assert "before anything is sent: 1." in restored.stderr
    assert len(list(data(town, "").glob("bot.sqlite3.replaced-*Z"))) == 1

    await town.restart()
    await town.until_logged("found in the history")
    await town.until_picture(message)
    assert len(town.bills) == 2
    assert len(message.attachments) == 1
    assert len(later.attachments) == 1
    await town.until_picture(await imagine(town, "life goes on"))


async def test_a_damaged_database_is_never_made_anew_and_the_newest_good_backup_is_named(
    own_town: Town,
) -> None:
    town = own_town
    await town.until_picture(await imagine(town, "a lighthouse"))
    await town.bot.stop()
    folder = data(town, "backups")
    folder.mkdir(mode=0o700, exist_ok=True)
    good, bad = (folder / f"bot-2026010{day}T000000Z.sqlite3" for day in (1, 2))
    for path in (good, bad):
        assert (await command(town, "backup", str(path))).returncode == 0
    damage(bad)
    damaged = damage(data(town, "bot.sqlite3"))

    started = await command(town, "run")
    assert started.returncode == 1
    (line,) = started.stderr.splitlines()
    assert "bot.sqlite3 is damaged" in line
    assert f"The newest good backup is {good}" in line
    assert data(town, "bot.sqlite3").read_bytes() == damaged

    assert (await command(town, "restore", "--force", str(good))).returncode == 0
    await town.restart()
    await town.until_picture(await imagine(town, "life goes on"))
