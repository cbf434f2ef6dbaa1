"""That part of the crash matrix which is played in every test run, on PostgreSQL."""

from pathlib import Path

import pytest

from tests.matrix.playing import play
from tests.matrix.rows import Database, Row, rows_in_ci


@pytest.mark.parametrize("row", rows_in_ci(Database.POSTGRES), ids=lambda row: row.name)
async def test_every_promise_is_kept(row: Row, tmp_path: Path, postgres_url: str) -> None:
    played = await play(row, Database.POSTGRES, tmp_path)
    assert played.complaints == []
