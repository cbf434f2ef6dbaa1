"""The other commands while the bot runs: none takes anything from it."""

import os
import sqlite3
from contextlib import closing

import pytest

from tests.journeys.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def command(town: Town, *arguments: str) -> tuple[int | None, str]:
    """Exit code and all that was said."""
    arguments = ("-m", "bot", *arguments, "--env-file", os.devnull)
    return await town.said(*arguments, OPS_PORT="0", BUDGET_MONTHLY_USD="25")


async def imagined(town: Town) -> None:
    message = await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()
    await town.until_picture(message)


async def test_check_finds_nothing_wrong(town: Town) -> None:
    code, said = await command(town, "check")
    assert code == 0, said
    assert f"ok    Database: in use by a running bot (process {town.bot.pid})" in said
    await imagined(town)


async def test_backup_copies_what_has_happened(town: Town) -> None:
    await imagined(town)
    path = town.folder / "copy.sqlite3"
    assert await command(town, "backup", str(path)) == (0, "")
    with closing(sqlite3.connect(path)) as copy:
        states = {state for (state,) in copy.execute("SELECT state FROM jobs")}
    assert states == {"delivered"}
    await imagined(town)


@pytest.mark.parametrize("name", ["run", "migrate"])
async def test_a_second_process_on_the_same_file_ends_with_one_clear_line(town: Town, name: str) -> None:
    code, said = await command(town, name)
    assert code == 1
    (line,) = said.splitlines()
    assert line.startswith("Another bot is using ")
    assert f"(process {town.bot.pid}). Stop it first" in line
    await imagined(town)
