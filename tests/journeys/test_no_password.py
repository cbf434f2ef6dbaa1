"""The password in DATABASE_URL, whatever becomes of PostgreSQL: in no log, error, page or argument."""

import asyncio
import json
import os
import stat
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from tests import machine
from tests.journeys.test_no_secret import command, page
from tests.journeys.town import Town, free_port

#: With all that a URL, JSON and Python's repr write otherwise.
PASSWORD = "Näh/tür@8 \\'%41\"#?x"
WORDS = ("Näh", "N%C3%A4h", "N\\u00e4h", "tür", "t%C3%BCr", "t\\u00fcr")


def found_in(text: str) -> list[str]:
    spelled = (PASSWORD, quote(PASSWORD, safe=""), repr(PASSWORD), json.dumps(PASSWORD), *WORDS)
    return [one for one in spelled if one in text]


@pytest.fixture
def own_url() -> Iterator[str]:
    """Of a database whose owner has that password."""
    reason = machine.why_no_postgres()
    if reason is not None:
        pytest.skip(reason)
    with psycopg.connect(machine.postgres_server_url(), autocommit=True) as server:
        owner = f"picture_bot_test_{uuid.uuid4().hex[:12]}"
        role, password = sql.Identifier(owner), sql.Literal(PASSWORD)
        server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
        try:
            with machine.fresh_postgres_database() as url:
                parts = urlsplit(url)
                database = sql.Identifier(parts.path.removeprefix("/"))
                server.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, role))
                place = f"{owner}:{quote(PASSWORD, safe='')}@{parts.hostname}:{parts.port}"
                yield urlunsplit(parts._replace(netloc=place))
        finally:
            server.execute(sql.SQL("DROP ROLE {}").format(role))


def gone(url: str, *, is_gone: bool) -> None:
    """Nobody is let into the database any more, and who is there is sent away; or all is well again."""
    name = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(machine.postgres_server_url(), autocommit=True) as server:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        server.execute(allow.format(sql.Identifier(name), sql.SQL("false" if is_gone else "true")))
        if is_gone:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


async def test_no_password_leaves_its_place(closed_town: Town, own_url: str) -> None:
    town, url = closed_town, own_url
    settings = {"DATABASE_URL": url, "LOG_LEVEL": "DEBUG"}
    await town.open(**settings)
    first = await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()
    await town.until_picture(first)
    gone(url, is_gone=True)
    refused = town.person("ada").slash("pictures", "imagine", prompt="a storm")
    told = (await refused.message()).content
    unwell = await asyncio.to_thread(page_or_error, town, "/healthz")
    checked_while_gone = await command(town, "check", **settings)
    gone(url, is_gone=False)
    again = await town.person("ada").slash("pictures", "imagine", prompt="calm again").message()
    await town.until_picture(again)
    copy = town.folder / "copy.dump"
    checked, backed_up = await asyncio.gather(
        command(town, "check", **settings), command(town, "backup", str(copy), **settings)
    )
    places = {
        "Discord": told,
        "health without a database": unwell,
        "check without a database": checked_while_gone,
        "health": await asyncio.to_thread(page, town, "/healthz"),
        "metrics": await asyncio.to_thread(page, town, "/metrics"),
        "check": checked,
        "backup": backed_up,
        "log": town.log,
        "file names": "\n".join(map(str, town.folder.rglob("*"))),
    }
    assert "the database does not answer" in unwell
    assert "FIX   Database" in checked_while_gone
    assert "ok    Database" in places["check"]
    assert "DEBUG" in places["log"].upper(), "a day without debug lines proves nothing"
    assert {place: found_in(text) for place, text in places.items() if found_in(text)} == {}
    kept = await asyncio.to_thread(copy.read_bytes)
    assert kept.startswith(b"PGDMP")
    assert PASSWORD.encode() not in kept


def page_or_error(town: Town, path: str) -> str:
    try:
        return page(town, path)
    except OSError as error:
        read: Callable[[], bytes] = getattr(error, "read", lambda: b"")
        return f"{error} {read().decode()}"


# --- a start that goes wrong --------------------------------------------------------------------------


@asynccontextmanager
async def a_server_that_quotes_the_password() -> AsyncIterator[int]:
    """It asks for the password in clear, and says it again in its refusal."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (length := int.from_bytes(await reader.readexactly(4))) == 8:  # TLS? no
            await reader.readexactly(4)
            writer.write(b"N")
        await reader.readexactly(length - 4)
        writer.write(b"R" + (8).to_bytes(4) + (3).to_bytes(4))
        await reader.readexactly(1)
        given = await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)
        said = b"SFATAL\0C28P01\0Mno, " + given.rstrip(b"\0") + b" is wrong\0\0"
        writer.write(b"E" + (len(said) + 4).to_bytes(4) + said)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextmanager
def a_pg_dump_that_tells(folder: Path) -> Iterator[Path]:
    """Its arguments, as everybody on the machine can read them; returns the file with these."""
    program, arguments = folder / "bin" / "pg_dump", folder / "arguments"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {arguments}\nexit 1\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    yield arguments


SPELLED = quote(PASSWORD, safe="")
BEFORE_THE_HOST = "postgresql://bot:{}@127.0.0.1:{}/bot"
AS_AN_OPTION = "postgresql://bot@127.0.0.1:{1}/bot?password={0}"


async def test_nor_when_a_start_goes_wrong(closed_town: Town) -> None:
    town, nowhere = closed_town, free_port()
    async with a_server_that_quotes_the_password() as refusing:
        run, check, lost = await asyncio.gather(
            command(town, "run", DATABASE_URL=AS_AN_OPTION.format(SPELLED, refusing)),
            command(town, "check", DATABASE_URL=BEFORE_THE_HOST.format(SPELLED, refusing)),
            command(town, "run", DATABASE_URL=BEFORE_THE_HOST.format(SPELLED, nowhere)),
        )
    assert f"Cannot connect to the PostgreSQL database bot at 127.0.0.1:{refusing}" in run
    assert f"FIX   Database: Cannot connect to the PostgreSQL database bot at 127.0.0.1:{refusing}" in check
    assert f"Cannot connect to the PostgreSQL database bot at 127.0.0.1:{nowhere}" in lost
    said = {"run": run, "check": check, "lost": lost}
    assert "Traceback" not in str(said)
    assert {place: found_in(text) for place, text in said.items() if found_in(text)} == {}


async def test_nor_does_another_user_of_the_machine_read_it(closed_town: Town) -> None:
    town = closed_town
    with a_pg_dump_that_tells(town.folder) as arguments:
        path = f"{town.folder / 'bin'}:{os.environ['PATH']}"
        url = AS_AN_OPTION.format(SPELLED, free_port())
        said = await command(town, "backup", str(town.folder / "copy"), PATH=path, DATABASE_URL=url)
        told = await asyncio.to_thread(arguments.read_text)
    assert "dbname=postgresql://bot@127.0.0.1" in told
    assert "pg_dump failed" in said
    assert found_in(told + said) == []
