"""Connections that fail, hang, lie or are used up: when is a submit in doubt, and when surely not sent?"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest

from bot.domain.errors import Doubtful, NotSent, ProviderError, Unavailable, Unreachable
from bot.download import Downloader, open_session
from bot.ops.way_out import DIRECT, WayOut
from bot.segmind.client import SegmindClient, Timeouts
from tests.forward_proxy import ForwardProxy
from tests.segmind.provider_pair import IMPATIENT_READ, IMPATIENT_SUBMIT, an_input, provider_pair

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def client_of(
    base_url: str, timeouts: Timeouts | None = None, way_out: WayOut = DIRECT
) -> AsyncIterator[SegmindClient]:
    async with open_session(way_out) as session:
        yield SegmindClient(
            session=session,
            key="SG_test",
            api_url=base_url,
            assets_url=base_url,
            history_url=base_url,
            downloader=Downloader(session, [], 1),
            timeouts=timeouts,
            way_out=way_out,
        )


@asynccontextmanager
async def raw_server(serve: Serve) -> AsyncIterator[str]:
    """A server of bare bytes."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "base_url",
    [
        f"http://127.0.0.1:{free_port()}",
        "http://no..name",
        "http://[::1]:9",
    ],
    ids=["closed port", "impossible name", "IPv6"],
)
async def test_where_nobody_listens_nothing_was_sent(base_url: str) -> None:
    async with client_of(base_url) as client:
        with pytest.raises(Unreachable):
            await client.submit(an_input())
        with pytest.raises(Unavailable):
            await client.credits()


def refuse(proxy: ForwardProxy) -> None:
    proxy.refuses_with = HTTPStatus.BAD_GATEWAY


def hang_up(proxy: ForwardProxy) -> None:
    proxy.hangs_up = True


def say_nothing(proxy: ForwardProxy) -> None:
    proxy.is_silent = True


@pytest.mark.parametrize("spoil", [refuse, hang_up, say_nothing])
async def test_what_a_proxy_did_not_let_through_was_not_sent(spoil: Callable[[ForwardProxy], None]) -> None:
    proxy = ForwardProxy({})
    spoil(proxy)
    await proxy.open()
    way_out, impatient = WayOut(f"http://{proxy.name}"), Timeouts(connect=0.2, read=0.2)
    async with client_of("https://api.example", impatient, way_out) as client:
        with pytest.raises(Unreachable, match=f"the proxy {proxy.name}"):
            await client.submit(an_input())
        with pytest.raises(Unavailable):
            await client.credits()
    await proxy.close()
    assert proxy.refusals == 2


async def test_where_tls_does_not_come_up_nothing_was_sent() -> None:
    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with raw_server(speak_plainly) as url, client_of(url.replace("http:", "https:")) as client:
        with pytest.raises(Unreachable):
            await client.submit(an_input())


async def test_where_tls_hangs_nothing_was_sent() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()

    impatient = Timeouts(connect=0.3)
    async with (
        raw_server(say_nothing) as url,
        client_of(url.replace("http:", "https:"), impatient) as client,
    ):
        with pytest.raises(Unreachable):
            await client.submit(an_input())


