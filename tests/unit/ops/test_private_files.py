"""Nobody but its owner may read what the bot keeps, whatever the umask was, and whoever made the files."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ops.private_files import keep_private, make_new_files_private


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    paths = [folder, *folder.rglob("*")]
    return {path.name: path.lstat().st_mode & 0o777 for path in paths if not path.is_symlink()}


@pytest.mark.usefixtures("umask")
def test_what_is_there_is_made_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "backups").mkdir(parents=True)
    for name in ("bot.sqlite3", "bot.sqlite3-wal", "backups/bot-1.sqlite3"):
        (data / name).touch(0o666)
    (data / "run.sh").touch(0o755)
    keep_private(data)
    assert modes(data) == {
        "data": 0o700,
        "backups": 0o700,
        "bot.sqlite3": 0o600,
        "bot.sqlite3-wal": 0o600,
        "bot-1.sqlite3": 0o600,
        "run.sh": 0o700,
    }


@pytest.mark.usefixtures("umask")
def test_what_comes_later_is_private_from_its_first_moment(tmp_path: Path) -> None:
    make_new_files_private()
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "source.png").touch()
    assert modes(tmp_path / "later") == {"later": 0o700, "source.png": 0o600}


@pytest.mark.usefixtures("umask")
def test_links_and_what_they_lead_to_are_left_alone(tmp_path: Path) -> None:
    outside, data = tmp_path / "outside", tmp_path / "data"
    outside.touch(0o644)
    data.mkdir()
    (data / "link").symlink_to(outside)
    keep_private(data)
    assert outside.stat().st_mode & 0o777 == 0o644


@pytest.mark.usefixtures("umask")
def test_a_data_dir_that_holds_the_working_directory_changes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "README").touch(0o644)
    monkeypatch.chdir(tmp_path / "project")
    keep_private(tmp_path)
    assert (tmp_path / "README").stat().st_mode & 0o777 == 0o644


@pytest.mark.usefixtures("umask")
def test_a_user_without_a_home_has_private_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs as a number of which the machine knows no name."""
    (tmp_path / "source.png").touch(0o644)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    keep_private(tmp_path)
    assert (tmp_path / "source.png").stat().st_mode & 0o777 == 0o600
