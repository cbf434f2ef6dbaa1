"""The settings that an operator may have given all sessions (`ALTER DATABASE … SET …`, `ALTER ROLE …`)."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, text

from bot.domain.errors import OperatorError
from bot.domain.ids import CardId
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.driver.database_url import address
from bot.store.driver.process_lock import Lock, held
from bot.store.driver.single_transaction import transaction
from bot.store.fleet.queue import CardQueue, bring_up_to_date
from bot.store.pictures import cards
from bot.store.upkeep.migrate import migrate
from tests import machine
from tests.databases import admit

ROOT = Path(__file__).parents[2]
#: All of them are other than PostgreSQL's own, and legal.
SET_BY_THE_OPERATOR = {
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "statement_timeout": "300ms",
    "lock_timeout": "300ms",
    "idle_in_transaction_session_timeout": "300ms",
    "synchronous_commit": "off",
    "timezone": "Pacific/Marquesas",
    "datestyle": "German",
    "intervalstyle": "iso_8601",
    "standard_conforming_strings": "off",
    "bytea_output": "escape",
    "client_encoding": "latin1",
    "extra_float_digits": "-5",
    "jit": "off",
}
#: Longer than the operator's limits.
LONG = "SELECT pg_sleep(0.6)"
IN_FORCE = {
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
    "statement_timeout": "0",
    "client_encoding": "UTF8",
}
SOON = 20.0


@pytest.fixture(scope="module")
def migrated_url() -> Iterator[str]:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database(SET_BY_THE_OPERATOR) as url:
        migrate(url, bring_up_to_date)
        yield url


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    opened = await open_database(migrated_url)
    yield opened
    await opened.close()


def settings(connection: Connection, *more: str) -> dict[str, str]:
    return {name: str(connection.scalar(text(f"SHOW {name}"))) for name in (*IN_FORCE, *more)}


def sleep(connection: Connection) -> None:
    connection.exec_driver_sql(LONG)


async def test_transactions_have_what_they_rely_on(database: Database, migrated_url: str) -> None:
    written = IN_FORCE | {"transaction_isolation": "read committed", "synchronous_commit": "on"}
    assert await database.write(settings, *written) == written
    read = IN_FORCE | {"transaction_isolation": "repeatable read", "transaction_read_only": "on"}
    assert await database.read(settings, *read) == read
    with transaction(migrated_url) as connection:
        assert settings(connection, *written) == written


@pytest.mark.parametrize("chosen", ["remote_apply", "remote_write", "local", "on"])
def test_a_commit_that_is_saved_is_saved_as_the_operator_wants(migrated_url: str, chosen: str) -> None:
    name = migrated_url.rpartition("/")[2]
    with psycopg.connect(migrated_url, autocommit=True) as server:
        machine.set_for_all(server, name, "synchronous_commit", chosen)
        try:
            with transaction(migrated_url) as connection:
                assert connection.scalar(text("SHOW synchronous_commit")) == chosen
        finally:
            machine.set_for_all(server, name, "synchronous_commit", "off")


async def test_what_takes_long_is_not_ended(database: Database, migrated_url: str) -> None:
    await asyncio.gather(database.write(sleep), database.read(sleep))
    with transaction(migrated_url) as connection:
        sleep(connection)


async def test_a_lock_is_waited_for_and_kept(migrated_url: str) -> None:
    lock = Lock((7, 7), wait_seconds=None)

    async def hold_second() -> None:
        async with held(migrated_url, lock):
            pass

    async with held(migrated_url, lock):
        waiting = asyncio.create_task(hold_second())
        await asyncio.sleep(0.6)  # longer than the operator's limits
        with psycopg.connect(migrated_url) as server:
            found = server.execute("SELECT count(*) FILTER (WHERE granted) FROM pg_locks WHERE objid = 7")
            assert found.fetchone() == (1,)
        assert not waiting.done()
    await waiting


async def test_words_times_and_bytes_are_what_they_were(database: Database) -> None:
    def pass_through(connection: Connection) -> tuple[object, ...]:
        row = connection.exec_driver_sql(
            "SELECT %(word)s::text AS word, %(bytes)s::bytea AS bytes, %(number)s::float8 AS number", GIVEN
        ).one()
        return tuple(row)

    assert await database.write(pass_through) == tuple(GIVEN.values())
    (job,) = await database.write(admit)
    card = await database.read(cards.get, job.card_id)
    assert card is not None
    assert card.created_at == job.created_at


GIVEN = {"word": "a \\ 'lighthouse' 🗼 % _", "bytes": bytes(range(256)), "number": 0.1}


# --- migrating ---


def test_processes_that_migrate_at_once_wait_for_each_other() -> None:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    command = "import sys; from bot.store.upkeep.migrate import migrate; migrate(sys.argv[1])"
    with machine.fresh_postgres_database(SET_BY_THE_OPERATOR) as url:
        running = [subprocess.Popen([sys.executable, "-c", command, url], cwd=ROOT) for _ in range(3)]
        assert [process.wait(60) for process in running] == [0, 0, 0]


def test_tables_in_a_schema_that_is_not_looked_at_any_more_are_not_made_anew() -> None:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database() as url, psycopg.connect(url, autocommit=True) as server:
        migrate(url)
        server.execute("CREATE SCHEMA elsewhere")
        machine.set_for_all(server, url.rpartition("/")[2], "search_path", "elsewhere")
        with pytest.raises(OperatorError, match="tables are in the schema public"):
            migrate(url)


def test_a_search_path_that_leads_nowhere() -> None:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with (
        machine.fresh_postgres_database({"search_path": "nowhere"}) as url,
        pytest.raises(OperatorError, match="No schema of search_path"),
    ):
        migrate(url)


def test_a_schema_of_the_bots_own() -> None:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database({"search_path": "pictures"}) as url:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("CREATE SCHEMA pictures")
        for _ in range(2):
            migrate(url, bring_up_to_date)
        with transaction(url) as connection:
            assert len(admit(connection)) == 1


async def test_a_database_that_takes_no_writes_is_refused_in_words() -> None:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database() as url:
        migrate(url)
        with psycopg.connect(url, autocommit=True) as server:
            machine.set_for_all(server, url.rpartition("/")[2], "default_transaction_read_only", "on")
        with pytest.raises(OperatorError, match=r"takes no writes .* free its disk, or set"):
            await open_database(url)
        with pytest.raises(OperatorError, match="takes no writes"), transaction(url) as connection:
            admit(connection)
    with (
        machine.fresh_postgres_database({"default_transaction_read_only": "on"}) as empty_url,
        pytest.raises(OperatorError, match="takes no writes"),
    ):
        migrate(empty_url)


# --- the queue ---


async def test_workers_take_all_cards_at_the_same_time(database: Database, migrated_url: str) -> None:
    driven: list[CardId] = []
    where = address(migrated_url)
    assert isinstance(where, URL)

    async def drive(card_id: CardId) -> bool:
        driven.append(card_id)
        return card_id % 3 > 0 or driven.count(card_id) > 1  # some are given back once

    queues = [CardQueue(where, stalled_seconds=2.0) for _ in range(3)]
    wanted = [CardId(number) for number in range(1, 61)]
    for card_id in wanted:
        await database.write(queues[0].put, card_id)
    running = [asyncio.create_task(queue.run(drive, most=20)) for queue in queues]
    try:
        async with asyncio.timeout(SOON):
            while _queued(migrated_url):  # noqa: ASYNC110  another process's
                await asyncio.sleep(0.02)
    finally:
        for queue in queues:
            queue.stop()
        await asyncio.wait(running)
    assert sorted(driven) == sorted([*wanted, *(card_id for card_id in wanted if card_id % 3 == 0)])


def _queued(url: str) -> int:
    with psycopg.connect(url) as server:
        found = server.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
    assert found is not None
    return int(found[0])
