"""Each way in which the provider can answer badly, at each call: the request ends well, and is paid once.

The whole of the services, with the real client over HTTP.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.card import CardView
from bot.domain.failure import FailureKind
from bot.domain.job import Job, JobState
from bot.domain.request import Source
from bot.store.driver.connection import Connection
from bot.store.driver.database import open_database
from bot.store.schema.tables import money
from tests.builders import a_request
from tests.databases import migrated_file
from tests.imaging.files import a_bomb
from tests.services.outsides import png
from tests.services.wired import WiredHouse, a_wired_house

#: Codes and bodies of the provider's table, beside the faults that the stand-in knows by name.
Answer = tuple[int, Any]
Row = str | Answer

PASSING: list[Row] = [
    "rate_limited",
    "rate_limited_bare",
    "retry_after",
    "unavailable",
    "unavailable_html",
    "error_500",
    "bad_gateway",
    "gateway_timeout",
    "html_200",
    "empty_200",
    "redirect",
    "reset_before",
    "huge",
    (200, []),
    (200, {"status": 5, "output": {"url": ["ftp://x"]}}),
    (408, b""),
    (409, {"detail": "conflict"}),
    (425, b""),
    (499, b""),
    (520, b"<html>520</html>"),
    (599, {"error": {"message": ["odd"]}}),
]
KEY: list[Row] = ["key_refused", "forbidden", "retired"]
CREDIT: list[Row] = ["no_credit", "no_credit_406", (406, {"error": "Team spending cap reached"})]
INVALID: list[Row] = [
    (400, {"error": "prompt missing"}),
    (405, b"<html>405</html>"),
    (413, b""),
    (415, {"detail": "unsupported"}),
    (422, {"detail": [{"loc": ["body", "style"], "msg": "bad style"}]}),
    "invalid",
    "not_acceptable",
]


#: Of a read, 422 means that the job itself has failed.
NOT_FOR_A_JOB = [row for row in INVALID if row != "invalid" and row[0] != 422]
KINDS = ["passing", "key", "other"]


def name_of(row: Row) -> str:
    return row if isinstance(row, str) else str(row[0])


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WiredHouse]:
    (tmp_path / "bot.sqlite3").write_bytes(migrated_file())
    database = await open_database(f"sqlite:///{tmp_path}/bot.sqlite3")
    async with a_wired_house(database, tmp_path / "sources") as house:
        yield house
        assert house.segmind.key_leaks == []
        assert await database.read(held) == 0
    await database.close()


def held(connection: Connection) -> int:
    """Micro-USD that is still set aside for pictures in the making."""
    return sum(connection.scalars(select(money.c.held)))


def spoil(house: WiredHouse, call: str, row: Row, times: int = 2) -> None:
    if isinstance(row, str):
        house.segmind.faults.add(call, row, times=times)
    else:
        house.segmind.faults.answer(call, *row, times=times)


async def asked(house: WiredHouse, row: Row, *, is_edit: bool = False) -> CardView:
    """For a picture that no other row asks for."""
    url = f"{house.segmind.api_url}/assets/of-discord/fox.png"
    house.fetcher.files[url] = png()
    return await house.ask(
        a_request(prompt=f"row {repr(row)[:60]}", source=Source(url=url) if is_edit else None)
    )


async def ended(house: WiredHouse, view: CardView) -> Job:
    (job,) = await house.until_ended(view)
    await house.advance(60)
    assert house.courier.shown[view.card.id].jobs[0].state is job.state, "the card says something else"
    house.segmind.faults.clear()
    return job


async def delivered(house: WiredHouse, view: CardView) -> None:
    """One picture, one bill, one upload to Discord."""
    job = await ended(house, view)
    assert job.state is JobState.DELIVERED
    bills = [bill for bill in house.segmind.bills if bill.prompt == job.prompt]
    assert [bill.is_paid for bill in bills] == [True], "one accepted submit, and it was paid"
    assert len(house.courier.pictures[job.id]) == 1
    assert job.cost_microusd == 54_300


async def failed(house: WiredHouse, view: CardView, kind: FailureKind) -> None:
    job = await ended(house, view)
    assert job.failure is not None
    assert job.failure.kind is kind
    assert [bill for bill in house.segmind.bills if bill.prompt == job.prompt] == []
    assert job.id not in house.courier.pictures


# --- submit ---


@pytest.mark.parametrize("rows", [PASSING, [*KEY, (404, {"error": "Model not found"})], CREDIT], ids=KINDS)
async def test_a_submit_that_goes_wrong_is_paid_once_all_the_same(house: WiredHouse, rows: list[Row]) -> None:
    for row in rows:
        spoil(house, "submit", row)
        await delivered(house, await asked(house, row))


async def test_a_submit_that_is_refused_fails_and_costs_nothing(house: WiredHouse) -> None:
    for row in INVALID:
        spoil(house, "submit", row)
        await failed(house, await asked(house, row), FailureKind.INVALID)


# --- reads ---


@pytest.mark.parametrize("rows", [PASSING, KEY, [*CREDIT, *NOT_FOR_A_JOB]], ids=KINDS)
@pytest.mark.parametrize("call", ["status", "result"])
async def test_a_read_that_goes_wrong_loses_no_paid_picture(
    house: WiredHouse, call: str, rows: list[Row]
) -> None:
    for row in rows:
        spoil(house, call, row)
        await delivered(house, await asked(house, row))


async def test_odd_spellings_lose_no_paid_picture(house: WiredHouse) -> None:
    for shape in ("text_plain", "unknown_word", "lower_case", "text_numbers"):
        for call in ("status", "result"):
            spoil(house, call, shape)
        await delivered(house, await asked(house, shape))


@pytest.mark.parametrize("rows", [PASSING, KEY, [*CREDIT, *INVALID]], ids=KINDS)
async def test_a_history_that_goes_wrong_settles_a_doubt_once(house: WiredHouse, rows: list[Row]) -> None:
    for row in rows:
        spoil(house, "submit", "reset_after", times=1)
        spoil(house, "history", row)
        await delivered(house, await asked(house, row))


@pytest.mark.parametrize("rows", [PASSING, KEY, [*CREDIT, *INVALID]], ids=KINDS)
async def test_a_single_record_that_goes_wrong_loses_no_paid_picture(
    house: WiredHouse, rows: list[Row]
) -> None:
    for row in rows:
        for call in ("status", "result"):
            spoil(house, call, "lost", times=1000)
        spoil(house, "history_row", row)
        await delivered(house, await asked(house, row))


@pytest.mark.parametrize("rows", [PASSING, KEY, [*CREDIT, *INVALID]], ids=KINDS)
async def test_credits_that_cannot_be_read_delay_only(house: WiredHouse, rows: list[Row]) -> None:
    for row in rows:
        spoil(house, "submit", "no_credit", times=1)
        spoil(house, "credits", row)
        await delivered(house, await asked(house, row))


# --- sources ---


@pytest.mark.parametrize("rows", [PASSING, KEY, CREDIT], ids=KINDS)
async def test_an_upload_that_goes_wrong_is_repeated(house: WiredHouse, rows: list[Row]) -> None:
    for row in rows:
        spoil(house, "upload", row)
        await delivered(house, await asked(house, row, is_edit=True))


async def test_an_upload_that_is_refused_fails_and_costs_nothing(house: WiredHouse) -> None:
    for row in INVALID:
        spoil(house, "upload", row)
        await failed(house, await asked(house, row, is_edit=True), FailureKind.INVALID)


# --- files ---

BAD_FILES: list[Row] = [
    *(row for row in PASSING if isinstance(row, str) and not row.startswith(("rate", "retry"))),
    "gone",
    "text",
    "truncated",
    (200, b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00"),
    (200, a_bomb()),
    (200, b"<html>this is no picture</html>"),
]


async def test_a_bad_file_is_asked_for_again_and_the_paid_picture_comes(house: WiredHouse) -> None:
    for row in BAD_FILES:
        spoil(house, "output", row)
        await delivered(house, await asked(house, row))


@pytest.mark.parametrize("row", ["huge", (200, a_bomb())], ids=name_of)
async def test_a_file_that_stays_bad_fails_in_the_end_and_is_told(house: WiredHouse, row: Row) -> None:
    """It was paid, which nothing can undo; it is not counted against the member."""
    spoil(house, "output", row, times=100_000)
    job = await ended(house, await asked(house, row))
    assert job.failure is not None
    assert job.failure.kind is FailureKind.PROVIDER
    assert len(house.segmind.paid) == 1
    assert len(house.segmind.requests_to("output")) < 100


async def test_an_output_at_a_foreign_host_is_never_fetched_from_there(house: WiredHouse) -> None:
    spoil(house, "result", "output_foreign")
    job = await ended(house, await asked(house, "output_foreign"))
    assert job.failure is not None
    assert job.failure.kind is FailureKind.PROVIDER
    assert {request.host for request in house.segmind.requests} == {house.segmind.output_host}
