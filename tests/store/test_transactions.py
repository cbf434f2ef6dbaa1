"""What PostgreSQL alone can do to a transaction: break its connection, or undo it for another's sake."""

import asyncio
from itertools import permutations

import psycopg
import pytest
from sqlalchemy import Connection, event, text

from bot.domain.ids import CardId, RequestId
from bot.domain.job import JobState
from bot.store import cards, jobs
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
    pipelines: list[str] = []

    def make_a_picture(connection: Connection) -> None:
        event.listen(connection.engine, "do_executemany", lambda _cursor, sql, *_: pipelines.append(sql))
        (job,) = admit(connection)
        for to, learned in WAY.items():
            stepped = jobs.step(connection, job, to, at=NOON, why="a test", **learned)
            assert stepped is not None
            job = stepped

    await database.write(make_a_picture)
    assert pipelines == []


async def test_the_victim_of_a_deadlock_runs_again(database: Database) -> None:
    made = [(await database.write(admit))[0].card_id for _ in range(2)]
    tries: list[int] = []

    def touch_in_turn(connection: Connection, order: tuple[CardId, ...]) -> None:
        tries.append(1)
        cards.touch(connection, order[0])
        connection.execute(text("SELECT pg_sleep(0.3)"))
        cards.touch(connection, order[1])

    await asyncio.gather(*(database.write(touch_in_turn, order) for order in permutations(made)))
    assert len(tries) >= 3  # the victim may be back before the other one goes on, and be it once more
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
