"""The tables of the queue, brought up to date in a real PostgreSQL."""

from collections.abc import Iterator

import psycopg
import pytest
from procrastinate.schema import migrations_path as changes

from bot.domain.errors import OperatorError
from bot.store.fleet.queue import bring_up_to_date
from bot.store.upkeep.migrate import migrate
from tests import machine


@pytest.fixture
def url() -> Iterator[str]:
    """URL of a database of this test's own, with both schemas."""
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database() as url:
        migrate(url, bring_up_to_date)
        yield url


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def test_the_tables_are_made_once(url: str) -> None:
    migrate(url, bring_up_to_date)


def test_older_tables_are_brought_up_to_date(url: str) -> None:
    """As an update of procrastinate whose newest change is the last one."""
    names = sorted(path.name for path in changes.glob("*.sql"))
    execute(url, f"COMMENT ON TABLE procrastinate_jobs IS '{names[-2]}'")
    migrate(url, bring_up_to_date)
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT obj_description('procrastinate_jobs'::regclass)").fetchone()
    assert found == (names[-1],)


def test_tables_that_something_else_has_made_are_left_alone(url: str) -> None:
    execute(url, "COMMENT ON TABLE procrastinate_jobs IS NULL")
    with pytest.raises(OperatorError, match="tables of procrastinate"):
        migrate(url, bring_up_to_date)
