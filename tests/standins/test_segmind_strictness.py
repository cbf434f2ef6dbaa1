"""What the stand-in refuses, forgets and charges, as the real one does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from standins.fake_segmind import FakeSegmind, KeySeen, Outcome
from standins.fake_segmind.limits import ResetFormat
from tests.builders import stepped_clock

MODEL = "/v2/luma-uni-1"
Json = dict[str, Any]


class Asker:
    """Bare HTTP, with the right key unless told otherwise."""

    def __init__(self, stand_in: FakeSegmind, session: aiohttp.ClientSession) -> None:
        self._stand_in, self._session = stand_in, session

    async def __call__(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> tuple[int, Json]:
        sent = {"x-api-key": self._stand_in.key} if headers is None else headers
        async with self._session.request(
            method, self._stand_in.api_url + path, headers=sent, **options
        ) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else {
                "text": (await response.read()).decode("latin-1")
            }

    async def submit(self, **inputs: Any) -> tuple[int, Json]:
        return await self("POST", MODEL, json=inputs)

    async def ended(self, **inputs: Any) -> tuple[int, Json]:
        """Submit, and give the result once there is one."""
        _, accepted = await self.submit(**inputs)
        await self._stand_in.until(lambda: not self._stand_in.open)
        return await self("GET", f"/v2/requests/{accepted['request_id']}")


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[tuple[FakeSegmind, Asker]]:
    usual = {"latency": 0.0, "small": True, "history_delay_seconds": 0.0}
    async with FakeSegmind(**(usual | options)) as stand_in, aiohttp.ClientSession() as session:
        yield stand_in, Asker(stand_in, session)


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        ({}, KeySeen.MISSING),
        ({"x-api-key": "SG_wrong"}, KeySeen.WRONG),
        ({"Authorization": "Bearer SG_sandbox"}, KeySeen.WRONG),
    ],
)
async def test_only_the_right_key_in_the_right_header_is_taken(
    headers: dict[str, str], seen: KeySeen
) -> None:
    async with running() as (stand_in, ask):
        for method, path in (("POST", MODEL), ("GET", "/v2/requests/x"), ("GET", "/v1/get-user-credits")):
            status, body = await ask(method, path, headers=headers, data=b"{}" if method == "POST" else None)
            assert (status, "error" in body) == (401, True)
    assert {request.key for request in stand_in.requests} == {seen}
    assert stand_in.bills == []


async def test_no_key_is_kept_in_the_record() -> None:
    async with running() as (stand_in, ask):
        await ask("GET", "/v1/get-user-credits")
        (request,) = stand_in.requests
    assert request.key is KeySeen.RIGHT
    assert stand_in.key not in repr((request.headers, request))


async def test_a_post_without_the_right_content_type_is_not_acceptable() -> None:
    async with running() as (stand_in, ask):
        assert await ask("POST", MODEL, data="{}") == (406, {"error": "Invalid content type"})
    assert stand_in.bills == []


async def test_the_wrong_verb_gets_a_page() -> None:
    async with running() as (_, ask):
        status, body = await ask("GET", MODEL)
    assert status == 405
    assert "<html>" in body["text"]


@pytest.mark.parametrize("data", [b"{", b"[]", b'"prompt"'])
async def test_a_malformed_body_is_refused(data: bytes) -> None:
    async with running() as (stand_in, ask):
        status, _ = await ask(
            "POST", MODEL, data=data, headers={"x-api-key": stand_in.key, "Content-Type": "application/json"}
        )
    assert status == 400
    assert stand_in.bills == []


async def test_an_unknown_model_is_not_found() -> None:
    async with running() as (_, ask):
        assert (await ask("POST", "/v2/luma-uni-9", json={"prompt": "a fox"}))[0] == 404


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"prompt": " "},
        {"prompt": 7},
        {"prompt": "x" * 6001},
        {"prompt": "a fox", "aspect_ratio": "4:3"},
        {"prompt": "a fox", "aspect_ratio": ["1:1"]},
        {"prompt": "a fox", "style": "oil"},
        {"prompt": "a fox", "style": "manga"},
        {"prompt": "a fox", "style": "manga", "aspect_ratio": "1:1"},
        {"prompt": "a fox", "image": "fox.png"},
        {"prompt": "a fox", "image": None},
        {"prompt": "a fox", "image": ["https://example.test/fox.png"]},
    ],
)
async def test_bad_inputs_are_queued_and_then_fail_unpaid(inputs: Json) -> None:
    async with running(latency=3600) as (stand_in, ask):
        status, body = await ask.ended(**inputs)
    assert (status, body["status"]) == (422, "FAILED")
    assert body["error"]
    assert [(bill.outcome, bill.cost_usd) for bill in stand_in.bills] == [(Outcome.FAILED, Decimal(0))]


@pytest.mark.parametrize("ratio", ["2:3", "9:16", "1:2", "1:3"])
async def test_manga_takes_tall_ratios(ratio: str) -> None:
    async with running() as (_, ask):
        assert (await ask.ended(prompt="a fox", style="manga", aspect_ratio=ratio))[0] == 200


@pytest.mark.parametrize(
    "image",
    ["http://127.0.0.1:9/none.png", "https://example.test/fox.png", "http://10.0.0.1/fox.png"],
)
async def test_a_source_that_cannot_be_fetched_fails_unpaid(image: str) -> None:
    async with running() as (stand_in, ask):
        status, body = await ask.ended(prompt="at night", image=image)
    assert (status, stand_in.paid) == (422, [])
    assert "could not be downloaded" in body["error"]


async def test_an_empty_account_is_refused_and_running_jobs_are_held_against_it() -> None:
    async with running(latency=3600) as (stand_in, ask):
        stand_in.credits = Decimal("0.06")
        assert (await ask.submit(prompt="a fox"))[0] == 200
        assert await ask.submit(prompt="a fox") == (402, {"error": "Insufficient credits"})
        assert (await ask("POST", "/v1/luma-uni-1", json={"prompt": "a fox"}))[0] == 406
    assert len(stand_in.bills) == 1


async def test_credits_go_down_by_what_a_picture_costs() -> None:
    async with running() as (stand_in, ask):
        stand_in.credits = Decimal(1)
        _, body = await ask.ended(prompt="a fox")
        _, account = await ask("GET", "/v1/get-user-credits")
    assert body["metrics"]["remaining_credits"] == 0.9457
    assert account == {"credits": 0.9457, "free-credits": 0.0}
    assert stand_in.credits == Decimal("0.9457")


async def test_results_are_forgotten_after_an_hour_and_files_after_a_week() -> None:
    clock = stepped_clock()
    async with running(clock=clock) as (stand_in, ask):
        _, body = await ask.ended(prompt="a fox")
        request_path, file_path = (
            f"/v2/requests/{body['request_id']}",
            body["output"][len(stand_in.api_url) :],
        )
        clock.pass_by(3601)
        for path in (request_path, f"{request_path}/status"):
            assert (await ask("GET", path))[0] == 404
        assert (await ask("GET", file_path, headers={}))[0] == 200
        clock.pass_by(timedelta(days=7).total_seconds())
        assert (await ask("GET", file_path, headers={}))[0] == 404
        row = await ask("GET", f"/inference-request/request-history/{body['request_id']}")
    assert row[1]["generation_url"] == body["output"]


@pytest.mark.parametrize(("polls_count", "expected"), [(True, [200, 200, 429, 200]), (False, [200] * 4)])
async def test_requests_over_the_minutes_allowance_are_refused(
    *, polls_count: bool, expected: list[int]
) -> None:
    clock = stepped_clock()
    async with running(clock=clock, requests_per_minute=3, polls_count=polls_count) as (stand_in, ask):
        _, accepted = await ask.submit(prompt="a fox")
        status_path = f"/v2/requests/{accepted['request_id']}/status"
        codes = [(await ask("GET", status_path))[0] for _ in range(3)]
        clock.pass_by(61)
        codes.append((await ask("GET", status_path))[0])
    assert codes == expected
    assert len(stand_in.bills) == 1


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        (ResetFormat.EPOCH_SECONDS, "1773489661"),
        (ResetFormat.EPOCH_MILLISECONDS, "1773489660001"),
        (ResetFormat.ISO, "2026-03-14T12:01:00Z"),
        (ResetFormat.PLAIN, "2026-03-14 12:01:01"),
    ],
)
async def test_the_reset_is_told_in_any_spelling(spelling: ResetFormat, expected: str) -> None:
    async with (
        FakeSegmind(clock=stepped_clock(), requests_per_minute=1, latency=0, small=True) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        stand_in.rate_limit.reset_format = spelling
        await session.get(f"{stand_in.api_url}/v2/requests/x")
        async with session.get(f"{stand_in.api_url}/v2/requests/x") as refused:
            assert refused.status == 429
            assert refused.headers["x-rate-limit-reset-at-utc"] == expected
            assert "Retry-After" not in refused.headers


async def test_history_shows_a_request_only_after_it_has_landed() -> None:
    clock = stepped_clock()
    async with running(clock=clock, history_delay_seconds=5.0) as (_, ask):
        await ask.submit(prompt="a fox")
        before = (await ask("GET", "/inference-request/request-history"))[1]["data"]
        clock.pass_by(5)
        after = (await ask("GET", "/inference-request/request-history"))[1]["data"]
    assert (len(before), len(after)) == (0, 1)


@pytest.mark.parametrize(
    "query",
    [
        "per_page=101",
        "page=0",
        "page=x",
        "from_date=yesterday",
        "status=DONE",
        "sort_by=prompt",
        "sort_order=up",
    ],
)
async def test_history_refuses_a_bad_query(query: str) -> None:
    async with running() as (_, ask):
        assert (await ask("GET", f"/inference-request/request-history?{query}"))[0] == 400


async def test_history_pages() -> None:
    async with running() as (stand_in, ask):
        await asyncio.gather(*(ask.submit(prompt=f"fox {number}") for number in range(5)))
        path = "/inference-request/request-history?per_page=2&page="
        pages = [(await ask("GET", f"{path}{number}"))[1]["data"] for number in range(1, 5)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert {row["request_id"] for page in pages for row in page} == {
        bill.request_id for bill in stand_in.bills
    }


async def test_a_key_sent_to_a_file_is_a_leak() -> None:
    async with running() as (stand_in, ask):
        _, body = await ask.ended(prompt="a fox")
        path = body["output"][len(stand_in.api_url) :]
        await ask("GET", path, headers={})
        assert stand_in.key_leaks == []
        await ask("GET", path)
        assert [request.path for request in stand_in.key_leaks] == [path]
