"""SIGKILL in the middle of writing: what was acknowledged is there, and nothing is there by half."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.ids import JobId
from bot.store.driver.connection import Connection
from bot.store.driver.database import open_database
from bot.store.pictures import events
from bot.store.upkeep.migrate import migrate
from tests.builders import a_request
from tests.databases import admit

ROOT = Path(__file__).parents[2]
MARKER = "zebra-marker"


def acknowledged_before_the_kill(url: str, least: int) -> set[JobId]:
    command = [sys.executable, "-m", "tests.store.writing_child", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:
        assert child.stdout is not None
        try:
            lines = [child.stdout.readline() for _ in range(least)]
        finally:
            child.kill()
        lines += child.stdout.readlines()
    assert child.returncode == -signal.SIGKILL
    return {JobId(int(line)) for line in lines if line.endswith("\n")}


def all_jobs(connection: Connection) -> set[JobId]:
    return set(connection.scalars(text("SELECT id FROM jobs")))


def jobs_without_history(connection: Connection) -> list[JobId]:
    return [job_id for job_id in all_jobs(connection) if len(events.of_job(connection, job_id)) != 1]


@pytest.mark.parametrize("least", [1, 300])
async def test_a_kill_loses_nothing_that_was_acknowledged(database_url: str, least: int) -> None:
    acknowledged = acknowledged_before_the_kill(database_url, least)

    database = await open_database(database_url)
    assert len(acknowledged) >= least
    assert acknowledged <= await database.read(all_jobs)
    assert await database.read(jobs_without_history) == []
    assert len(await database.write(admit)) == 1
    await database.close()


def forget_prompts(connection: Connection) -> None:
    connection.execute(text("UPDATE cards SET prompt = ''"))


async def test_what_was_deleted_before_a_kill_is_overwritten_at_the_next_start(
    sqlite_url: str, tmp_path: Path
) -> None:
    """SQLite's log of changes still has what it was; the check of the file at the start cuts it off."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    migrate(sqlite_url)
    database = await open_database(sqlite_url)
    await database.write(admit, request=a_request(prompt=MARKER))
    await database.write(forget_prompts)
    killed = tmp_path / "killed"
    killed.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, killed / file.name)
    await database.close()
    assert has_marker(killed)

    after = await open_database(f"sqlite:///{killed / path.name}")
    assert not has_marker(killed)
    await after.close()


def has_marker(folder: Path) -> bool:
    return any(MARKER.encode() in file.read_bytes() for file in folder.iterdir() if file.is_file())
