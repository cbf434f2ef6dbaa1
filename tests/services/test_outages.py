"""A database that is unavailable for a while is logged once, and so is that it is back."""

import pytest
import structlog
from structlog.testing import capture_logs

from bot.store.driver.errors import DatabaseUnavailable
from tests.services.house import House

AWAY, BACK = "the database is unavailable; retrying", "the database is available again"


def outage_lines(lines: list[structlog.typing.EventDict]) -> list[tuple[str, str]]:
    return [(line["event"], line["loop"]) for line in lines if line["event"] in (AWAY, BACK)]


async def test_a_loop_logs_one_line_when_it_breaks_and_one_when_it_recovers(house: House) -> None:
    with capture_logs() as lines:
        house.database.read_refusals.extend([DatabaseUnavailable("closed")] * 10_000)
        await house.advance(200)
        house.database.read_refusals.clear()
        await house.advance(200)
    found = outage_lines(lines)
    loops = {loop for _, loop in found}
    assert "sweep" in loops
    for loop in loops:
        assert [event for event, other in found if other == loop] == [AWAY, BACK], loop
    assert 'bot_loop_errors_total{loop="sweep"} 3.0' in house.metrics.as_text().decode()


async def test_what_must_be_written_is_repeated_until_it_is(house: House) -> None:
    calls = 0

    async def write() -> str:
        nonlocal calls
        calls += 1
        if calls < 6:
            raise DatabaseUnavailable("database or disk is full")
        return "written"

    with capture_logs() as lines:
        writing = house.tasks.start(house.runtime.outages.retried(write), "test")
        await house.until(writing.done)
    assert calls == 6
    assert outage_lines(lines) == [(AWAY, "ledger"), (BACK, "ledger")]


async def test_what_is_no_outage_passes_through(house: House) -> None:
    with pytest.raises(ValueError, match="a bug"), house.runtime.outages.survived("test"):
        raise ValueError("a bug")
