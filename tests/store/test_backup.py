"""A backup, made while the bot writes, is a whole database that can be put in the place of a lost one."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from bot.domain.errors import OperatorError
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.schema.tables import metadata
from bot.store.upkeep.backup import backup
from bot.store.upkeep.migrate import migrate
from tests import machine
from tests.databases import admit
from tests.store.disk import no_file_may_grow_beyond


def counts(connection: Connection) -> tuple[int, int]:
    tables = (metadata.tables["jobs"], metadata.tables["events"])
    found_jobs, found_events = (
        connection.scalars(select(func.count()).select_from(table)).one() for table in tables
    )
    return found_jobs, found_events


@asynccontextmanager
async def busy(database: Database) -> AsyncIterator[None]:
    """A bot that goes on writing."""
    is_over = False

    async def write() -> None:
        while not is_over:
            await database.write(admit)

    writers = [asyncio.create_task(write()) for _ in range(5)]
    yield
    is_over = True
    await asyncio.gather(*writers)


async def restored_counts(url: str) -> tuple[int, int]:
    migrate(url)
    database = await open_database(url)
    found = await database.read(counts)
    await database.write(admit)
    await database.close()
    return found


async def test_a_backup_of_a_busy_file_holds_all_that_was_written_before(
    sqlite_url: str, tmp_path: Path
) -> None:
    migrate(sqlite_url)
    database = await open_database(sqlite_url)
    async with busy(database):
        for _ in range(20):
            await database.write(admit)
        before, _ = await database.read(counts)
        await asyncio.to_thread(backup, sqlite_url, tmp_path / "copy.sqlite3")
        after, _ = await database.read(counts)
    await database.close()

    jobs, events = await restored_counts(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    assert before <= jobs <= after
    assert events == jobs


async def test_a_backup_of_a_busy_postgres_database(postgres_url: str, tmp_path: Path) -> None:
    with machine.fresh_postgres_database() as url, machine.fresh_postgres_database() as other:
        migrate(url)
        database = await open_database(url)
        async with busy(database):
            await database.write(admit)
            before, _ = await database.read(counts)
            await asyncio.to_thread(backup, url, tmp_path / "copy.dump")
        await database.close()
        restore = ["pg_restore", "--exit-on-error", f"--dbname={other}", str(tmp_path / "copy.dump")]
        await asyncio.to_thread(subprocess.run, restore, check=True)

        jobs, events = await restored_counts(other)
        assert before <= jobs
        assert events == jobs


def test_a_backup_is_one_file_for_its_owner_alone(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(sqlite_url, folder / "copy.sqlite3")
    assert [path.name for path in folder.iterdir()] == ["copy.sqlite3"]
    assert (folder / "copy.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_new_backup_takes_the_place_of_an_old_one(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    backup(sqlite_url, tmp_path / "copy")
    old = (tmp_path / "copy").stat().st_ino
    (tmp_path / "empty").touch()
    for name in ("copy", "empty"):
        backup(sqlite_url, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(b"SQLite format 3")
    assert (tmp_path / "copy").stat().st_ino != old


def test_a_backup_takes_the_place_of_nothing_else(sqlite_url: str, postgres_url: str, tmp_path: Path) -> None:
    """Such as the key, without which the backup itself would be unreadable."""
    migrate(sqlite_url)
    (tmp_path / "secret.key").write_text("a key\n")
    os.mkfifo(tmp_path / "pipe")
    for url in (sqlite_url, postgres_url):
        for path in (tmp_path / "secret.key", tmp_path / "pipe", tmp_path):
            with pytest.raises(OperatorError, match="exists and is no backup"):
                backup(url, path)
    assert (tmp_path / "secret.key").read_text() == "a key\n"


def test_a_backup_that_fails_leaves_the_old_one(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    path = tmp_path / "bot.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(4096) + whole[12288:])
    old = b"SQLite format 3\0 an old one"
    (tmp_path / "copy").write_bytes(old)
    with pytest.raises(OperatorError, match="No backup was made"):
        backup(sqlite_url, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == old
    assert not list(tmp_path.glob(".copy*"))


def test_the_database_is_not_its_own_backup(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    with pytest.raises(OperatorError, match="belongs to the database itself"):
        backup(sqlite_url, tmp_path / "bot.sqlite3")
    with pytest.raises(OperatorError, match="belongs to the database itself"):
        backup(sqlite_url, tmp_path / "bot.sqlite3-wal")


def test_nothing_there_to_back_up(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="is not there yet"):
        backup(sqlite_url, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    with pytest.raises(OperatorError, match="nowhere does not exist"):
        backup(sqlite_url, tmp_path / "nowhere" / "copy")
    with pytest.raises(OperatorError, match="exists and is no backup"):
        backup(sqlite_url, tmp_path)


def test_a_disk_without_room_for_the_backup(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    with no_file_may_grow_beyond(40_000), pytest.raises(OperatorError, match=r"copy.* has free space"):
        backup(sqlite_url, tmp_path / "copy")
    assert not list(tmp_path.glob("*copy*"))


def test_postgres_needs_pg_dump(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperatorError, match="pg_dump is not installed"):
        backup(postgres_url, tmp_path / "copy")


def test_other_users_of_the_machine_do_not_see_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = tmp_path / "pg_dump"
    recorder.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/seen\n'
        f'(echo "$PGPASSWORD"; cat "$PGSERVICEFILE"; stat -c %a "$PGSERVICEFILE") > {tmp_path}/unseen\n'
    )
    recorder.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    backup("postgresql://somebody:secret@127.0.0.1:1/bot?sslpassword=my%20secret", tmp_path / "copy")

    assert "postgresql://somebody@127.0.0.1:1/bot?service=bot" in (tmp_path / "seen").read_text()
    assert "secret" not in (tmp_path / "seen").read_text()
    assert (tmp_path / "unseen").read_text() == "secret\n[bot]\nsslpassword=my secret\n600\n"


def test_a_dump_that_fails_says_why_without_the_password(tmp_path: Path) -> None:
    assert shutil.which("pg_dump")
    url = make_url("postgresql://somebody:secret@127.0.0.1:1/bot").render_as_string(hide_password=False)
    with pytest.raises(OperatorError, match=r"pg_dump failed for bot at 127\.0\.0\.1:1") as refused:
        backup(url, tmp_path / "copy")
    assert "secret" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
