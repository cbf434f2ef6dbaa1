"""The tests of the store run on a database of each kind."""

from collections.abc import Iterator

import pytest

from tests import machine
from tests.databases import database, database_url, postgres

__all__ = ["database", "database_url", "postgres"]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[str]:
    """A database of the test's own, without any table: for what comes from older versions."""
    if request.param == "sqlite":
        yield sqlite_url
    else:
        request.getfixturevalue("postgres_url")  # skips where there is no server
        with machine.fresh_postgres_database() as fresh:
            yield fresh.replace("postgresql:", "postgresql+psycopg:")
