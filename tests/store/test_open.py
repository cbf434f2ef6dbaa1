"""Opening a database that cannot be used: one line that says what to do, and nothing left behind."""

import asyncio
import errno
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.domain.errors import OperatorError
from bot.store.driver import sqlite_file
from bot.store.driver.database import open_database
from bot.store.driver.schema_version import known_versions
from bot.store.driver.sqlite_file import connect, require_version, sqlite_problem
from bot.store.upkeep.migrate import migrate
from tests import machine
from tests.store.disk import as_somebody_without_rights, no_file_may_grow_beyond

ROOT = Path(__file__).parents[2]


def refusal(url: str) -> str:
    return asyncio.run(refusal_within(url))


async def refusal_within(url: str) -> str:
    before = set(threading.enumerate())
    with pytest.raises(OperatorError) as refused:
        await open_database(url)
    left = [thread for thread in set(threading.enumerate()) - before if "asyncio" not in thread.name]
    assert left == []
    line = str(refused.value)
    assert "\n" not in line
    return line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a database with the current schema."""
    migrate(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    return tmp_path / "bot.sqlite3"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://somebody:secret@127.0.0.1/bot", "starts with mysql:"),
        ("somewhere", "cannot be read"),
        ("postgresql://somebody:secret@127.0.0.1:port/bot", "cannot be read"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///~nobody-of-this-name/bot.sqlite3", "of a user that does not exist"),
        ("sqlite:///bot.sqlite3?mode=ro", "an SQLite file takes none"),
        ("sqlite:///bot%00.sqlite3", "cannot be read"),
        ("postgresql://somebody:secret@127.0.0.1/%00bot", "cannot be read"),
        ("postgresql://somebody:secret%00@127.0.0.1/bot", "cannot be read"),
        ("postgresql://somebody:secret@127.0.0.1/bot?sslmode=%00disable", "cannot be read"),
        ("postgresql://somebody:secret@127.0.0.1", "names no database"),
        ("postgresql://somebody:secret@127.0.0.1/", "names no database"),
        ("postgresql://somebody:secret@127.0.0.1/?sslmode=disable", "names no database"),
        ("postgresql://somebody:secret@127.0.0.1/bot?sslmod=disable", "Did you mean sslmode?"),
        ("postgresql://somebody@127.0.0.1/bot?sslmode=disable&password=a&secret=b", "parameter 3"),
    ],
)
def test_a_url_that_means_nothing(url: str, said: str) -> None:
    line = refusal(url)
    assert said in line
    assert "secret" not in line
    with pytest.raises(OperatorError, match=re.escape(line)):
        migrate(url)


def test_the_servers_own_database_is_not_migrated_for_want_of_a_name() -> None:
    server = make_url(machine.postgres_server_url())
    with pytest.raises(OperatorError, match="names no database"):
        migrate(server._replace(database=None).render_as_string(hide_password=False))


def test_what_libpq_says_is_told_to_its_end() -> None:
    line = refusal("postgresql://somebody@127.0.0.1:1/bot")
    assert "Connection refused" in line
    assert "Is the server running on that host" in line
    assert "invalid sslmode value" in refusal("postgresql://somebody@127.0.0.1/bot?sslmode=sometimes")


def test_a_file_below_somebodys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    migrate("sqlite:///~/bot.sqlite3")
    assert (tmp_path / "bot.sqlite3").exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    line = refusal(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    assert "is not there yet" in line
    assert "python -m bot migrate" in line
    assert not (tmp_path / "bot.sqlite3").exists()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nowhere' / 'bot.sqlite3'}"
    assert f"The folder {tmp_path / 'nowhere'} does not exist" in refusal(url)
    with pytest.raises(OperatorError, match="does not exist"):
        migrate(url)


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / ('x' * 300)}"
    assert "cannot be written: File name too long" in refusal(url)
    with pytest.raises(OperatorError, match="File name too long"):
        migrate(url)


def test_a_folder_that_may_not_be_entered() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o700)
        url = f"sqlite:///{folder}/data/bot.sqlite3"
        with as_somebody_without_rights():
            assert "cannot be written: Permission denied" in refusal(url)
            with pytest.raises(OperatorError, match="Permission denied"):
                migrate(url)


def test_a_folder_in_the_place_of_the_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "cannot be written" in refusal(f"sqlite:///{tmp_path / 'folder'}")


@pytest.mark.parametrize("ending", [".lock", "-wal"])
def test_a_part_of_another_user_is_named_by_its_own_path(ending: str) -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder) / "bot.sqlite3"
        migrate(f"sqlite:///{path}")
        path.chmod(0o666)
        path.with_name(path.name + ".lock").unlink()
        part = path.with_name(path.name + ending)
        part.touch()
        part.chmod(0o600)
        with as_somebody_without_rights():
            line = refusal(f"sqlite:///{path}")
    assert f"{part} cannot be written" in line


def test_an_empty_file_is_to_be_migrated(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").touch()
    assert "is empty. Run: python -m bot migrate" in refusal(f"sqlite:///{tmp_path / 'bot.sqlite3'}")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").write_text("a letter, not a database\n" * 100)
    line = refusal(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    assert "is no SQLite database" in line
    assert "Restore a backup" in line
    assert (tmp_path / "bot.sqlite3").read_text().startswith("a letter")


def test_a_damaged_file(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(4096) + whole[12288:])
    assert "is damaged" in refusal(f"sqlite:///{path}")


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_lost_file_whose_log_is_left_is_not_made_anew(path: Path, is_empty: bool) -> None:  # noqa: FBT001  a case
    path.with_name("bot.sqlite3-wal").write_bytes(b"the newest changes")
    path.unlink()
    if is_empty:
        path.touch()
    assert "newest changes are still in" in refusal(f"sqlite:///{path}")
    with pytest.raises(OperatorError, match="restore a backup"):
        migrate(f"sqlite:///{path}")
    assert path.with_name("bot.sqlite3-wal").read_bytes() == b"the newest changes"


async def test_a_second_opening_in_the_same_process(path: Path) -> None:
    first = await open_database(f"sqlite:///{path}")
    assert f"Another bot is using {path} (process {os.getpid()})" in await refusal_within(f"sqlite:///{path}")
    with pytest.raises(OperatorError, match="Another bot is using"):
        migrate(f"sqlite:///{path}")
    await first.close()

    await open_and_close(f"sqlite:///{path}")


HOLD = """
import asyncio, sys
from bot.store.driver import sqlite_file
from bot.store.driver.database import open_database
async def hold():
    database = await open_database(sys.argv[1])
    print("open", flush=True)
    await asyncio.sleep(60)
    await database.close()
