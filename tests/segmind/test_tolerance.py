"""Answers in every shape that the provider is known or suspected to use."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.errors import FileRefused, ProviderError, RequestUnknown, Unavailable
from bot.domain.failure import FailureKind, SourceProblem
from bot.domain.ids import RequestId
from bot.domain.provider import Completed, Failed, Result, StillRunning
from bot.segmind import parse
from bot.segmind.data_urls import data_of
from bot.segmind.wire import Answer, read_json, request_id_of
from tests.fetched import fetched
from tests.segmind.provider_pair import provider_pair

URL = "https://images.segmind.com/generations/fox.jpeg"


def answered(body: Any, status: int = 200) -> Answer:
    return Answer(status, json=body)


@pytest.mark.parametrize(
    "request_id", ["47411f110c6fa4fe05dcb9ffed2c1962", "8a6e0804-2bd0-4672-b79d-d97027f9071a", "a", "x" * 100]
)
def test_both_shapes_of_a_request_id_are_taken(request_id: str) -> None:
    assert request_id_of(request_id) == RequestId(request_id)


@pytest.mark.parametrize(
    "word", ["QUEUED", "PROCESSING", "processing", " Queued ", "REHEATING", "", "PENDING"]
)
def test_words_of_work_and_unknown_words_mean_still_running(word: str) -> None:
    assert parse.status_of(answered({"status": word})) == StillRunning()


@pytest.mark.parametrize("word", ["COMPLETED", "completed", " Completed"])
@pytest.mark.parametrize("status", [200, 201, 422])
def test_completed_is_completed_whatever_the_code(word: str, status: int) -> None:
    assert parse.status_of(answered({"status": word}, status)) == Completed()


@pytest.mark.parametrize("word", ["FAILED", "failed", "CANCELLED", "canceled", "ERROR", "EXPIRED"])
@pytest.mark.parametrize("status", [200, 422])
def test_final_failures_are_final_whatever_the_code(word: str, status: int) -> None:
    assert isinstance(parse.status_of(answered({"status": word}, status)), Failed)


def test_an_expired_job_has_a_kind_of_its_own() -> None:
    expired = parse.status_of(answered({"status": "EXPIRED"}))
    blocked = parse.status_of(answered({"status": "EXPIRED", "error": "flagged"}))
    assert isinstance(expired, Failed)
    assert expired.failure.kind is FailureKind.EXPIRED
    assert isinstance(blocked, Failed)
    assert blocked.failure.kind is FailureKind.BLOCKED


@pytest.mark.parametrize("status", [400, 404, 500, 502])
def test_the_word_counts_before_the_code(status: int) -> None:
    failed = parse.status_of(answered({"status": "FAILED", "error": "generation_failed"}, status))
    assert isinstance(failed, Failed)
    assert parse.status_of(answered({"status": "COMPLETED"}, status)) == Completed()
    assert parse.status_of(answered({"status": "processing", "metrics": {}}, status)) == StillRunning()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_the_status_of_an_error_is_not_the_status_of_a_job(status: int) -> None:
    """Ending a job on it would lose a picture that is being made and paid."""
    for said in ("error", "failed", 500, None):
        assert parse.status_of(answered({"status": said, "message": "try again"}, status)) is None


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refused_key_ends_no_job(status: int) -> None:
    assert parse.status_of(answered({"status": "FAILED", "error": "unauthorized"}, status)) is None


@pytest.mark.parametrize("body", [None, [], "QUEUED", 5, True])
def test_what_is_no_object_is_no_status(body: Any) -> None:
    assert parse.status_of(answered(body)) is None


def test_a_success_without_a_word_is_still_running() -> None:
    assert parse.status_of(answered({})) == StillRunning()


@pytest.mark.parametrize(
    "body",
    [
        {"output": URL},
        {"output": f" {URL}\n"},
        {"output": [URL, "https://other.test/2.png"]},
        {"output": [{"url": URL}]},
        {"output": {"url": URL}},
        {"output": {"url": [URL]}},
        {"output": None, "images": [{"url": URL, "content_type": "image/jpeg"}]},
        {"images": [{"url": URL}, {"url": "https://other.test/2.png"}]},
        {"images": [URL]},
        {"output": "", "images": {"url": URL}},
        {"output": "made", "images": [{}, {"url": URL}]},
        {"output": {"image_url": URL}},
        {"output": {"images": [{"url": URL}]}},
        {"output": json.dumps([URL])},
        {"output": URL.removeprefix("https:")},
        {"output_url": URL, "image": "https://images.test/the-source.png"},
        {"result": {"image": {"url": URL}}},
        {"data": [{"url": URL}]},
        {"url": URL},
    ],
)
@pytest.mark.parametrize("word", [{"status": "COMPLETED"}, {"status": "completed"}, {}])
def test_the_picture_is_found_wherever_it_stands(body: dict[str, Any], word: dict[str, Any]) -> None:
    assert parse.result_of(answered(word | body)) == Result(output_url=URL)


@pytest.mark.parametrize("word", ["SUCCEEDED", "success", "Complete", "done", "FINISHED"])
def test_success_is_success_in_other_words(word: str) -> None:
    body = {"status": word, "output": URL}
    assert parse.status_of(answered(body)) == Completed()
    assert parse.result_of(answered(body)) == Result(output_url=URL)


@pytest.mark.parametrize("wrapped", [lambda body: [body], lambda body: {"success": True, "data": body}])
def test_an_answer_is_read_in_its_wrapping(wrapped: Callable[[Any], Any]) -> None:
    assert parse.status_of(answered(wrapped({"status": "COMPLETED"}))) == Completed()
    assert parse.result_of(answered(wrapped({"status": "COMPLETED", "output": URL}))) == Result(
        output_url=URL
    )
    assert answered(wrapped({"request_id": "7"})).body == {"request_id": "7"}


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP", b"GIF89a"])
@pytest.mark.parametrize(
    "place", [lambda text: {"output": [text]}, lambda text: {"data": [{"b64_json": text}]}]
)
def test_a_picture_may_be_bare_base64(place: Callable[[str], Any], start: bytes) -> None:
    result = parse.result_of(answered({"status": "COMPLETED", **place(base64.b64encode(start).decode())}))
    assert result is not None
    assert data_of(result.output_url, 100) == start


@pytest.mark.parametrize("prompt", [b"two\nlines", b"a tab\t", b"caf\xe9", b"\xed\xa0\xbd"])
def test_a_prompt_that_is_no_json_spoils_no_answer(prompt: bytes) -> None:
    body = read_json(
        b'{"status": "COMPLETED", "output": "' + URL.encode() + b'", "prompt": "' + prompt + b'"}'
    )
    assert parse.result_of(answered(body)) == Result(output_url=URL)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "PROCESSING", "output": URL}, 200),
        ({"status": "FAILED", "output": URL}, 422),
        ({"status": "REHEATING", "output": URL}, 200),
        ({"status": "COMPLETED"}, 200),
        ({"status": "COMPLETED", "output": "ftp://images.test/fox.png"}, 200),
        ({"status": "COMPLETED", "output": 7, "images": "none"}, 200),
        ({"output": URL}, 404),
        ({"status": "COMPLETED", "image": URL}, 200),
        ([URL], 200),
    ],
)
def test_what_is_not_finished_is_no_result(body: Any, status: int) -> None:
    assert parse.result_of(answered(body, status)) is None


@pytest.mark.parametrize(
    ("cost", "microusd"),
    [
        ("0.0543", 54_300),
        ('"0.0543"', 54_300),
        ('"$0.0543"', 54_300),
        ("0", 0),
        ("1", 1_000_000),
        ("0.1", 100_000),
        ("0.0000004", 0),
        ("0.0000005", 1),
        ("5.43e-2", 54_300),
        ("0.05430049999999999999999", 54_300),
        ("null", None),
        ('"free"', None),
        ("true", None),
        ("-0.05", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e400", None),
        ("1e999999999999999999999", None),
        ("[]", None),
    ],
)
def test_money_is_exact_or_unknown(cost: str, microusd: int | None) -> None:
    body = read_json(f'{{"status": "COMPLETED", "output": "{URL}", "metrics": {{"cost": {cost}}}}}'.encode())
    result = parse.result_of(answered(body))
    assert (None if result is None else result.cost_microusd) == microusd


@pytest.mark.parametrize("metrics", [{}, None, [], "none", {"cost": None}])
def test_missing_metrics_are_unknown_not_zero(metrics: Any) -> None:
    result = parse.result_of(answered({"status": "COMPLETED", "output": URL, "metrics": metrics}))
    assert result == Result(output_url=URL)
    assert parse.status_of(answered({"status": "COMPLETED", "metrics": metrics})) == Completed(None)


def test_numbers_may_be_strings() -> None:
    metrics = {"cost": "0.129", "remaining_credits": "12.3", "inference_time": "61.9"}
    result = parse.result_of(answered({"status": "COMPLETED", "output": URL, "metrics": metrics}))
    assert result == Result(
        output_url=URL, cost_microusd=129_000, provider_seconds=61.9, remaining_credits=12.3
    )


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"credits": 12.3, "free-credits": 0.5}, 12.8),
        ({"credits": "12.3", "free-credits": "0.5"}, 12.8),
        ({"credits": 12.3}, 12.3),
        ({"free-credits": 1}, 1.0),
        ({"credits": 0, "free-credits": 0}, 0.0),
        ({"credits": None, "free-credits": 2}, 2.0),
    ],
)
async def test_credits_are_added_up(body: Any, left: float) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("credits", 200, body)
        assert await pair.client.credits() == pytest.approx(left)


@pytest.mark.parametrize("body", [{}, {"credits": "many"}, [], {"error": "no"}, b"<html>"])
async def test_credits_that_cannot_be_read_are_unavailable(body: Any) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("credits", 200, body)
        with pytest.raises(Unavailable):
            await pair.client.credits()


@pytest.mark.parametrize(
    "fault",
    [
        "lower_case",
        "no_metrics",
        "text_numbers",
        "text_plain",
        "output_list",
        "output_dict",
        "output_missing",
    ],
)
async def test_a_picture_arrives_in_spite_of_odd_answers(fault: str) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        for call in ("status", "result"):
            if fault.startswith("output") and call == "status":
                continue
            pair.provider.faults.add(call, fault)
        status, result = await pair.client.status(request_id), await pair.client.result(request_id)
        assert isinstance(status, Completed)
        assert isinstance(result, Result)
        data = await fetched(pair.client.download, result.output_url)
    assert data[:2] == b"\xff\xd8"
    assert result.cost_microusd == (None if fault == "no_metrics" else 54_300)


@pytest.mark.parametrize("fault", ["error_word", "cancelled_word"])
async def test_other_final_words_end_a_job(fault: str) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.add("status", fault)
        pair.provider.faults.add("result", fault)
        assert isinstance(await pair.client.status(request_id), Failed)
        assert isinstance(await pair.client.result(request_id), Failed)


async def test_an_unknown_word_is_no_end() -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.add("status", "unknown_word")
        assert await pair.client.status(request_id) == StillRunning()


async def test_failed_with_200_is_failed() -> None:
    async with provider_pair() as pair:
        pair.provider.faults.add("submit", "generation_failed")
        request_id = await pair.submitted()
        for call in ("status", "result"):
            pair.provider.faults.add(call, "failed_200")
            assert isinstance(await getattr(pair.client, call)(request_id), Failed)


async def test_a_picture_in_a_data_uri_needs_no_download() -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.add("result", "output_data")
        result = await pair.client.result(request_id)
        assert isinstance(result, Result)
        assert (await fetched(pair.client.download, result.output_url))[:2] == b"\xff\xd8"
        assert pair.provider.requests_to("output") == []


@pytest.mark.parametrize(
    ("url", "data"),
    [
        (f"data:image/png;base64,{base64.b64encode(b'bytes').decode()}", b"bytes"),
        (f"DATA:image/png;base64,{base64.b64encode(b'bytes').decode()}", b"bytes"),
        ("data:text/plain,by%74es", b"bytes"),
        ("data:image/png;base64,_-79_v8", b"\xff\xee\xfd\xfe\xff"),
        ("data:image/png;base64,/%2B79%2Fv8%3D", b"\xff\xee\xfd\xfe\xff"),
        ("data:image/png;base64,Ynl0\r\nZXM", b"bytes"),
        ("data:image/png;BASE64,Ynl0ZXM=", b"bytes"),
        ("data:image/png;base64;name=fox.png,Ynl0ZXM=", b"bytes"),
    ],
)
async def test_data_uris_are_read(url: str, data: bytes) -> None:
    async with provider_pair() as pair:
        assert await fetched(pair.client.download, url) == data


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,", "data:image/png;base64", "data:;base64,A", "data:,"]
)
async def test_data_uris_without_data_are_refused(url: str) -> None:
    async with provider_pair() as pair:
        with pytest.raises(FileRefused) as refused:
            await fetched(pair.client.download, url)
    assert refused.value.problem is SourceProblem.NOT_A_PICTURE


@pytest.mark.parametrize("url", ["data:image/png;base64,YWJjZA==", "data:text/plain,abcd"])
def test_data_uris_are_bounded(url: str) -> None:
    assert data_of(url, 4) == b"abcd"
    with pytest.raises(FileRefused) as refused:
        data_of(url, 3)
    assert refused.value.problem is SourceProblem.TOO_LARGE


async def test_a_picture_at_a_foreign_host_is_refused_without_a_connection() -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.add("result", "output_foreign")
        result = await pair.client.result(request_id)
        assert isinstance(result, Result)
        with pytest.raises(FileRefused) as refused:
            await fetched(pair.client.download, result.output_url)
        assert pair.provider.requests_to("output") == []
    assert refused.value.problem is SourceProblem.FOREIGN
    assert pair.calls[-1] == ("download", "file_refused")


async def test_completed_without_a_picture_is_asked_for_again() -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.answer("result", 200, {"status": "COMPLETED", "output": None})
        with pytest.raises(Unavailable):
            await pair.client.result(request_id)


@pytest.mark.parametrize(
    "body",
    [
        {"error": "Model is busy"},
        {"detail": "Model is busy"},
        {"message": "Model is busy"},
        {"error_message": "Model is busy"},
        {"error_description": "Model is busy"},
        {"error": {"message": "Model is busy"}},
        {"detail": [{"loc": ["body"], "msg": "Model is busy"}]},
        {"error": {"error": {"detail": "Model is busy"}}},
        b"<html><style>p {}</style><body><h1>Model</h1> is busy</body></html>",
        b"Model is busy",
    ],
)
async def test_errors_are_understood_in_any_envelope(body: Any) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.answer("status", 500, body)
        with pytest.raises(ProviderError) as raised:
            await pair.client.status(request_id)
    assert raised.value.note == "HTTP 500 Model is busy"


async def test_a_request_unknown_to_status_is_not_a_failed_job() -> None:
    async with provider_pair() as pair:
        with pytest.raises(RequestUnknown):
            await pair.client.status(RequestId("never-heard-of"))
