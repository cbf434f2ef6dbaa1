"""How long a 429 makes us wait, in each way to say it."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.domain.errors import RateLimited
from bot.segmind.errors import WAIT_LEAST_SECONDS, WAIT_MOST_SECONDS, WAIT_USUAL_SECONDS, wait_seconds
from standins.fake_segmind.limits import ResetFormat
from tests.builders import NOON, stepped_clock
from tests.segmind.provider_pair import an_input, provider_pair

EPOCH = int(NOON.timestamp())


@pytest.mark.parametrize(
    "reset",
    [
        str(EPOCH + 30),
        f"{EPOCH + 30}.0",
        str((EPOCH + 30) * 1000),
        "2026-03-14T12:00:30Z",
        "2026-03-14T12:00:30.000Z",
        "2026-03-14T14:00:30+02:00",
        "2026-03-14T12:00:30",
        "2026-03-14 12:00:30",
        " 2026-03-14 12:00:30+00:00 ",
        "Sat, 14 Mar 2026 12:00:30 GMT",
        "30",
    ],
)
def test_the_reset_is_understood(reset: str) -> None:
    assert wait_seconds({"x-rate-limit-reset-at-utc": reset}, NOON) == pytest.approx(30)
    assert wait_seconds({"retry-after": reset}, NOON) == pytest.approx(30)


@pytest.mark.parametrize(
    "text", ["", "soon", "NaN", "-5", "1e400", "99999999999999999999", "0000-00-00", "\x00"]
)
def test_what_cannot_be_understood_is_a_usual_wait(text: str) -> None:
    headers = {"x-rate-limit-reset-at-utc": text, "retry-after": text}
    assert wait_seconds(headers, NOON) == WAIT_USUAL_SECONDS
    assert wait_seconds({}, NOON) == WAIT_USUAL_SECONDS


def test_retry_after_counts_where_the_reset_cannot_be_understood() -> None:
    assert wait_seconds({"x-rate-limit-reset-at-utc": "soon", "retry-after": "7"}, NOON) == 7


@pytest.mark.parametrize(
    ("reset", "expected"),
    [
        (EPOCH - 100, WAIT_LEAST_SECONDS),
        (EPOCH, WAIT_LEAST_SECONDS),
        (EPOCH + 89, 89),
        (EPOCH + 4000, WAIT_MOST_SECONDS),
    ],
)
def test_a_wait_stays_within_reason(reset: int, expected: float) -> None:
    assert wait_seconds({"x-rate-limit-reset-at-utc": str(reset)}, NOON) == expected


def test_a_clock_in_another_zone_is_no_matter() -> None:
    elsewhere = datetime.fromisoformat("2026-03-14T14:00:00+02:00")
    assert elsewhere.astimezone(UTC) == NOON
    assert wait_seconds({"x-rate-limit-reset-at-utc": "2026-03-14 12:00:30"}, elsewhere) == 30


@pytest.fixture
def far_from_utc() -> Iterator[None]:
    """The machine's own zone, for as long as a test takes."""
    kept = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    yield
    if kept is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = kept
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
def test_the_machines_own_zone_is_no_matter() -> None:
    for reset in ("2026-03-14 12:00:30", "2026-03-14T12:00:30Z", str(EPOCH + 30)):
        assert wait_seconds({"x-rate-limit-reset-at-utc": reset}, NOON) == pytest.approx(30)


@pytest.mark.parametrize("spelling", list(ResetFormat))
async def test_the_account_waits_as_long_as_it_must(spelling: ResetFormat) -> None:
    clock = stepped_clock()
    async with provider_pair(
        client={"clock": clock}, clock=clock, requests_per_minute=1, polls_count=True
    ) as pair:
        pair.provider.rate_limit.reset_format = spelling
        request_id = await pair.submitted()
        clock.pass_by(20)
        for call in (pair.client.status(request_id), pair.client.submit(an_input())):
            with pytest.raises(RateLimited) as limited:
                await call
            assert 40 <= limited.value.retry_after_seconds <= 41
        clock.pass_by(limited.value.retry_after_seconds)
        await pair.client.status(request_id)
    assert len(pair.provider.bills) == 1
