"""A real PgBouncer in transaction mode before the tests' PostgreSQL: few sessions, shared by all."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote, urlsplit

#: It refuses to run as root.
USER = "nobody"
PORT = 6432
#: So few that each client's transactions come to sessions that others have just used.
SESSIONS = 3
START_SECONDS = 20.0


def pgbouncer_path() -> str | None:
    """Debian puts it where only root's PATH leads."""
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def pooled(url: str, *, sessions: int = SESSIONS) -> Iterator[str]:
    """A URL of the same database that leads through a PgBouncer of its own, by a socket in a new folder."""
    with TemporaryDirectory(prefix="pgbouncer-") as folder:
        _configure(Path(folder), url, sessions)
        with subprocess.Popen(_command(Path(folder))) as process:
            try:
                _wait_for(Path(folder) / f".s.PGSQL.{PORT}")
                yield f"postgresql://bot@/bot?host={quote(folder, safe='')}&port={PORT}"
            finally:
                process.kill()


def _configure(folder: Path, url: str, sessions: int) -> None:
    server = urlsplit(url)
    login = f"user={unquote(server.username or 'postgres')}"
    if server.password:
        login += f" password={unquote(server.password)}"
    (folder / "users").write_text('"bot" ""\n')
    (folder / "pgbouncer.ini").write_text(
        "[databases]\n"
        f"bot = host={server.hostname} port={server.port or 5432} dbname={server.path[1:]} {login}\n"
        "[pgbouncer]\n"
        "pool_mode = transaction\n"
        f"default_pool_size = {sessions}\n"
        "auth_type = trust\n"
        f"auth_file = {folder}/users\n"
        f"unix_socket_dir = {folder}\n"
        f"listen_port = {PORT}\n"
    )
    if os.getuid() == 0:
        shutil.chown(folder, USER)
        folder.chmod(0o755)


def _command(folder: Path) -> list[str]:
    as_whom = ["-u", USER] if os.getuid() == 0 else []
    return [str(pgbouncer_path()), "-q", *as_whom, str(folder / "pgbouncer.ini")]


def _wait_for(path: Path) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while True:
        with socket.socket(socket.AF_UNIX) as tried:
            if tried.connect_ex(str(path)) == 0:
                return
        if time.monotonic() > ends_at:
            raise TimeoutError(f"PgBouncer does not answer at {path}")
        time.sleep(0.02)
