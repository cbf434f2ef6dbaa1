"""What a batch prepares in PostgreSQL: nothing of it is left in a session that a pool gives to others."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from bot.store.driver.connection import Connection, Rows
from bot.store.driver.database import Database, open_database
from tests.databases import admit, empty, migrate_once
from tests.pooler import pgbouncer_path, pooled
from tests.store.test_shared_commits import Wrong, count_jobs, sharing_a_commit

PREPARED = text("SELECT count(*) FROM pg_prepared_statements")


@pytest.fixture(params=["directly", "through PgBouncer"])
def url(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[str]:
    migrate_once(postgres_url)
    empty(postgres_url)
    if request.param == "directly":
        yield postgres_url
        return
    if pgbouncer_path() is None:
        pytest.skip("no PgBouncer on this machine (install pgbouncer)")
    with pooled(postgres_url, sessions=1) as through_pool:  # so the next transaction has the same session
        yield through_pool


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await open_database(url)
    yield opened
    await opened.close()


def prepared(connection: Connection) -> int:
    return int(connection.scalar(PREPARED))


def write_and_raise(connection: Connection) -> None:
    admit(connection)
    raise Wrong


def go_on_after_an_error(connection: Connection) -> None:
    admit(connection)
    with suppress(Exception):
        connection.execute(text("SELECT nothing FROM nowhere"))


@pytest.mark.parametrize("troubled", [count_jobs, write_and_raise, go_on_after_an_error])
async def test_what_runs_again_is_prepared_until_the_end_of_the_batch(
    database: Database, troubled: Callable[[Connection], object]
) -> None:
    for _ in range(2):
        *_, inside = await sharing_a_commit(database, admit, admit, troubled, admit, admit, prepared)
        assert isinstance(inside, int)
        assert inside > 0
        assert await database.write(prepared) == 0
    assert await database.read(count_jobs) == 8


async def test_no_pool_gets_between_the_end_and_the_forgetting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    send = Connection.exec_driver_sql

    def noted(connection: Connection, message: str, parameters: Any = None) -> Rows:
        sent.append(message)
        return send(connection, message, parameters)

    monkeypatch.setattr(Connection, "exec_driver_sql", noted)
    await sharing_a_commit(database, admit, admit, write_and_raise)
    ends = [message for message in sent if "COMMIT" in message.split() or message.startswith("ROLLBACK")]
    assert ends == ["COMMIT", "ROLLBACK; DEALLOCATE ALL", "ROLLBACK TO call", "DEALLOCATE ALL; COMMIT"]


async def test_a_batch_whose_session_forgets_is_run_again_in_another(database: Database) -> None:
    """As behind a pool that takes prepared statements away."""
    tries: list[int] = []

    def forget(connection: Connection) -> None:
        tries.append(prepared(connection))
        if len(tries) == 1:
            connection.exec_driver_sql("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")

    outcomes = await sharing_a_commit(database, admit, admit, forget, admit, admit)
    assert [type(outcome) for outcome in outcomes] == [list, list, type(None), list, list]
    assert len(tries) == 2
    assert await database.read(count_jobs) == 4
    assert await database.write(prepared) == 0
