"""What PostgreSQL alone can do to a transaction: break its connection, or undo it for another's sake."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import PipelineStatus
from sqlalchemy import text

from bot.domain.ids import RequestId
from bot.domain.job import JobState
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.driver.postgres import READERS
from bot.store.pictures import cards, jobs
from bot.store.pictures.jobs import Changes
from tests.builders import NOON
from tests.databases import admit

WAY: dict[JobState, Changes] = {
    JobState.SUBMITTING: {},
    JobState.RUNNING: {"request_id": RequestId("r1")},
    JobState.READY: {"cost_microusd": 54_300, "provider_seconds": 30.0},
    JobState.DELIVERED: {"delivered_at": NOON},
}


#: Whether another session waits for this one.
OTHER_WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


@pytest.fixture
def database(postgres: Database) -> Database:
    return postgres


def end_other_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_connections_that_the_server_ended_are_made_anew(database: Database, postgres_url: str) -> None:
    await asyncio.gather(*(database.write(admit) for _ in range(10)))
    end_other_sessions(postgres_url)
    assert len(await database.write(admit)) == 1
    end_other_sessions(postgres_url)
    assert await database.read(cards.due) != []


@contextmanager
def taking_no_writes(url: str) -> Iterator[None]:
    """All sessions end, and new ones only read, as after a failover that has left this server behind."""
    let_write(url, "SET default_transaction_read_only = on")
    try:
        yield
    finally:
        let_write(url, "RESET default_transaction_read_only")


def let_write(url: str, change: str) -> None:
    options = "-c default_transaction_read_only=off"
    with psycopg.connect(url, autocommit=True, options=options) as server:
        name = sql.Identifier(server.info.dbname)
        server.execute(sql.SQL("ALTER DATABASE {} ").format(name) + sql.SQL(change))
    end_other_sessions(url)


async def test_a_server_that_takes_no_writes_is_connected_to_anew_until_one_does(
    database: Database, postgres_url: str
) -> None:
    await database.write(admit)
    with taking_no_writes(postgres_url):
        for _ in range(3):
            with pytest.raises(DatabaseUnavailable, match="read-only"):
                await database.write(admit)
            assert await database.read(cards.due) != []
    assert len(await database.write(admit)) == 1


async def test_who_reads_connects_anew_after_who_writes(database: Database, postgres_url: str) -> None:
    """After a failover, the old server may go on answering those who only read."""

    def session(connection: Connection) -> int:
        pid: int = connection.scalar(text("SELECT pg_backend_pid() FROM pg_sleep(0.1)"))
        return pid

    async def readers() -> set[int]:
        return set(await asyncio.gather(*(database.read(session) for _ in range(READERS))))

    before, writer = await readers(), await database.write(session)
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", [writer])
    assert await readers() == before
    assert await database.write(session) != writer
    assert not before & await readers()


async def test_a_fault_of_the_server_is_no_fault_of_the_statement(database: Database) -> None:
    """Such as a damaged page: what waits is tried again once it is mended."""

    def fail(connection: Connection) -> None:
        connection.exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'invalid page in block 7' USING ERRCODE = 'XX001'; END $$"
        )

    with pytest.raises(DatabaseUnavailable, match="invalid page"):
        await database.write(fail)


async def test_a_commit_whose_answer_is_lost_is_not_tried_again(
    database: Database, postgres_url: str
) -> None:
    tries: list[int] = []

    def write_and_lose_the_connection(connection: Connection) -> None:
        tries.append(1)
        admit(connection)
        end_other_sessions(postgres_url)

    with pytest.raises(DatabaseUnavailable):
        await database.write(write_and_lose_the_connection)
    assert tries == [1]


async def test_nothing_is_sent_as_a_pipeline(database: Database) -> None:
    """In one, the server would not take the session of a process that was stopped for idle."""
    modes: set[PipelineStatus] = set()

    class Watched(Connection):
        def _cursor(self, text: str, parameters: Any) -> Any:
            assert isinstance(self.driver, psycopg.Connection)
            modes.add(PipelineStatus(self.driver.pgconn.pipeline_status))
            return super()._cursor(text, parameters)

    def make_a_picture(given: Connection) -> None:
        connection = Watched(given.driver)
        (job,) = admit(connection)
        for to, learned in WAY.items():
            stepped = jobs.step(connection, job, to, at=NOON, why="a test", **learned)
            assert stepped is not None
            job = stepped

    await database.write(make_a_picture)
    assert modes == {PipelineStatus.OFF}


async def test_the_victim_of_a_deadlock_runs_again(database: Database, postgres_url: str) -> None:
    """Against another program, which does not wait for our writers' lock."""
    made = [(await database.write(admit))[0].card_id for _ in range(2)]
    tries: list[int] = []
    has_first, has_second = threading.Event(), threading.Event()

    def touch_in_turn(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SET LOCAL deadlock_timeout = '100ms'"))  # so that it is the victim
        cards.touch(connection, made[0])
        has_first.set()
        assert has_second.wait(20)
        while len(tries) == 1 and not connection.scalars(text(OTHER_WAITS)):
            time.sleep(0.01)
        cards.touch(connection, made[1])

    def touch_the_other_way() -> None:
        touch = "UPDATE cards SET revision = revision + 1 WHERE id = %s"
        with psycopg.connect(postgres_url) as other:
            other.execute("SET deadlock_timeout = '60s'")
            assert has_first.wait(20)
            other.execute(touch, [made[1]])
            has_second.set()
            other.execute(touch, [made[0]])

    await asyncio.gather(database.write(touch_in_turn), asyncio.to_thread(touch_the_other_way))
    assert len(tries) >= 2
    for card_id in made:
        card = await database.read(cards.get, card_id)
        assert card is not None
        assert card.revision == 2


async def test_a_lock_that_is_not_given_up_is_an_error_in_time(database: Database, postgres_url: str) -> None:
    (job,) = await database.write(admit)

    def touch_in_a_hurry(connection: Connection) -> None:
        connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
        cards.touch(connection, job.card_id)

    with psycopg.connect(postgres_url) as other:
        other.execute("UPDATE cards SET revision = 100")
        with pytest.raises(DatabaseUnavailable, match="lock timeout"):
            await database.write(touch_in_a_hurry)


async def test_sessions_wait_for_nobody_for_ever(database: Database) -> None:
    def settings(connection: Connection) -> list[object]:
        names = ("lock_timeout", "idle_in_transaction_session_timeout")
        return [connection.scalar(text(f"SHOW {name}")) for name in names]

    assert await database.write(settings) == ["5s", "5s"]
    assert await database.read(settings) == ["5s", "5s"]
