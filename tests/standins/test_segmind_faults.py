"""Each way to misbehave does what its line in the catalogue says, on the wire."""

import asyncio
from typing import Any

import aiohttp
import pytest

from standins.fake_segmind import Effect, FakeSegmind, Outcome
from standins.fake_segmind.faults import CATALOGUE, FaultKind, Faults, Route

Json = dict[str, Any]

#: Code and first bytes of the faults that replace an answer.
ANSWERS = {
    "rate_limited": (429, b"{"),
    "rate_limited_bare": (429, b"{"),
    "retry_after": (429, b"{"),
    "error_500": (500, b"{"),
    "bad_gateway": (502, b"<"),
    "gateway_timeout": (504, b""),
    "unavailable": (503, b"{"),
    "unavailable_html": (503, b"<"),
    "html_200": (200, b"<"),
    "empty_200": (200, b""),
    "key_refused": (401, b"{"),
    "forbidden": (403, b"{"),
    "retired": (410, b"{"),
    "no_credit": (402, b"{"),
    "no_credit_406": (406, b"{"),
    "not_acceptable": (406, b"{"),
    "invalid": (422, b"{"),
    "redirect": (302, b""),
}
LOSSES = {
    "error_500_after": 500,
    "bad_gateway_after": 502,
    "gateway_timeout_after": 504,
    "html_200_after": 200,
}
ENDLESS = {"hang", "hang_after", "huge", "drip"}


class Caller:
    """One call of each route, as plainly as HTTP allows."""

    def __init__(self, stand_in: FakeSegmind, session: aiohttp.ClientSession) -> None:
        self._stand_in, self._session = stand_in, session
        self._request_id = ""
        self._paths: dict[str, str] = {}

    async def prepare(self) -> None:
        """Have one finished picture and one uploaded source to ask for."""
        submitted = await self.json("POST", "/v2/luma-uni-1", json={"prompt": "a fox"})
        await self._stand_in.until(lambda: not self._stand_in.open)
        request_id = submitted["request_id"]
        result = await self.json("GET", f"/v2/requests/{request_id}")
        upload = await self.json("POST", "/upload-asset", json={"data_urls": ["data:image/png;base64,AAAA"]})
        base = len(self._stand_in.api_url)
        history = "/inference-request/request-history"
        self._paths = {
            Route.STATUS: f"/v2/requests/{request_id}/status",
            Route.RESULT: f"/v2/requests/{request_id}",
            Route.CREDITS: "/v1/get-user-credits",
            Route.HISTORY: history,
            Route.HISTORY_ROW: f"{history}/{request_id}",
            Route.OUTPUT: result["output"][base:],
            Route.ASSET: upload["file_urls"][0][base:],
        }

    def open(self, route: str) -> Any:
        match route:
            case Route.SUBMIT:
                return self._open("POST", "/v2/luma-uni-1", json={"prompt": "a bear"})
            case Route.RUN:
                return self._open("POST", "/v1/luma-uni-1", json={"prompt": "a bear"})
            case Route.UPLOAD:
                return self._open("POST", "/upload-asset", json={"data_urls": ["data:image/png;base64,AAAA"]})
        return self._open("GET", self._paths[route])

    async def json(self, method: str, path: str, **options: Any) -> Json:
        async with self._open(method, path, **options) as response:
            body: Json = await response.json()
            return body

    def _open(self, method: str, path: str, **options: Any) -> Any:
        return self._session.request(method, self._stand_in.api_url + path, allow_redirects=False, **options)


