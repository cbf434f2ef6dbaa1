"""The key goes to the configured hosts and nowhere else; secrets stay out of errors."""

from typing import Any

import pytest

from bot.domain.errors import ProviderError
from bot.domain.provider import Picture, Result
from standins.fake_segmind import KeySeen
from tests.fetched import fetched
from tests.segmind.provider_pair import Pair, an_input, provider_pair

CALLS = ["submit", "status", "result", "credits", "history_row", "upload"]


async def made(pair: Pair, call: str, request_id: Any) -> Any:
    match call:
        case "submit":
            return await pair.client.submit(an_input())
        case "credits":
            return await pair.client.credits()
        case "upload":
            return await pair.client.upload(Picture(b"bytes", "image/png"))
    return await getattr(pair.client, call)(request_id)


@pytest.mark.parametrize("call", CALLS)
async def test_a_redirect_is_not_followed(call: str) -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.add(call, "redirect")
        with pytest.raises(ProviderError):
            await made(pair, call, request_id)
        hosts = {request.host for request in pair.provider.requests}
    assert hosts == {pair.provider.output_host}
    assert pair.provider.key_leaks == []


async def test_urls_in_answers_are_not_followed() -> None:
    """The real one names them; whoever followed them would send the key wherever a body says."""
    async with provider_pair() as pair:
        foreign = pair.provider.api_url.replace("127.0.0.1", "127.0.0.2")
        body = {
            "request_id": "abc",
            "status_url": f"{foreign}/v2/requests/abc/status",
            "response_url": f"{foreign}/v2/requests/abc",
        }
        pair.provider.faults.answer("submit", 200, body)
        request_id = await pair.client.submit(an_input())
        for call in ("status", "result"):
            with pytest.raises(ProviderError):
                await made(pair, call, request_id)
        assert {request.host for request in pair.provider.requests} == {pair.provider.output_host}


async def test_files_are_fetched_without_the_key() -> None:
    async with provider_pair() as pair:
        result = await pair.client.result(await pair.submitted())
        assert isinstance(result, Result)
        await fetched(pair.client.download, result.output_url)
        (request,) = pair.provider.requests_to("output")
    assert request.key is KeySeen.MISSING
    assert "cookie" not in request.headers


async def test_cookies_are_neither_kept_nor_sent() -> None:
    async with provider_pair() as pair:
        pair.provider.faults.answer("credits", 200, {"credits": 1}, headers={"Set-Cookie": "a=b"}, times=1)
        await pair.client.credits()
        await pair.client.credits()
        assert all("cookie" not in request.headers for request in pair.provider.requests)


@pytest.mark.parametrize("call", CALLS)
async def test_errors_hold_neither_key_nor_address(call: str) -> None:
    async with provider_pair(client={"key": "a-key-of-no-known-shape"}) as pair:
        text = (
            "key a-key-of-no-known-shape of owner@example.test at https://x.test/owner%40example.test/1.png"
        )
        pair.provider.faults.answer(call, 500, {"error": text})
        with pytest.raises(ProviderError) as raised:
            await made(pair, call, "abc")
    assert raised.value.note == "HTTP 500 key [key] of [address] at [url]"
    assert "a-key-of-no-known-shape" not in repr(raised.value)
