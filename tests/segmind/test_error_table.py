"""Every row of the provider's table of errors, over HTTP: what a code means for a submit, and for a read."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain.errors import (
    CreditSpent,
    Doubtful,
    KeyRefused,
    ModelRefused,
    ProviderError,
    RateLimited,
    RequestInvalid,
    RequestUnknown,
    Unavailable,
    Unreachable,
)
from bot.domain.provider import Failed, Picture
from tests.segmind.provider_pair import an_input, provider_pair

#: A fault of the stand-in, and what a submit and a read make of it.
FAULTS: list[tuple[str, type[ProviderError], type[ProviderError]]] = [
    ("key_refused", KeyRefused, KeyRefused),
    ("forbidden", ModelRefused, KeyRefused),
    ("retired", ModelRefused, KeyRefused),
    ("no_credit", CreditSpent, Unavailable),
    ("no_credit_406", CreditSpent, Unavailable),
    ("not_acceptable", RequestInvalid, Unavailable),
    ("rate_limited", RateLimited, RateLimited),
    ("rate_limited_bare", RateLimited, RateLimited),
    ("retry_after", RateLimited, RateLimited),
    ("unavailable", Unreachable, Unavailable),
    ("unavailable_html", Doubtful, Unavailable),
    ("error_500", Doubtful, Unavailable),
    ("bad_gateway", Doubtful, Unavailable),
    ("gateway_timeout", Doubtful, Unavailable),
    ("html_200", Doubtful, Unavailable),
    ("empty_200", Doubtful, Unavailable),
    ("redirect", Doubtful, Unavailable),
]
#: Codes and bodies that no fault has.
ANSWERS: list[tuple[int, Any, type[ProviderError]]] = [
    (400, {"error": "prompt missing"}, RequestInvalid),
    (404, {"error": "Model not found"}, ModelRefused),
    (405, b"<html>405</html>", RequestInvalid),
    (413, b"", RequestInvalid),
    (415, {"detail": "unsupported"}, RequestInvalid),
    (422, {"detail": [{"loc": ["body", "style"], "msg": "bad style"}]}, RequestInvalid),
    (406, {"error": "Insufficient credits"}, CreditSpent),
    (406, {"error": "Team spending cap reached"}, CreditSpent),
    (406, b"", CreditSpent),
    (406, {"error": "Invalid Content-Type"}, RequestInvalid),
    (408, b"", Doubtful),
    (409, b"", Doubtful),
    (307, b"", Doubtful),
    (503, {"message": "warming up"}, Doubtful),
    (503, b"", Doubtful),
    (520, b"<html>520</html>", Doubtful),
    (200, {"status": "QUEUED"}, Doubtful),
    (200, {"request_id": ""}, Doubtful),
    (200, {"request_id": "../credits"}, Doubtful),
    (200, {"request_id": "x" * 101}, Doubtful),
    (200, {"request_id": 7}, Doubtful),
    (200, [], Doubtful),
    (200, b"\xff\xfe garbage", Doubtful),
]


@pytest.mark.parametrize(("fault", "expected", "_"), FAULTS, ids=[row[0] for row in FAULTS])
async def test_a_submit_is_refused(fault: str, expected: type[ProviderError], _: Any) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.add("submit", fault)
        with pytest.raises(ProviderError) as raised:
            await pair.client.submit(an_input())
    assert type(raised.value) is expected
    assert len(pair.provider.requests_to("submit")) == 1


@pytest.mark.parametrize(("status", "body", "expected"), ANSWERS)
async def test_a_submit_is_answered_in_other_ways(
    status: int, body: Any, expected: type[ProviderError]
) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("submit", status, body)
        with pytest.raises(ProviderError) as raised:
            await pair.client.submit(an_input())
    assert type(raised.value) is expected
    assert len(pair.provider.requests_to("submit")) == 1


@pytest.mark.parametrize(("fault", "_", "expected"), FAULTS, ids=[row[0] for row in FAULTS])
@pytest.mark.parametrize("call", ["status", "result", "history", "history_row", "credits"])
async def test_a_read_is_refused(call: str, fault: str, expected: type[ProviderError], _: Any) -> None:
    if call == "credits" and fault.startswith("no_credit"):
        expected = CreditSpent
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        now = pair.provider.bills[0].accepted_at
        pair.provider.faults.add(call, fault)
        reads: dict[str, Callable[[], Awaitable[object]]] = {
            "status": lambda: pair.client.status(request_id),
            "result": lambda: pair.client.result(request_id),
            "history": lambda: anext(aiter(pair.client.history(now, now, "luma-uni-1"))),
            "history_row": lambda: pair.client.history_row(request_id),
            "credits": pair.client.credits,
        }
        with pytest.raises(ProviderError) as raised:
            await reads[call]()
    assert type(raised.value) is expected


@pytest.mark.parametrize("call", ["status", "result"])
async def test_an_unknown_request_is_told_apart(call: str) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.add(call, "lost")
        with pytest.raises(RequestUnknown):
            await getattr(pair.client, call)(request_id)


PAGES = (b"<html><title>404 Not Found</title></html>", b"\n<!DOCTYPE html><title>Just a moment...</title>")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_page_of_a_proxy_says_nothing_about_key_model_and_request(status: int, page: bytes) -> None:
    """Whoever took it for the provider's word would pause all members, or give up a picture that is paid."""
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        for call in ("submit", "status", "result", "history", "history_row"):
            pair.provider.faults.answer(call, status, page)
        for read in (pair.client.status, pair.client.result, pair.client.history_row):
            with pytest.raises(Unavailable):
                await read(request_id)
        with pytest.raises(Unreachable):
            await pair.client.submit(an_input())


