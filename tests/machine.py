"""What this machine offers to the tests: a browser, a PostgreSQL server, mounts. Knows nothing of the bot."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

DEFAULT_POSTGRES_URL = "postgresql://postgres@127.0.0.1:5432/postgres"
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """Return the program named by CHROMIUM, else the first Chromium or Chrome on the PATH."""
    named = os.environ.get("CHROMIUM")
    candidates = (named,) if named else CHROMIUM_NAMES
    return next((found for name in candidates if (found := shutil.which(name))), None)


def postgres_server_url() -> str:
    return os.environ.get("TEST_POSTGRES_URL") or DEFAULT_POSTGRES_URL


@cache
def why_no_postgres() -> str | None:
    """Say why there is no server to use, or None if one answers."""
    try:
        with psycopg.connect(postgres_server_url(), connect_timeout=3):
            return None
    except psycopg.OperationalError as error:
        return f"no PostgreSQL server answers (set TEST_POSTGRES_URL): {str(error).splitlines()[0]}"


@contextmanager
def fresh_postgres_database(settings: Mapping[str, str] = NO_SETTINGS) -> Iterator[str]:
    """Create an empty database on the server, give its URL, and drop it at the end.

    The settings hold for all sessions in it.
    """
    name = f"picture_bot_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server_url(), autocommit=True) as server:
        create = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")  # whatever the server's is
        server.execute(create.format(sql.Identifier(name)))
        try:
            for setting in settings.items():
                set_for_all(server, name, *setting)
            yield urlunsplit(urlsplit(postgres_server_url())._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def set_for_all(server: psycopg.Connection[Any], database: str, setting: str, value: str) -> None:
    """Change a setting of all sessions in the database that begin from now on."""
    change = sql.SQL("ALTER DATABASE {} SET {} = {}")
    server.execute(change.format(sql.Identifier(database), sql.Identifier(setting), sql.Literal(value)))


@cache
def why_no_mounts() -> str | None:
    """Say why a process cannot have mounts of its own, or None if it can."""
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "--bind", "/etc", "/etc"], capture_output=True, text=True, check=False
    )
    return f"mounts need root or CAP_SYS_ADMIN: {tried.stderr.strip()}" if tried.returncode else None


def with_mounts(script: str, *arguments: str) -> tuple[str, ...]:
    """A command that runs the script in a mount namespace of its own; end it with `exec "$@"`.

    What is mounted there is seen by that process alone, and gone with it.
    """
    return ("unshare", "--mount", "sh", "-euc", script, "sh", *arguments)


def mount_in(pid: int | None, *arguments: str) -> None:
    """`mount` or `umount` in the namespace of a process that was started by `with_mounts`."""
    subprocess.run(["nsenter", f"--target={pid}", "--mount", *arguments], check=True)
