"""A backup takes the database's place whole or not at all; what was there is kept, and nothing paid twice."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Unpack

import pytest
from sqlalchemy import create_engine, select, text

from bot.domain.errors import OperatorError
from bot.domain.ids import CardId, RequestId
from bot.domain.job import Job, JobState
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.pictures import cards, jobs
from bot.store.pictures.jobs import Changes
from bot.store.schema.tables import jobs as job_table
from bot.store.upkeep.backup import backup
from bot.store.upkeep.migrate import migrate
from bot.store.upkeep.restore import IDS_LEFT_OUT, distrust, restore
from tests import machine
from tests.builders import NOON, a_card
from tests.databases import admit, message_of
from tests.store.disk import no_file_may_grow_beyond

LATER = NOON + timedelta(hours=5)


def write_once(url: str, fn: Callable[[Connection], object]) -> None:
    async def write() -> None:
        database = await open_database(url)
        await database.write(fn)
        await database.close()

    asyncio.run(write())


def job_count(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as opened:
        return int(opened.execute("SELECT count(*) FROM jobs").fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


@pytest.fixture
def url(path: Path) -> str:
    """Of a database with two jobs; there is a backup of it from when it had one."""
    url = f"sqlite:///{path}"
    migrate(url)
    write_once(url, admit)
    backup(url, path.with_name("copy"))
    write_once(url, admit)
    return url


@pytest.fixture
def copy(url: str, path: Path) -> Path:
    assert url, "it is made with it"
    return path.with_name("copy")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"bot.sqlite3.lock"}


def test_a_lost_database_is_replaced(url: str, path: Path, copy: Path) -> None:
    path.unlink()
    restored = restore(url, copy, at=LATER)
    assert restored.replaced is None
    assert job_count(path) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(path.parent) == {"bot.sqlite3", "copy"}
    write_once(url, admit)
    assert job_count(path) == 2


def test_a_database_that_is_there_is_left_alone(url: str, path: Path, copy: Path) -> None:
    with pytest.raises(OperatorError, match=r"exists\. Use --force"):
        restore(url, copy, at=LATER)
    assert names(path.parent) == {"bot.sqlite3", "copy"}
    assert job_count(path) == 2


def test_by_force_it_is_moved_aside_with_its_newest_changes(url: str, path: Path, copy: Path) -> None:
    path.with_name("bot.sqlite3-wal").write_bytes(b"the newest changes")
    restored = restore(url, copy, at=LATER, is_forced=True)
    assert restored.replaced == path.with_name("bot.sqlite3.replaced-20260314T170000Z")
    aside = path.with_name("bot.sqlite3.replaced-20260314T170000Z-wal")
    assert aside.read_bytes() == b"the newest changes"
    aside.unlink()
    assert job_count(restored.replaced) == 2
    assert job_count(path) == 1
    assert not path.with_name("bot.sqlite3-wal").exists()


async def test_a_database_in_use_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    backup(sqlite_url, tmp_path / "copy")
    database = await open_database(sqlite_url)
    with pytest.raises(OperatorError, match=rf"process {os.getpid()}\)\. Stop it first"):
        restore(sqlite_url, tmp_path / "copy", at=LATER, is_forced=True)
    await database.close()


def test_a_damaged_backup_is_refused(url: str, path: Path, copy: Path) -> None:
    whole = copy.read_bytes()
    copy.write_bytes(whole[:8192] + os.urandom(4096) + whole[12288:])
    with pytest.raises(OperatorError, match="copy is damaged"):
        restore(url, copy, at=LATER, is_forced=True)
    assert job_count(path) == 2


def test_a_file_that_is_no_backup_is_refused(url: str, path: Path) -> None:
    path.with_name("letter").write_text("dear reader")
    for name, said in (("letter", "no SQLite database"), ("nowhere", "There is no backup")):
        with pytest.raises(OperatorError, match=said):
            restore(url, path.with_name(name), at=LATER, is_forced=True)
    assert job_count(path) == 2


def test_a_backup_of_something_else_is_refused(url: str, path: Path) -> None:
    other = path.with_name("other")
    with closing(sqlite3.connect(other)) as opened:
        opened.execute("CREATE TABLE jobs (id INTEGER)")
    with pytest.raises(OperatorError, match="did not create"):
        restore(url, other, at=LATER, is_forced=True)
    assert names(path.parent) == {"bot.sqlite3", "copy", "other"}
    assert job_count(path) == 2


def test_a_disk_without_room_leaves_everything_as_it_was(url: str, path: Path, copy: Path) -> None:
    with no_file_may_grow_beyond(40_000), pytest.raises(OperatorError, match="room"):
        restore(url, copy, at=LATER, is_forced=True)
    assert names(path.parent) == {"bot.sqlite3", "copy"}
    assert job_count(path) == 2


def test_after_a_restore_that_was_cut_off_no_empty_database_is_made(url: str, path: Path, copy: Path) -> None:
    path.rename(path.with_name("bot.sqlite3.replaced-x"))
    path.with_name("bot.sqlite3.restoring").write_bytes(copy.read_bytes())
    with pytest.raises(OperatorError, match=r"was interrupted\. Run it again: python -m bot restore"):
        migrate(url)
    assert not path.exists()
    restore(url, copy, at=LATER)
    assert job_count(path) == 1


# --- what is open in it ---


def brought_to(connection: Connection, *states: JobState) -> list[Job]:
    """Jobs in these states, each alone on a card whose message shows all that is known."""
    return [_brought_to(connection, state) for state in states]


def _brought_to(connection: Connection, state: JobState) -> Job:
    (job,) = admit(connection)
    if state is JobState.RUNNING:
        job = stepped(connection, job, JobState.SUBMITTING)
        job = stepped(connection, job, state, request_id=RequestId(f"r{job.id}"))
    elif state is not JobState.QUEUED:
        job = stepped(connection, job, state)
    message_id = message_of(job.card_id)
    card = a_card(id=job.card_id)
    cards.shown(connection, card, revision=9, message_id=message_id, channel_id=job.channel_id, at=NOON)
    return job


def stepped(connection: Connection, job: Job, to: JobState, **changes: Unpack[Changes]) -> Job:
    after = jobs.step(connection, job, to, at=NOON, why="a test", **changes)
    assert after is not None
    return after


async def test_the_history_decides_about_all_that_may_have_been_sent_since(database: Database) -> None:
    states = (JobState.QUEUED, JobState.SUBMITTING, JobState.RUNNING, JobState.CANCELLED)
    before = await database.write(brought_to, *states)
    assert await database.write(distrust, LATER) == 2

    after = [await database.read(jobs.get, job.id) for job in before]
    assert [job.state for job in after if job] == [
        JobState.UNRESOLVED,
        JobState.UNRESOLVED,
        JobState.RUNNING,
        JobState.CANCELLED,
    ]
    assert [job.submitted_at for job in after if job][:2] == [NOON, None]


async def test_messages_of_open_cards_are_looked_at_before_they_are_changed(database: Database) -> None:
    open_, ended = await database.write(brought_to, JobState.RUNNING, JobState.CANCELLED)
    await database.write(distrust, LATER)
    found = [await database.read(cards.get, job.card_id) for job in (open_, ended)]
    assert [card.shown_revision for card in found if card] == [-1, 9]
    assert await database.read(cards.due) == [open_.card_id]


async def test_ids_that_were_given_since_are_not_given_again(database: Database) -> None:
    before = await database.write(admit)
    await database.write(distrust, LATER)
    after = await database.write(admit)
    assert after[0].id > before[0].id + IDS_LEFT_OUT
    assert after[0].card_id > before[0].card_id + IDS_LEFT_OUT


async def test_ids_are_left_out_of_an_empty_database_too(database: Database) -> None:
    await database.write(distrust, LATER)
    (job,) = await database.write(admit)
    assert job.id > IDS_LEFT_OUT
    assert job.card_id > CardId(IDS_LEFT_OUT)


# --- PostgreSQL ---


def test_a_postgres_archive_goes_into_an_empty_database(tmp_path: Path) -> None:
    with machine.fresh_postgres_database() as url, machine.fresh_postgres_database() as other:
        migrate(url)
        write_once(url, admit)
        backup(url, tmp_path / "copy.dump")
        restored = restore(other, tmp_path / "copy.dump", at=LATER)
        assert (restored.doubtful, restored.replaced) == (1, None)
        engine = create_engine(other.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            assert connection.scalars(select(job_table.c.state)).all() == [JobState.UNRESOLVED]
        engine.dispose()


def test_a_postgres_database_with_tables_is_left_alone(tmp_path: Path) -> None:
    with machine.fresh_postgres_database() as url:
        migrate(url)
        backup(url, tmp_path / "copy.dump")
        write_once(url, admit)
        with pytest.raises(OperatorError, match=r"is not empty\. Create an empty one"):
            restore(url, tmp_path / "copy.dump", at=LATER, is_forced=True)
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM jobs")) == 1
        engine.dispose()


def test_an_archive_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear reader")
    with machine.fresh_postgres_database() as url, pytest.raises(OperatorError, match="pg_restore failed"):
        restore(url, tmp_path / "letter", at=LATER)