@pytest.mark.parametrize("body", [b"", b"404 page not found\n", b"null"])
async def test_only_the_provider_says_that_a_request_is_unknown(body: bytes) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        for call in ("status", "result", "history_row"):
            pair.provider.faults.answer(call, 404, body)
        for read in (pair.client.status, pair.client.result, pair.client.history_row):
            with pytest.raises(Unavailable):
                await read(request_id)


@pytest.mark.parametrize("request_id", ["", "a/b", "..", "a?b", "x" * 101, "ü"])
async def test_what_is_no_request_id_never_becomes_a_url(request_id: Any) -> None:
    async with provider_pair() as pair:
        with pytest.raises(RequestUnknown):
            await pair.client.status(request_id)
        assert await pair.client.history_row(request_id) is None
        assert pair.provider.requests == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(422, {"error": "generation_failed"}), (422, b""), (422, {"detail": [{"msg": "generation_failed"}]})],
)
async def test_422_on_a_read_is_a_failed_job_even_without_the_word(status: int, body: Any) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        for call in ("status", "result"):
            pair.provider.faults.answer(call, status, body)
            assert isinstance(await getattr(pair.client, call)(request_id), Failed)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("key_refused", KeyRefused),
        ("forbidden", KeyRefused),
        ("no_credit", CreditSpent),
        ("invalid", RequestInvalid),
        ("rate_limited", RateLimited),
        ("error_500", Unavailable),
        ("unavailable", Unavailable),
        ("bad_gateway", Unavailable),
        ("html_200", Unavailable),
        ("reset_before", Unavailable),
    ],
)
async def test_an_upload_is_free_so_that_nothing_about_it_is_doubtful(
    fault: str, expected: type[ProviderError]
) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.add("upload", fault)
        with pytest.raises(ProviderError) as raised:
            await pair.client.upload(Picture(b"bytes", "image/png"))
    assert type(raised.value) is expected


@pytest.mark.parametrize("body", [{}, {"file_urls": []}, {"file_urls": ["data:,x"]}, {"file_urls": 5}])
async def test_an_upload_without_an_address_is_unavailable(body: Any) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("upload", 200, body)
        with pytest.raises(Unavailable):
            await pair.client.upload(Picture(b"bytes", "image/png"))
