"""What PostgreSQL alone can do to a transaction: break its connection, or undo it for another's sake."""

import asyncio
import threading
from typing import Any

import psycopg
import pytest
from psycopg.pq import PipelineStatus
from sqlalchemy import text

from bot.domain.ids import RequestId
from bot.domain.job import JobState
from bot.store import cards, jobs
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.errors import DatabaseUnavailable
from bot.store.jobs import Changes
from tests.builders import NOON
from tests.databases import admit

WAY: dict[JobState, Changes] = {
    JobState.SUBMITTING: {},
    JobState.RUNNING: {"request_id": RequestId("r1")},
    JobState.READY: {"cost_microusd": 54_300, "provider_seconds": 30.0},
    JobState.DELIVERED: {"delivered_at": NOON},
}


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
    has_first = threading.Event()

    def touch_in_turn(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SET LOCAL deadlock_timeout = '100ms'"))  # so that it is the victim
        cards.touch(connection, made[0])
        has_first.wait(20)
        cards.touch(connection, made[1])

    def touch_the_other_way() -> None:
        with psycopg.connect(postgres_url) as other:
            for card_id in reversed(made):
                other.execute("UPDATE cards SET revision = revision + 1 WHERE id = %s", [card_id])
                has_first.set()

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
