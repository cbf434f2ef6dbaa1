"""Connections through a real proxy, to certificates of a real authority: what stands, and what is told."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.ops.way_out import ProxyFailed, WayOut, trouble, trusting
from tests.authority import Authority
from tests.forward_proxy import Address, ForwardProxy, tls_before
from tests.journeys.town import free_port

LOGIN = "quentin:s3cretword"
NAME = "service.example"
URL = f"https://{NAME}/hello"


async def say_hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data)
    return socket


@pytest.fixture
async def service() -> AsyncIterator[Address]:
    app = web.Application()
    app.router.add_get("/hello", say_hello)
    app.router.add_get("/echo", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][:2]
    await runner.cleanup()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def proxy(service: Address, authority: Authority) -> AsyncIterator[ForwardProxy]:
    """Leads to the service, by TLS; some names have a certificate that is not theirs, or of yesterday."""
    contexts = {
        NAME: authority.server_context(NAME),
        "another.example": authority.server_context("not-another.example"),
        "old.example": authority.server_context("old.example", valid_for=timedelta(days=-1)),
    }
    async with AsyncExitStack() as stack:
        routes = {
            name: await stack.enter_async_context(tls_before(service, context))
            for name, context in contexts.items()
        }
        proxy = ForwardProxy(routes, LOGIN)
        await proxy.open()
        stack.push_async_callback(proxy.close)
        yield proxy


@asynccontextmanager
async def a_session(
    proxy: ForwardProxy, authority: Authority | None, login: str = LOGIN, scheme: str = "http"
) -> AsyncIterator[aiohttp.ClientSession]:
    trusted = authority and trusting(authority.file)
    url = f"{scheme}://{login}@{proxy.name}" if login else f"{scheme}://{proxy.name}"
    async with aiohttp.ClientSession(connector=WayOut(url, trusted=trusted or None).connector(5)) as session:
        yield session


async def told_of(session: aiohttp.ClientSession, name: str = NAME) -> str:
    """What is said of a call that fails; never anything that lets somebody through."""
    with pytest.raises(aiohttp.ClientError) as failed:
        await session.get(f"https://{name}/hello")
    told = trouble(failed.value)
    for text in (told, str(failed.value), repr(failed.value)):
        assert not re.search("s3cretword|cXVlbnRp|quentin", text)
    assert failed.value.__cause__ is None or "s3cretword" not in repr(failed.value.__cause__)
    assert "\n" not in told
    return told


async def test_http_and_websockets_go_through_the_proxy(proxy: ForwardProxy, authority: Authority) -> None:
    async with a_session(proxy, authority) as session:
        async with session.get(URL) as answer:
            assert await answer.text() == "hello"
        async with session.ws_connect(f"wss://{NAME}/echo") as socket:
            await socket.send_str("a word")
            assert await socket.receive_str() == "a word"
    assert proxy.led_to == [f"{NAME}:443"]


async def test_a_connection_that_stands_is_used_again(proxy: ForwardProxy, authority: Authority) -> None:
    async with a_session(proxy, authority) as session:
        for _ in range(3):
            async with session.get(URL) as answer:
                assert await answer.text() == "hello"
    assert len(proxy.led_to) == 1


async def test_the_proxy_itself_may_be_spoken_to_by_tls(proxy: ForwardProxy, authority: Authority) -> None:
    inner = ForwardProxy(proxy.routes, LOGIN)
    await inner.open(authority.server_context("localhost"))
    url = f"https://{LOGIN}@localhost:{inner.name.rpartition(':')[2]}"
    connector = WayOut(url, trusted=trusting(authority.file)).connector(5)
    async with aiohttp.ClientSession(connector=connector) as session, session.get(URL) as answer:
        assert await answer.text() == "hello"
    await inner.close()
    assert inner.led_to == [f"{NAME}:443"]


async def test_what_is_exempt_is_asked_directly(proxy: ForwardProxy, service: Address) -> None:
    way_out = WayOut(f"http://{proxy.name}", ("nowhere.invalid",))
    async with aiohttp.ClientSession(connector=way_out.connector(5)) as session:
        with pytest.raises(aiohttp.ClientConnectorDNSError):
            await session.get("https://nowhere.invalid/")
        async with session.get(f"http://127.0.0.1:{service[1]}/hello") as answer:
            assert await answer.text() == "hello"
    assert (proxy.led_to, proxy.refusals) == ([], 0)


Spoil = Callable[[ForwardProxy], object]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda proxy: setattr(proxy, "login", "quentin:another"), "refuses the user and password (407)"),
        (lambda proxy: setattr(proxy, "refuses_with", HTTPStatus.BAD_GATEWAY), "service.example:443 (502)"),
        (lambda proxy: setattr(proxy, "refuses_with", HTTPStatus.FORBIDDEN), "service.example:443 (403)"),
        (lambda proxy: setattr(proxy, "hangs_up", True), "does not connect to service.example:443"),
        (lambda proxy: setattr(proxy, "routes", {NAME: ("127.0.0.1", free_port())}), "does not connect to"),
    ],
    ids=["407", "502", "403", "hangs up", "breaks off"],
)
async def test_a_proxy_that_lets_nothing_through_is_named_in_one_line(
    proxy: ForwardProxy, authority: Authority, spoil: Spoil, words: str
) -> None:
    spoil(proxy)
    async with a_session(proxy, authority) as session:
        told = await told_of(session)
    assert told.startswith(f"the proxy {proxy.name} ")
    assert words in told


async def test_a_proxy_that_wants_a_password_that_nobody_gave_says_so(
    proxy: ForwardProxy, authority: Authority
) -> None:
    async with a_session(proxy, authority, login="") as session:
        assert "requires a user and password (407): set HTTPS_PROXY" in await told_of(session)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-proxy.invalid"])
async def test_a_proxy_that_is_not_there_is_named(host: str) -> None:
    way_out = WayOut(f"http://{LOGIN}@{host}:{free_port()}")
    async with aiohttp.ClientSession(connector=way_out.connector(5)) as session:
        told = await told_of(session)
    assert re.match(rf"cannot connect to the proxy {re.escape(host)}:\d+ of HTTPS_PROXY \([\w ]+\)$", told)


async def test_a_silent_proxy_is_named_when_time_is_up(proxy: ForwardProxy) -> None:
    proxy.is_silent = True
    async with a_session(proxy, None) as session:
        with pytest.raises(ProxyFailed, match=f"the proxy {proxy.name} does not connect"):
            await session.get(f"https://{NAME}/", timeout=aiohttp.ClientTimeout(connect=0.2))


async def test_a_certificate_of_an_unknown_authority_names_the_setting(proxy: ForwardProxy) -> None:
    async with a_session(proxy, None) as session:
        told = await told_of(session)
    assert told.startswith("the certificate of service.example is not trusted (")
    assert "SSL_CERT_FILE" in told


@pytest.mark.parametrize(
    ("name", "words"), [("another.example", "another.example"), ("old.example", "clock")]
)
async def test_what_is_wrong_with_a_certificate_otherwise_is_told(
    proxy: ForwardProxy, authority: Authority, name: str, words: str
) -> None:
    async with a_session(proxy, authority) as session:
        told = await told_of(session, name)
    assert told.startswith(f"the certificate of {name} is not valid (")
    assert words in told
    assert "SSL_CERT_FILE" not in told
