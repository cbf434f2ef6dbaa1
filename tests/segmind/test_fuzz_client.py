"""The client against a provider that answers anything at all: only errors with a name come out, and soon.

A few examples in every run of the tests; `make fuzz` goes on for ten minutes.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import FileRefused, NotAccepted, ProviderError
from bot.domain.ids import RequestId
from bot.domain.provider import HistoryRow, Picture, Result, Status
from bot.download import Downloader, open_session
from bot.segmind.client import SegmindClient, Timeouts
from bot.segmind.wire import request_id_of
from tests import junk
from tests.builders import NOON
from tests.fetched import fetched
from tests.segmind.provider_pair import an_input
from tests.segmind.test_parse_properties import anything

pytestmark = pytest.mark.fuzz

#: The server is the same for all examples of a test.
many = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HURRIED = Timeouts(submit=2.0, upload=2.0, read=2.0, connect=2.0)
#: Whatever comes, a call ends within its timeout; in seconds, for a busy machine.
LONGEST = 15.0
MOST_BYTES = 10_000


@dataclass
class Provider:
    """Answers every request with `answer`, byte for byte, and hangs up."""

    client: SegmindClient = field(init=False)
    address: str = ""
    answer: bytes = b""
    requests: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            self.requests += 1
            writer.write(self.answer)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    url = f"http://{provider.address}"
    async with server, open_session() as session:
        provider.client = SegmindClient(
            session=session,
            key="SG_secret",
            api_url=url,
            assets_url=url,
            history_url=url,
            downloader=Downloader(
                session, [provider.address], MOST_BYTES, total_seconds=2.0, read_seconds=2.0
            ),
            timeouts=HURRIED,
        )
        yield provider


async def rows(client: SegmindClient) -> list[HistoryRow]:
    """Of a few days, so that not too many pages are asked for."""
    found: list[HistoryRow] = []
    async for row in client.history(NOON - timedelta(days=2), NOON, "luma-uni-1"):
        found.append(row)
        if len(found) > 1000:
            break
    return found


CALLS: dict[str, Callable[[SegmindClient], Awaitable[Any]]] = {
    "submit": lambda client: client.submit(an_input()),
    "status": lambda client: client.status(RequestId("abc")),
    "result": lambda client: client.result(RequestId("abc")),
    "credits": lambda client: client.credits(),
    "upload": lambda client: client.upload(Picture(b"bytes", "image/png")),
    "history": rows,
    "history_row": lambda client: client.history_row(RequestId("abc")),
}
calls = st.sampled_from(sorted(CALLS))

# --- what it answers ------------------------------------------------------------------------------------

header_names = st.sampled_from(
    [
        "Content-Type",
        "Content-Encoding",
        "Transfer-Encoding",
        "Content-Length",
        "Location",
        "Set-Cookie",
        "Retry-After",
        "x-rate-limit-reset-at-utc",
        "X-Odd",
    ]
)
header_values = st.sampled_from(
    [
        "application/json",
        "text/html",
        "gzip",
        "br",
        "chunked",
        "0",
        "7",
        "-1",
        "9" * 400,
        "http://127.0.0.2/",
        "/",
    ]
) | st.text(st.characters(codec="latin-1"), max_size=20)
headers = st.lists(st.tuples(header_names, header_values), max_size=4)
bodies = (
    st.binary(max_size=200)
    | anything.map(lambda value: json.dumps(value).encode())
    | junk.values.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=50).map(gzip.compress)
    | st.sampled_from(
        [b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000, b"<html></html>", b"\xef\xbb\xbf{}"]
    )
)


def answer_of(status: int, told: list[tuple[str, str]], body: bytes, *, is_told: bool) -> bytes:
    lines = [f"HTTP/1.1 {status} Odd".encode(), b"Connection: close"]
    lines += [name.encode() + b": " + value.encode("latin-1") for name, value in told]
    if is_told:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body])


answers = st.builds(answer_of, st.integers(100, 599), headers, bodies, is_told=st.booleans())


async def outcome(provider: Provider, call: str, answer: bytes) -> object:
    """What the call gave, or the error that it named."""
    provider.answer, provider.requests = answer, 0
    async with asyncio.timeout(LONGEST):
        try:
            return await CALLS[call](provider.client)
        except (ProviderError, FileRefused) as error:
            named = error
    assert "SG_secret" not in f"{named!r} {named}"
    return named


@many
@given(call=calls, answer=answers | st.binary(max_size=300))
async def test_any_answer_has_a_meaning(provider: Provider, call: str, answer: bytes) -> None:
    found = await outcome(provider, call, answer)
    if call == "submit":
        assert provider.requests == 1
        # Once the request has arrived, only a clear refusal says that it may be sent again.
        if isinstance(found, NotAccepted):
            assert answer.startswith((b"HTTP/1.1 429", b"HTTP/1.1 503", b"HTTP/1.0 429", b"HTTP/1.0 503"))
        elif not isinstance(found, Exception):
            assert request_id_of(found) is not None
    elif call in {"status", "result"} and not isinstance(found, Exception):
        assert isinstance(found, Status | Result)


@many
@given(url=junk.texts | st.text(max_size=20).map(lambda rest: f"data:{rest}"))
async def test_any_output_url_is_fetched_or_refused(provider: Provider, url: str) -> None:
    provider.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    with suppress(ProviderError, FileRefused):
        assert await fetched(provider.client.download, url)


@many
@given(answer=answers | st.binary(max_size=300))
async def test_any_file_is_fetched_or_refused(provider: Provider, answer: bytes) -> None:
    provider.answer = answer
    async with asyncio.timeout(LONGEST):
        with suppress(ProviderError, FileRefused):
            assert (
                0
                < len(await fetched(provider.client.download, f"http://{provider.address}/1.png"))
                <= MOST_BYTES
            )
