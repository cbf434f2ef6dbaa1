"""The history's unknowns: keys, paging, delays. What cannot be read is never taken for an absence."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import ProviderError, Unavailable
from bot.domain.failure import FailureKind
from bot.domain.ids import RequestId
from bot.domain.luma import AspectRatio, Style
from bot.domain.provider import Completed, Failed, HistoryRow, Result, StillRunning
from bot.segmind import history
from bot.segmind.client import SegmindClient
from tests.builders import NOON
from tests.segmind.provider_pair import Pair, an_input, provider_pair

MODEL = "luma-uni-1"
URL = "https://images.segmind.com/generations/fox.jpeg"
ROW = {
    "request_id": "abc",
    "model_name": MODEL,
    "model_status": "COMPLETED",
    "credits_deduction": 0.0543,
    "request_body": {"prompt": "a fox", "style": "auto"},
    "generation_url": URL,
    "latency_ms": 61_900,
    "model_created": "2026-03-14T12:00:00Z",
    "error": None,
}


async def listed(client: SegmindClient, since: datetime = NOON, until: datetime = NOON) -> list[HistoryRow]:
    return [row async for row in client.history(since, until, MODEL)]


async def today(pair: Pair) -> list[HistoryRow]:
    at = pair.provider.bills[0].accepted_at
    return await listed(pair.client, at, at)


def a_row(**fields: Any) -> HistoryRow:
    row = history.row_of(ROW | fields)
    assert row is not None
    return row


# --- rows ---------------------------------------------------------------------------------------------


def test_a_row_is_read() -> None:
    assert a_row() == HistoryRow(
        request_id=RequestId("abc"),
        inputs={"prompt": "a fox", "style": "auto"},
        created_at=NOON,
        model=MODEL,
        status=Completed(61.9),
        result=Result(output_url=URL, cost_microusd=54_300, provider_seconds=61.9),
    )


@pytest.mark.parametrize(
    "body",
    [
        {"prompt": "a fox"},
        '{"prompt": "a fox"}',
        json.dumps(json.dumps({"prompt": "a fox"})),
        {"input": {"prompt": "a fox"}},
        {"data": '{"prompt": "a fox"}', "slug": MODEL},
    ],
)
def test_the_inputs_are_found_in_any_wrapping(body: Any) -> None:
    assert a_row(request_body=body).inputs == {"prompt": "a fox"}


@pytest.mark.parametrize("body", [None, "", "a fox", [], 5, "{", '"'])
def test_inputs_that_are_not_told_are_empty(body: Any) -> None:
    assert a_row(request_body=body).inputs == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model_created", "2026-03-14T12:00:00Z"),
        ("created_at", "2026-03-14 12:00:00"),
        ("createdAt", "2026-03-14T12:00:00.000+00:00"),
        ("created", 1773489600),
        ("timestamp", 1773489600000),
        ("created_at", "1773489600"),
    ],
)
def test_the_time_is_understood(name: str, value: Any) -> None:
    row = history.row_of({key: item for key, item in ROW.items() if key != "model_created"} | {name: value})
    assert row is not None
    assert row.created_at == NOON


def test_a_time_that_is_not_understood_is_unknown() -> None:
    assert a_row(model_created="a while ago").created_at is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"model_status": "completed"}, Completed(61.9)),
        ({"model_status": "PENDING"}, StillRunning()),
        ({"model_status": "REHEATING"}, StillRunning()),
        ({"model_status": None, "status": "COMPLETED"}, Completed(61.9)),
        ({"model_status": None}, Completed(61.9)),
        ({"model_status": None, "generation_url": None}, StillRunning()),
        ({"latency_ms": None}, Completed(None)),
        ({"latency_ms": "61900"}, Completed(61.9)),
    ],
)
def test_the_status_is_understood(fields: dict[str, Any], status: object) -> None:
    assert a_row(**fields).status == status


def test_a_failed_row_says_why() -> None:
    status = a_row(model_status="FAILED", error="content_moderated").status
    assert isinstance(status, Failed)
    assert status.failure.kind is FailureKind.BLOCKED


def test_completed_without_a_url_has_no_result() -> None:
    row = a_row(generation_url=None)
    assert (row.status, row.result) == (Completed(61.9), None)


@pytest.mark.parametrize("item", [None, [], "abc", {}, {"request_id": "a b"}, {"id": 7}])
def test_what_names_no_request_is_no_row(item: Any) -> None:
    assert history.row_of(item) is None


# --- the same inputs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"prompt": "a fox"},
        {"prompt": "a fox", "style": "auto", "aspect_ratio": "16:9", "image": None},
        {"prompt": "a fox", "style": "", "seed": 7, "webhook": "x"},
    ],
)
def test_an_absent_parameter_counts_as_its_default(body: dict[str, Any]) -> None:
    for ratio in (None, AspectRatio.WIDE_16_9):
        assert history.is_same(an_input("a fox", aspect_ratio=ratio), a_row(request_body=body))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prompt": "a fox."},
        {"prompt": "a fox\n"},
        {"prompt": "a fox", "style": "manga"},
        {"prompt": "a fox", "aspect_ratio": "1:1"},
        {"prompt": "a fox", "image": "https://example.test/fox.png"},
        {"prompt": ["a fox"]},
    ],
)
def test_other_inputs_are_not_the_same(body: dict[str, Any]) -> None:
    assert not history.is_same(an_input("a fox", aspect_ratio=None), a_row(request_body=body))


def test_edits_are_the_same_only_of_the_same_source() -> None:
    inputs = an_input("at night", aspect_ratio=None, style=Style.AUTO, image_url="https://example.test/1.png")
    assert history.is_same(
        inputs, a_row(request_body={"prompt": "at night", "image": "https://example.test/1.png"})
    )
    assert not history.is_same(
        inputs, a_row(request_body={"prompt": "at night", "image": "https://example.test/2.png"})
    )


# --- pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        [ROW],
        {"data": [ROW]},
        {"results": [ROW], "next": None},
        {"items": [ROW]},
        {"requests": [ROW]},
        {"unheard_of": [ROW], "total": 1},
        {"warnings": [], "unheard_of": [ROW]},
        {"data": {"items": [ROW], "page": 1}},
        {"data": {"request_history": [ROW]}},
        {"data": [ROW, None, {}]},
    ],
)
def test_rows_are_found_under_any_name(body: Any) -> None:
    page = history.page_of(body, MODEL)
    assert page is not None
    assert [row.request_id for row in page.rows] == ["abc"]


@pytest.mark.parametrize(
    "body",
    [[], {"data": []}, {"data": {"items": []}}, {"results": [], "total": 0}, {"data": None, "total": 0}],
)
def test_an_empty_page_is_empty(body: Any) -> None:
    page = history.page_of(body, MODEL)
    assert page is not None
    assert (list(page.rows), page.request_ids) == ([], frozenset())


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        "rows",
        {"error": "no"},
        {"warnings": []},
        {"data": None},
        {"data": "none"},
        {"data": [1, 2]},
        {"data": [{"prompt": "a fox"}]},
        {"total": 3, "unheard_of": {"deep": {"deeper": {"deepest": [ROW]}}}},
    ],
)
def test_what_is_not_legible_is_not_empty(body: Any) -> None:
    assert history.page_of(body, MODEL) is None


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        (MODEL, True),
        ("luma-uni-1-max", False),
        ("Luma Uni 1", True),
        (None, True),
    ],
)
def test_another_models_rows_are_left_out(name: Any, *, is_ours: bool) -> None:
    page = history.page_of([ROW | {"model_name": name}], MODEL)
    assert page is not None
    assert bool(page.rows) is is_ours
    assert page.request_ids == {"abc"}


def test_windows_span_at_most_31_days_and_cover_all() -> None:
    since = datetime(2026, 1, 1, 23, 0, tzinfo=UTC)
    spans = list(history.windows(since, since + timedelta(days=70)))
    assert spans == [
        (date(2026, 2, 10), date(2026, 3, 12)),
        (date(2026, 1, 10), date(2026, 2, 9)),
        (date(2026, 1, 1), date(2026, 1, 9)),
    ]


def test_days_are_those_of_utc() -> None:
    late = datetime.fromisoformat("2026-03-14T23:30:00-05:00")
    assert list(history.windows(late, late)) == [(date(2026, 3, 15), date(2026, 3, 15))]


def test_nothing_is_asked_for_backwards() -> None:
    assert list(history.windows(NOON, NOON - timedelta(days=1))) == []


# --- over HTTP ----------------------------------------------------------------------------------------


async def test_all_pages_are_read_newest_first() -> None:
    async with provider_pair() as pair:
        for number in range(230):
            pair.provider._state.workshop.accept(MODEL, {"prompt": f"fox {number}"})
        await pair.provider.until(lambda: not pair.provider.open)
        rows = await today(pair)
        queries = [request.query for request in pair.provider.requests_to("history")]
    assert [row.inputs["prompt"] for row in rows] == [f"fox {number}" for number in reversed(range(230))]
    day = pair.provider.bills[0].accepted_at.date().isoformat()
    assert queries[0] == {
        "page": "1",
        "per_page": "100",
        "from_date": day,
        "to_date": day,
        "model_name": MODEL,
        "sort_order": "desc",
    }
    assert [query["page"] for query in queries] == ["1", "2", "3", "4"]


async def test_a_provider_that_gives_fewer_rows_than_asked_for_loses_none() -> None:
    rows = [ROW | {"request_id": f"r{number}"} for number in range(5)]
    async with provider_pair() as pair:
        for page in (rows[:2], rows[2:4], rows[4:], []):
            pair.provider.faults.answer("history", 200, {"data": page}, times=1)
        found = await listed(pair.client)
    assert [row.request_id for row in found] == ["r0", "r1", "r2", "r3", "r4"]


async def test_a_page_full_of_another_models_rows_is_not_the_end() -> None:
    other = [ROW | {"request_id": f"m{number}", "model_name": "luma-uni-1-max"} for number in range(3)]
    async with provider_pair() as pair:
        for page in (other, [ROW], []):
            pair.provider.faults.answer("history", 200, {"data": page}, times=1)
        found = await listed(pair.client)
    assert [row.request_id for row in found] == ["abc"]


async def test_a_repeating_page_ends_the_reading() -> None:
    async with provider_pair() as pair:
        await pair.submitted()
        pair.provider.faults.add("history", "repeat_page")
        rows = await today(pair)
    assert len(rows) == 1
    assert len(pair.provider.requests_to("history")) == 2


async def test_another_models_repeating_page_ends_the_reading_too() -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("history", 200, [ROW | {"model_name": "luma-uni-1-max"}])
        assert await listed(pair.client) == []
    assert len(pair.provider.requests_to("history")) == 2


async def test_a_history_without_an_end_is_unavailable() -> None:
    async with provider_pair() as pair:
        for number in range(history.MOST_PAGES + 1):
            pair.provider.faults.answer("history", 200, [ROW | {"request_id": f"r{number}"}], times=1)
        with pytest.raises(Unavailable):
            await listed(pair.client)
    assert len(pair.provider.requests_to("history")) == history.MOST_PAGES


async def test_a_request_with_several_outputs_is_one_row() -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("history", 200, [ROW, ROW | {"generation_url": f"{URL}?2"}])
        found = await listed(pair.client)
    assert [row.request_id for row in found] == ["abc"]


async def test_reading_stops_where_the_reader_does() -> None:
    async with provider_pair() as pair:
        for number in range(150):
            pair.provider._state.workshop.accept(MODEL, {"prompt": f"fox {number}"})
        await pair.provider.until(lambda: not pair.provider.open)
        at = pair.provider.bills[0].accepted_at
        async for row in pair.client.history(at, at, MODEL):
            assert row.inputs["prompt"] == "fox 149"
            break
    assert len(pair.provider.requests_to("history")) == 1


@pytest.mark.parametrize("fault", ["odd_keys", "bare_list", "text_body", "text_numbers", "text_plain"])
async def test_rows_are_read_in_every_shape(fault: str) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted(prompt="a fox")
        pair.provider.faults.add("history", fault)
        pair.provider.faults.add("history_row", fault)
        (row,) = await today(pair)
        assert await pair.client.history_row(request_id) == row
    assert row.inputs["prompt"] == "a fox"
    assert row.result is not None
    assert row.result.cost_microusd == 54_300
    assert row.status == Completed(row.result.provider_seconds)


async def test_a_row_lands_late() -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        for call in ("history", "history_row"):
            pair.provider.faults.add(call, "late")
        assert await today(pair) == []
        assert await pair.client.history_row(request_id) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {}), (200, {"error": "no"}), (200, b"<html>"), (200, b""), (400, {"error": "no"}), (404, b"")],
)
async def test_a_history_that_cannot_be_read_is_unavailable(status: int, body: Any) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("history", status, body)
        with pytest.raises(Unavailable):
            await listed(pair.client)


@pytest.mark.parametrize("body", [{}, {"error": "no"}, ROW | {"request_id": "other"}, b"<html>", []])
async def test_a_row_that_cannot_be_read_is_not_absent(body: Any) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("history_row", 200, body)
        with pytest.raises(ProviderError):
            await pair.client.history_row(RequestId("abc"))


@pytest.mark.parametrize(
    "body", [ROW, {"data": ROW}, {"request": ROW, "user": {"id": 7}}, [ROW], {"data": [ROW]}]
)
async def test_one_row_is_read_in_any_wrapping(body: Any) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("history_row", 200, body)
        assert await pair.client.history_row(RequestId("abc")) == a_row()