async def test_a_full_line_of_waiting_connections_is_unreachable_not_doubtful() -> None:
    """A server that accepts nothing: the connection is never established."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
    try:
        async with client_of(f"http://127.0.0.1:{port}", Timeouts(connect=0.3)) as client:
            with pytest.raises(Unreachable):
                await client.submit(an_input())
    finally:
        for each in (*fillers, listener):
            each.close()


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "hang", "hang_after", "huge", "drip"])
async def test_once_sent_a_submit_is_in_doubt(fault: str) -> None:
    async with provider_pair(client={"timeouts": IMPATIENT_SUBMIT}) as pair:
        pair.provider.faults.add("submit", fault, seconds=0.1)
        with pytest.raises(Doubtful):
            await pair.client.submit(an_input())
    assert len(pair.provider.requests_to("submit")) == 1


@pytest.mark.parametrize("fault", ["error_500_after", "bad_gateway_after", "html_200_after", "without_id"])
async def test_an_accepted_submit_whose_answer_is_lost_is_in_doubt(fault: str) -> None:
    async with provider_pair() as pair:
        pair.provider.faults.add("submit", fault)
        with pytest.raises(Doubtful):
            await pair.client.submit(an_input())
    assert len(pair.provider.bills) == 1


@pytest.mark.parametrize("fault", ["reset_before", "hang", "huge", "drip"])
@pytest.mark.parametrize("call", ["status", "result", "history_row"])
async def test_a_read_that_breaks_is_unavailable(call: str, fault: str) -> None:
    async with provider_pair(client={"timeouts": IMPATIENT_READ}) as pair:
        request_id = await pair.submitted()
        pair.provider.faults.add(call, fault, seconds=0.1)
        with pytest.raises(Unavailable):
            await getattr(pair.client, call)(request_id)


async def test_a_submit_that_may_not_leave_is_none() -> None:
    async def never() -> bool:
        return False

    async with provider_pair() as pair:
        with pytest.raises(NotSent):
            await pair.client.submit(an_input(), never)
        await pair.client.credits()
        assert pair.provider.requests_to("submit") == []
        assert pair.calls[0] == ("submit", "not_sent")


async def test_whether_a_submit_may_leave_is_asked_on_an_open_connection() -> None:
    connected = asyncio.Event()
    asked: list[bool] = []

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        writer.close()

    async def ask() -> bool:
        asked.append(connected.is_set() or await asyncio.wait_for(connected.wait(), 5))
        return False

    async with raw_server(greet) as url, client_of(url) as client:
        with pytest.raises(NotSent):
            await client.submit(an_input(), ask)
    assert asked == [True]


async def test_a_submit_that_takes_long_is_waited_for() -> None:
    timeouts = Timeouts(submit=10.0, read=0.1)
    async with provider_pair(client={"timeouts": timeouts}) as pair:
        pair.provider.faults.add("submit", "slow", seconds=0.5)
        request_id = await pair.client.submit(an_input())
    assert [bill.request_id for bill in pair.provider.bills] == [request_id]


async def test_a_submit_uses_no_connection_that_was_kept_alive() -> None:
    """The server hangs up on the second request of any connection, as one does whose patience is over."""
    served: list[bytes] = []

    async def serve_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        served.append(head.split(b" ", 1)[0])
        body = b'{"request_id": "abc", "credits": 1}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await reader.read(1)
        writer.close()
        await writer.wait_closed()

    async with raw_server(serve_once) as url, client_of(url) as client:
        await client.credits()
        for _ in range(3):
            assert await client.submit(an_input()) == "abc"
    assert served == [b"GET", b"POST", b"POST", b"POST"]


async def test_a_submit_is_never_repeated_by_the_library() -> None:
    requests: list[bytes] = []

    async def read_and_hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()
        await writer.wait_closed()

    async with raw_server(read_and_hang_up) as url, client_of(url) as client:
        with pytest.raises(Doubtful):
            await client.submit(an_input())
        await asyncio.sleep(0)
    assert len(requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"",
    ],
    ids=["cut short", "broken chunks", "not gzip", "not HTTP", "endless header", "nothing"],
)
async def test_a_broken_answer_is_doubt_for_a_submit_and_unavailable_for_a_read(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    async with raw_server(serve) as url, client_of(url) as client:
        with pytest.raises(Doubtful):
            await client.submit(an_input())
        with pytest.raises(Unavailable):
            await client.credits()


async def test_cancelling_a_call_cancels_it() -> None:
    async with provider_pair() as pair:
        pair.provider.faults.add("credits", "hang")
        call = asyncio.create_task(pair.client.credits())
        await pair.provider.until(lambda: pair.provider.requests)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert pair.calls == [("credits", "cancelled")]


async def test_a_result_may_be_bigger_than_other_answers() -> None:
    padding = "x" * 2_000_000
    body: dict[str, Any] = {"status": "COMPLETED", "output": f"data:image/png;base64,{padding}"}
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        pair.provider.faults.answer("result", 200, body)
        pair.provider.faults.answer("status", 200, body)
        result = await pair.client.result(request_id)
        with pytest.raises(ProviderError):
            await pair.client.status(request_id)
    assert getattr(result, "output_url", None) == body["output"]
