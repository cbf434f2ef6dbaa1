"""That part of the crash matrix which is played in every test run, on an SQLite file."""

from pathlib import Path

import pytest

from tests.matrix.playing import play
from tests.matrix.rows import Database, Play, Row, rows_in_ci

ROWS = [row for row in rows_in_ci(Database.SQLITE) if row.play is not Play.LEFT_ALONE]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_every_promise_is_kept(row: Row, tmp_path: Path) -> None:
    played = await play(row, Database.SQLITE, tmp_path)
    assert played.complaints == []
