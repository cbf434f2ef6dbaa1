"""Real databases for tests, each of both kinds: a file of its own, or a PostgreSQL database emptied before.

A folder takes the fixtures over in its conftest: `from tests.databases import database, database_url`.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bot.domain.card import Card, NewCard
from bot.domain.ids import CardId, InteractionId, MessageId
from bot.domain.job import Job
from bot.domain.money import Month
from bot.domain.request import Door, ImageRequest
from bot.store.admission import admissions
from bot.store.admission.facts import Facts, of_request
from bot.store.driver import sqlite_file
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.driver.database_url import address
from bot.store.driver.postgres import connect
from bot.store.driver.schema_version import core_connection
from bot.store.pictures import cards
from bot.store.schema.tables import metadata
from bot.store.upkeep.migrate import migrate
from tests.builders import INTERACTION, MESSAGE, NOON, a_new_card, a_request

_interactions = count(INTERACTION)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a database that has the current schema and no rows."""
    if request.param == "sqlite":
        url = migrated(request.getfixturevalue("sqlite_url"))
    else:
        url = request.getfixturevalue("postgres_url")
        migrate_once(url)
        empty(url)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Database]:
    """The database in PostgreSQL alone, emptied before."""
    migrate_once(postgres_url)
    empty(postgres_url)
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


@contextmanager
def in_memory() -> Iterator[Connection]:
    """A connection to an SQLite database of its own, for many short examples, without transactions."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as driver:
        connection = Connection(driver)
        with core_connection(connection) as core:
            metadata.create_all(core)
        yield connection


@contextmanager
def beside(url: str, *, only_reads: bool = False) -> Iterator[Connection]:
    """A connection beside the bot's, whose transaction is committed at its end."""
    where = address(url)
    connect_to_file = sqlite_file.connect_to_read if only_reads else sqlite_file.connect
    with closing(connect_to_file(where) if isinstance(where, Path) else connect(where)) as driver:
        connection = Connection(driver)
        connection.exec_driver_sql("BEGIN")
        yield connection
        connection.exec_driver_sql("COMMIT")


def migrated(sqlite_url: str) -> str:
    """Put a database with the current schema and no rows there, and return its URL."""
    Path(sqlite_url.removeprefix("sqlite:///")).write_bytes(migrated_file())
    return sqlite_url


@cache
def migrated_file() -> bytes:
    """Migrating takes longer than most tests: done once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


@cache
def migrate_once(url: str) -> None:
    migrate(url)


def empty(postgres_url: str) -> None:
    """As TRUNCATE … RESTART IDENTITY does, but many times faster for a few rows."""
    with psycopg.connect(postgres_url) as connection:
        connection.execute("SET synchronous_commit = off")
        for table in reversed(metadata.sorted_tables):
            name = table.name
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            if "id" in table.columns:
                connection.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1, false)", [name])


def admit(
    connection: Connection,
    /,
    *,
    request: ImageRequest | None = None,
    at: datetime = NOON,
    is_answered: bool = True,
    model: str = "luma-uni-1",
    door: Door = Door.IMAGINE,
    weight: int = 1,
    **card: Any,
) -> list[Job]:
    """A transaction function: a request with a card of its own, whose message is answered with."""
    new = a_new_card(**({"interaction_id": InteractionId(next(_interactions))} | card))
    request = request or a_request()
    facts = facts_about(connection, new, request, at=at)
    kept, queued = admissions.insert(
        connection, facts, new, request, door=door, model=model, at=at, weight=weight
    )
    if is_answered:
        cards.answered(connection, kept.id, message_id=message_of(kept.id))
    return queued


def facts_about(
    connection: Connection, new: NewCard, request: ImageRequest | None = None, *, at: datetime = NOON
) -> Facts:
    return of_request(
        connection,
        new,
        member_ids=[new.member_id],
        role_ids=(),
        channel_id=new.channel_id,
        month=Month.of(at),
        count=(request or a_request()).count,
        at=at,
    )


def admit_card(connection: Connection, new: NewCard, *, at: datetime = NOON) -> Card:
    """A transaction function: a request whose first answer has not reached Discord yet."""
    facts = facts_about(connection, new, at=at)
    card, _ = admissions.insert(
        connection, facts, new, a_request(), door=Door.IMAGINE, model="luma-uni-1", at=at
    )
    return card


def message_of(card_id: CardId) -> MessageId:
    return MessageId(MESSAGE + card_id)