async def called(kind: FaultKind, route: str) -> tuple[FakeSegmind, int, bytes, aiohttp.ClientResponse]:
    """What a call of the route answers while the fault is on."""
    async with (
        FakeSegmind(latency=0, small=True, history_delay_seconds=0) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        caller = Caller(stand_in, session)
        await caller.prepare()
        stand_in.faults.add(route, kind.name, times=1)
        async with caller.open(route) as response:
            data = await response.read()
            return stand_in, response.status, data, response


def each(effect: Effect, names: set[str]) -> list[Any]:
    return [
        pytest.param(kind, route, id=f"{kind.name}-{route}")
        for kind in CATALOGUE
        if kind.effect is effect and kind.name in names
        for route in kind.routes
    ]


def test_every_fault_is_tried_here() -> None:
    shapes_and_fates = {kind.name for kind in CATALOGUE if kind.effect in (Effect.SHAPE, Effect.FATE)}
    tried = {*ANSWERS, *LOSSES, *ENDLESS, "reset_before", "reset_after", "slow"}
    assert {kind.name for kind in CATALOGUE} - shapes_and_fates == tried


@pytest.mark.parametrize(("kind", "route"), each(Effect.REFUSE, set(ANSWERS)))
async def test_an_answer_is_replaced_and_nothing_is_done(kind: FaultKind, route: str) -> None:
    stand_in, status, data, _ = await called(kind, route)
    assert (status, data[:1]) == ANSWERS[kind.name]
    assert len(stand_in.bills) == 1


@pytest.mark.parametrize(("kind", "route"), each(Effect.LOSE, set(LOSSES)))
async def test_an_answer_is_replaced_after_the_job_was_taken(kind: FaultKind, route: str) -> None:
    stand_in, status, _, _ = await called(kind, route)
    assert status == LOSSES[kind.name]
    assert len(stand_in.bills) == 2


@pytest.mark.parametrize(
    ("name", "bills"), [("reset_before", 0), ("reset_after", 1)], ids=["before", "after"]
)
async def test_a_connection_is_cut(name: str, bills: int) -> None:
    async with (
        FakeSegmind(latency=0, small=True) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        stand_in.faults.add("submit", name)
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(f"{stand_in.api_url}/v2/luma-uni-1", json={"prompt": "a fox"})
    assert len(stand_in.bills) == bills


@pytest.mark.parametrize(("name", "bills"), [("hang", 0), ("hang_after", 1)])
async def test_a_call_hangs_until_the_asker_gives_up(name: str, bills: int) -> None:
    async with (
        FakeSegmind(latency=0, small=True) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        stand_in.faults.add("submit", name)
        with pytest.raises(TimeoutError):
            await session.post(
                f"{stand_in.api_url}/v2/luma-uni-1",
                json={"prompt": "a fox"},
                timeout=aiohttp.ClientTimeout(total=0.3),
            )
        assert len(stand_in.bills) == bills


@pytest.mark.parametrize("name", ["huge", "drip"])
async def test_a_body_does_not_end(name: str) -> None:
    async with (
        FakeSegmind(latency=0, small=True) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        caller = Caller(stand_in, session)
        await caller.prepare()
        stand_in.faults.add("output", name, seconds=0.05)
        async with caller.open("output") as response:
            assert response.status == 200
            assert len(await response.content.readexactly(3)) == 3
            assert not response.content.at_eof()


async def test_slow_answers_late_and_then_as_usual() -> None:
    async with (
        FakeSegmind() as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        stand_in.faults.add("credits", "slow", seconds=0.2)
        started_at = asyncio.get_running_loop().time()
        async with session.get(f"{stand_in.api_url}/v1/get-user-credits") as response:
            assert response.status == 200
        assert asyncio.get_running_loop().time() - started_at >= 0.2


async def test_a_reset_time_comes_with_a_rate_limit() -> None:
    kinds = {kind.name: kind for kind in CATALOGUE}
    _, _, _, limited = await called(kinds["rate_limited"], "status")
    _, _, _, bare = await called(kinds["rate_limited_bare"], "status")
    _, _, _, retry = await called(kinds["retry_after"], "status")
    told = [
        [name for name in ("x-rate-limit-reset-at-utc", "Retry-After") if name in response.headers]
        for response in (limited, bare, retry)
    ]
    assert told == [["x-rate-limit-reset-at-utc"], [], ["Retry-After"]]


@pytest.mark.parametrize("name", ["blocked", "generation_failed", "corrupt_input"])
async def test_a_job_can_be_doomed(name: str) -> None:
    async with (
        FakeSegmind(latency=0, small=True) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        stand_in.faults.add("submit", name, times=1)
        for prompt in ("a fox", "a bear"):
            await session.post(f"{stand_in.api_url}/v2/luma-uni-1", json={"prompt": prompt})
        await stand_in.until(lambda: not stand_in.open)
    outcomes = {bill.prompt: bill.outcome for bill in stand_in.bills}
    assert outcomes == {"a fox": Outcome.FAILED, "a bear": Outcome.COMPLETED}
    assert [bill.prompt for bill in stand_in.paid] == ["a bear"]


async def test_a_job_can_be_stuck() -> None:
    async with (
        FakeSegmind(latency=0, small=True) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        stand_in.faults.add("submit", "stuck", times=1)
        for prompt in ("a fox", "a bear"):
            await session.post(f"{stand_in.api_url}/v2/luma-uni-1", json={"prompt": prompt})
        await stand_in.until(lambda: stand_in.paid)
        assert [bill.prompt for bill in stand_in.open] == ["a fox"]


SHAPES: dict[tuple[str, str], Any] = {
    ("without_id", "submit"): lambda body: "request_id" not in body and "status_url" in body,
    ("unknown_word", "status"): lambda body: body["status"] == "REHEATING",
    ("lower_case", "status"): lambda body: body["status"] == "completed",
    ("error_word", "result"): lambda body: body["status"] == "ERROR",
    ("cancelled_word", "status"): lambda body: body["status"] == "CANCELLED",
    ("no_metrics", "result"): lambda body: "metrics" not in body,
    ("text_numbers", "result"): lambda body: body["metrics"]["cost"] == "0.0543",
    ("text_numbers", "credits"): lambda body: body["free-credits"] == "0.0",
    ("output_list", "result"): lambda body: isinstance(body["output"], list),
    ("output_dict", "result"): lambda body: list(body["output"]) == ["url"],
    ("output_data", "result"): lambda body: body["output"].startswith("data:image/jpeg;base64,"),
    ("output_missing", "result"): lambda body: "output" not in body and body["images"],
    ("output_foreign", "result"): lambda body: body["output"].startswith("http://127.0.0.2:"),
    ("odd_keys", "history"): lambda body: len(body["records"]) == 1,
    ("bare_list", "history"): lambda body: len(body) == 1,
    ("text_body", "history_row"): lambda body: body["request_body"] == '{"prompt": "a fox"}',
    ("late", "history"): lambda body: body["data"] == [],
    ("lost", "status"): lambda body: "not found" in body["error"],
    ("gone", "output"): lambda body: "error" in body,
}


@pytest.mark.parametrize(("name", "route"), SHAPES)
async def test_an_answer_takes_another_shape(name: str, route: str) -> None:
    kind = next(kind for kind in CATALOGUE if kind.name == name)
    _, _, _, response = await called(kind, route)
    assert SHAPES[name, route](await response.json())


async def test_a_failed_job_can_come_with_200() -> None:
    async with (
        FakeSegmind() as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        await session.post(f"{stand_in.api_url}/v2/luma-uni-1", json={})
        await stand_in.until(lambda: not stand_in.open)
        url = f"{stand_in.api_url}/v2/requests/{stand_in.bills[0].request_id}"
        codes = []
        for _ in range(2):
            async with session.get(url) as response:
                codes.append((response.status, (await response.json())["status"]))
            stand_in.faults.add("result", "failed_200")
    assert codes == [(422, "FAILED"), (200, "FAILED")]


async def test_files_can_be_text_or_half() -> None:
    kinds = {kind.name: kind for kind in CATALOGUE}
    _, _, text, _ = await called(kinds["text"], "output")
    _, _, half, _ = await called(kinds["truncated"], "output")
    assert text == b"This is no picture."
    assert (half[:2], half[-2:] == b"\xff\xd9") == (b"\xff\xd8", False)


async def test_every_page_can_be_the_first_one() -> None:
    async with (
        FakeSegmind(latency=0, small=True, history_delay_seconds=0) as stand_in,
        aiohttp.ClientSession(headers={"x-api-key": stand_in.key}) as session,
    ):
        await session.post(f"{stand_in.api_url}/v2/luma-uni-1", json={"prompt": "a fox"})
        stand_in.faults.add("history", "repeat_page")
        async with session.get(f"{stand_in.api_url}/inference-request/request-history?page=7") as response:
            assert len((await response.json())["data"]) == 1


async def test_json_can_come_as_plain_text() -> None:
    kind = next(kind for kind in CATALOGUE if kind.name == "text_plain")
    _, status, data, response = await called(kind, "credits")
    assert (status, response.content_type, data[:1]) == (200, "text/plain", b"{")


def test_names_that_mean_nothing_are_refused() -> None:
    faults = Faults()
    with pytest.raises(ValueError, match="no fault is named"):
        faults.add("submit", "earthquake")
    with pytest.raises(ValueError, match="means nothing at credits"):
        faults.add("credits", "reset_after")
    assert faults.active == ()


def test_a_fault_is_used_up_and_can_be_cleared() -> None:
    faults = Faults()
    faults.add("submit", "blocked", times=2)
    faults.add("status", "slow")
    taken = [faults.take("submit").has("blocked") for _ in range(3)]
    assert taken == [True, True, False]
    faults.clear("submit")
    assert [fault.name for fault in faults.active] == ["slow"]
    faults.clear()
    assert faults.active == ()


def test_a_call_that_is_refused_leaves_a_doom_for_the_next() -> None:
    faults = Faults()
    faults.add("submit", "blocked", times=1)
    faults.add("submit", "error_500", times=1)
    first, second = faults.take("submit"), faults.take("submit")
    assert (first.has("blocked"), first.has("error_500")) == (False, True)
    assert (second.has("blocked"), second.has("error_500")) == (True, False)


async def test_a_scripted_answer_is_given_word_for_word() -> None:
    async with FakeSegmind() as stand_in, aiohttp.ClientSession() as session:
        stand_in.faults.answer("credits", 418, {"detail": "tea"}, headers={"X-Pot": "1"}, times=1)
        async with session.get(f"{stand_in.api_url}/v1/get-user-credits") as response:
            assert (response.status, response.headers["X-Pot"]) == (418, "1")
            assert await response.read() == b'{"detail": "tea"}'
