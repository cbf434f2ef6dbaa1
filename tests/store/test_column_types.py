"""Values survive the way through both databases exactly."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.database import Database
from bot.store.driver.errors import StatementRefused
from bot.store.pictures import cards
from tests.builders import NOON, a_new_card
from tests.databases import admit_card

ZONES = st.timezones() | st.just(UTC) | st.just(timezone(timedelta(hours=-7, minutes=-30)))
DIALECT = sqlite.dialect()


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=ZONES))  # noqa: DTZ001  Hypothesis adds the zone
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    column = UtcMicroseconds()
    back = column.result_processor(DIALECT, None)(column.bind_processor(DIALECT)(moment))
    assert back is not None
    assert back == moment.astimezone(UTC)
    assert back.tzinfo is UTC


async def test_moments_are_kept_to_the_microsecond(database: Database) -> None:
    moment = datetime(2026, 3, 14, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=14)))
    card = await database.write(admit_card, a_new_card(token_expires_at=moment))
    kept = await database.read(cards.get, card.id)
    assert kept is not None
    assert kept.token_expires_at == moment
    assert kept.token_expires_at is not None
    assert kept.token_expires_at.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    moment = NOON.replace(tzinfo=None)
    with pytest.raises(StatementRefused, match="without a zone"):
        await database.write(admit_card, a_new_card(token_expires_at=moment))
