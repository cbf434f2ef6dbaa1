"""Each statement takes its time: what a picture adds to the books is one statement for each table."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, Insert

from bot.domain.job import JobState
from bot.store.driver.connection import Connection, Rows
from bot.store.driver.database import Database
from bot.store.pictures import accounts, jobs
from tests.builders import NOON
from tests.databases import admit

MADE_AT = NOON + timedelta(seconds=60)


def made(connection: Connection) -> None:
    """A picture from its request until it is made."""
    (job,) = admit(connection)
    for state in (JobState.SUBMITTING, JobState.RUNNING):
        stepped = jobs.step(connection, job, state, at=MADE_AT, why="a test")
        assert stepped is not None
        job = stepped
    outcome: Any = {"cost_microusd": 40_000, "provider_seconds": 58.0}
    assert jobs.step(connection, job, JobState.READY, at=MADE_AT, why="a test", **outcome) is not None


async def test_a_made_picture_is_booked_in_one_statement_for_each_table(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: Counter[str] = Counter()
    run = Connection.execute

    def counted(self: Connection, statement: Executable, *values: Mapping[str, Any] | list[Any]) -> Rows:
        if isinstance(statement, Insert):
            written[statement.table.name] += sum(
                len(rows) if isinstance(rows, list) else 1 for rows in values
            )
        return run(self, statement, *values)

    monkeypatch.setattr(Connection, "execute", counted)
    await database.write(made)
    # The money was held before, together with the rows of the request.
    assert {name: written[name] for name in (table.name for table in accounts.BOOKS)} == {
        "money": 1,
        "totals": 1,
        "durations": 1,
        "span_totals": 1,
    }
