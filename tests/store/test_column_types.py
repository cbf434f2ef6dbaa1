"""Values survive the way through both databases exactly."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.store import cards
from bot.store.column_types import UtcMicroseconds
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.errors import StatementRefused
from tests.builders import NOON, a_new_card

ZONES = st.timezones() | st.just(UTC) | st.just(timezone(timedelta(hours=-7, minutes=-30)))
DIALECT = sqlite.dialect()


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=ZONES))  # noqa: DTZ001  Hypothesis adds the zone
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    column = UtcMicroseconds()
    back = column.process_result_value(column.process_bind_param(moment, DIALECT), DIALECT)
    assert back is not None
    assert back == moment.astimezone(UTC)
    assert back.tzinfo is UTC


async def test_moments_are_kept_to_the_microsecond(database: Database) -> None:
    moment = datetime(2026, 3, 14, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=14)))
    kept, _ = await database.write(cards.insert_or_read, a_new_card(token_expires_at=moment), at=NOON)
    assert kept.token_expires_at == moment
    assert kept.token_expires_at is not None
    assert kept.token_expires_at.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    def keep(connection: Connection) -> None:
        cards.insert_or_read(connection, a_new_card(), at=NOON.replace(tzinfo=None))

    with pytest.raises(StatementRefused, match="without a zone"):
        await database.write(keep)
