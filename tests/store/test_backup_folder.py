"""The folder of dated copies: none goes before a newer one is whole, and none is left by half."""

import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import OperatorError
from bot.store.upkeep import backup_folder
from bot.store.upkeep.migrate import migrate
from tests.builders import NOON
from tests.store.disk import no_file_may_grow_beyond


@pytest.fixture
def url(sqlite_url: str) -> str:
    migrate(sqlite_url)
    return sqlite_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "backups"


def copy(url: str, folder: Path, at: datetime = NOON, keep: int = 3) -> Path:
    return backup_folder.backup_into(folder, url, at=at, keep=keep)


def damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(4096) + whole[12288:])


def test_a_copy_is_named_for_its_time_and_its_owners_alone(url: str, folder: Path) -> None:
    made = copy(url, folder)
    assert backup_folder.newest_first(folder) == [made]
    assert backup_folder.made_at(made) == NOON.replace(microsecond=0)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert made.stat().st_mode & 0o777 == 0o600
    assert backup_folder.newest_good(folder) == made


def test_only_the_newest_are_kept(url: str, folder: Path) -> None:
    made = [copy(url, folder, NOON + timedelta(days=day)) for day in range(5)]
    assert backup_folder.newest_first(folder) == [made[4], made[3], made[2]]


def test_what_is_not_ours_is_left_alone(url: str, folder: Path) -> None:
    copy(url, folder)
    (folder / "before-upgrade.sqlite3").touch()
    copy(url, folder, NOON + timedelta(days=1), keep=1)
    assert (folder / "before-upgrade.sqlite3").exists()


def test_a_clock_that_was_set_back_does_not_cost_the_new_copy(url: str, folder: Path) -> None:
    copy(url, folder, NOON + timedelta(days=1))
    made = copy(url, folder, NOON, keep=1)
    assert backup_folder.newest_first(folder) == [made]


def test_a_copy_that_fails_costs_no_older_one(url: str, folder: Path, tmp_path: Path) -> None:
    before = [copy(url, folder, NOON + timedelta(days=day)) for day in range(3)]
    damage(tmp_path / "bot.sqlite3")
    with pytest.raises(OperatorError, match="damaged"):
        copy(url, folder, NOON + timedelta(days=3), keep=1)
    assert sorted(folder.iterdir()) == before


def test_a_full_disk_leaves_nothing_by_half(url: str, folder: Path) -> None:
    before = copy(url, folder)
    with no_file_may_grow_beyond(40_000), pytest.raises(OperatorError, match="free space"):
        copy(url, folder, NOON + timedelta(days=1), keep=1)
    assert list(folder.iterdir()) == [before]


def test_no_copy_takes_the_room_that_the_database_needs(url: str, folder: Path) -> None:
    with pytest.raises(OperatorError, match=r"would leave too little. Free some space"):
        backup_folder.backup_into(folder, url, at=NOON, keep=1, least_left_bytes=1 << 60)
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_is_swept_up(url: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    for ending in ("partial", "partial-journal"):
        (folder / f".bot-20260101T000000Z.sqlite3.{ending}").touch()
    made = copy(url, folder)
    assert list(folder.iterdir()) == [made]


def test_a_copy_that_is_told_to_stop_leaves_nothing(url: str, folder: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(OperatorError, match="stopped before it was complete"):
        backup_folder.backup_into(folder, url, at=NOON, keep=1, stop=stop)
    assert list(folder.iterdir()) == []


def test_a_damaged_copy_is_not_the_newest_good_one(url: str, folder: Path) -> None:
    good = copy(url, folder)
    damage(copy(url, folder, NOON + timedelta(days=1)))
    copy(url, folder, NOON + timedelta(days=2)).write_bytes(b"no database")
    assert backup_folder.newest_good(folder) == good


def test_without_a_folder_there_is_no_copy(folder: Path) -> None:
    assert backup_folder.newest_first(folder) == []
    assert backup_folder.newest_good(folder) is None


def test_postgres_has_tools_of_its_own() -> None:
    assert backup_folder.is_for("sqlite:///bot.sqlite3")
    assert not backup_folder.is_for("postgresql://somebody@127.0.0.1/bot")