asyncio.run(hold())
"""


def test_a_second_process_and_a_lock_that_ends_with_its_process(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, f"sqlite:///{path}"], stdout=subprocess.PIPE, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        try:
            assert other.stdout.readline() == b"open\n"
            assert f"(process {other.pid}). Stop it first" in refusal(f"sqlite:///{path}")
        finally:
            other.kill()
    asyncio.run(open_and_close(f"sqlite:///{path}"))


async def open_and_close(url: str) -> None:
    database = await open_database(url)
    await database.close()


def test_a_file_that_another_program_keeps_locked(path: Path) -> None:
    with closing(sqlite3.connect(path)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError) as refused:
            connect(path, busy_seconds=0.1)
    assert "Another program has locked" in str(sqlite_problem(path, refused.value))


OPEN_AS_NOBODY = """
import asyncio, os, sys
from bot.store.driver import sqlite_file
from bot.store.driver.database import open_database
from bot.store.driver.schema_version import known_versions

known_versions()
asyncio.run(asyncio.to_thread(int))  # what nobody may not read is read now
if os.getuid() == 0:
    os.setuid(65534)
try:
    asyncio.run(open_database(sys.argv[1]))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.fixture
def folder_for_all() -> Iterator[Path]:
    """Unlike `tmp_path`, others may enter it."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("is_folder_open", [True, False])
def test_a_file_that_only_somebody_else_may_write(folder_for_all: Path, *, is_folder_open: bool) -> None:
    path = folder_for_all / "bot.sqlite3"
    migrate(f"sqlite:///{path}")
    path.chmod(0o444)
    folder_for_all.chmod(0o777 if is_folder_open else 0o555)
    path.with_name("bot.sqlite3.lock").unlink()
    said = subprocess.run(
        [sys.executable, "-c", OPEN_AS_NOBODY, f"sqlite:///{path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    folder_for_all.chmod(0o755)
    assert said.stdout.startswith(f"OperatorError: {path}"), said.stderr
    assert "cannot be written" in said.stdout
    assert "bot's user may write" in said.stdout


def test_a_disk_without_room(tmp_path: Path) -> None:
    with no_file_may_grow_beyond(10_000), pytest.raises(OperatorError, match="room") as refused:
        migrate(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    assert "bot.sqlite3" in str(refused.value)
    migrate(f"sqlite:///{tmp_path / 'bot.sqlite3'}")


def test_an_sqlite_that_is_too_old() -> None:
    require_version((3, 35, 0))
    with pytest.raises(OperatorError, match=r"SQLite 3\.34\.1, but the bot needs 3\.35"):
        require_version((3, 34, 1))


def test_a_database_of_a_newer_version(database_url: str) -> None:
    set_version(database_url, "9999")
    line = refusal(database_url)
    assert "newer version of the bot (its schema is 9999)" in line
    with pytest.raises(OperatorError, match="newer version"):
        migrate(database_url)
    set_version(database_url, known_versions()[0])


def set_version(url: str, version: str) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    engine.dispose()


def test_a_postgres_database_without_tables() -> None:
    with machine.fresh_postgres_database() as url:
        assert "is empty. Run: python -m bot migrate" in refusal(url)


def test_no_postgres_server_there() -> None:
    line = refusal("postgresql://somebody:secret@127.0.0.1:1/bot")
    assert "Cannot connect to the PostgreSQL database bot at 127.0.0.1:1" in line
    assert "secret" not in line
    with pytest.raises(OperatorError, match="Cannot connect"):
        migrate("postgresql://somebody:secret@127.0.0.1:1/bot")


def test_no_such_postgres_database(postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="nowhere").render_as_string(hide_password=False)
    assert "has no database nowhere" in refusal(url)


def test_no_such_postgres_user(postgres_url: str) -> None:
    url = (
        make_url(postgres_url)
        .set(username="stranger", password="secret")
        .render_as_string(hide_password=False)
    )
    line = refusal(url)
    assert "refuses the user stranger or its password" in line
    assert "secret" not in line


async def test_postgresql_on_windows_itself_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class ProactorEventLoop:
        """The loop that Windows needs for child processes, and psycopg cannot use."""

    monkeypatch.setattr(asyncio, "get_running_loop", ProactorEventLoop)
    with pytest.raises(OperatorError, match="On Windows, the bot can only use SQLite"):
        await open_database("postgresql://user@127.0.0.1:1/database")


async def test_a_file_system_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as some network shares; there is none to be had here."""

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    monkeypatch.setattr(sqlite_file, "lock", refuse)
    with pytest.raises(OperatorError, match=r"on a file system that cannot lock files .* Use a local disk"):
        await open_database(url)
