"""Fetching named files: only from where it is allowed, without credentials, within bounds."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.domain.errors import FileRefused, Unavailable
from bot.domain.failure import SourceProblem
from bot.download import Downloader, open_session
from tests.fetched import fetched

MOST_BYTES = 1000


class FileHost:
    """A server whose files are set by the test, and which keeps what it was asked."""

    def __init__(self) -> None:
        self.seen: list[web.Request] = []
        self.answers: dict[str, Any] = {}
        self.address = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        await web.TCPSite(self._runner, "127.0.0.2", port).start()
        self.address = f"127.0.0.1:{port}"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def url(self, path: str) -> str:
        return f"http://{self.address}/{path}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        answer = self.answers[request.path.removeprefix("/")]
        if callable(answer):
            response: web.StreamResponse = await answer(request)
            return response
        status, headers, body = answer
        return web.Response(status=status, headers=headers, body=body)


@pytest.fixture
async def files() -> AsyncIterator[FileHost]:
    host = FileHost()
    await host.start()
    yield host
    await host.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as opened:
        yield opened


@pytest.fixture
def downloader(files: FileHost, session: aiohttp.ClientSession) -> Downloader:
    return Downloader(session, [files.address], MOST_BYTES, total_seconds=2.0, read_seconds=0.3)


async def problem_of(downloader: Downloader, url: str) -> SourceProblem:
    with pytest.raises(FileRefused) as refused:
        await fetched(downloader.fetch, url)
    return refused.value.problem


async def test_a_file_is_fetched_without_credentials(files: FileHost, downloader: Downloader) -> None:
    files.answers["cat.png"] = (200, {"Set-Cookie": "a=b"}, b"bytes")
    assert [await fetched(downloader.fetch, files.url("cat.png?ex=1&hm=2")) for _ in range(2)] == [
        b"bytes"
    ] * 2
    for request in files.seen:
        assert request.query_string == "ex=1&hm=2"
        assert not {"cookie", "authorization", "x-api-key"} & {name.lower() for name in request.headers}


async def test_cookies_are_not_kept_for_the_next_time(
    files: FileHost, session: aiohttp.ClientSession
) -> None:
    named = files.address.replace("127.0.0.1", "localhost")
    files.answers["cat.png"] = (200, {"Set-Cookie": "a=b"}, b"bytes")
    for _ in range(2):
        await fetched(Downloader(session, [named], MOST_BYTES).fetch, f"http://{named}/cat.png")
    assert all("Cookie" not in request.headers for request in files.seen)


async def test_a_signature_in_a_url_is_sent_as_it_is(files: FileHost, downloader: Downloader) -> None:
    files.answers["a b.png"] = (200, {}, b"bytes")
    assert await fetched(downloader.fetch, files.url("a%20b.png?hm=%2Fx%3D&is=1")) == b"bytes"
    assert files.seen[0].raw_path == "/a%20b.png?hm=%2Fx%3D&is=1"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2:{port}/cat.png",
        "http://127.0.0.1:1/cat.png",
        "http://127.0.0.1/cat.png",
        "http://user@127.0.0.1:{port}/cat.png",
        "http://user:pass@127.0.0.1:{port}/cat.png",
        "http://127.0.0.1:{port}@127.0.0.2:{port}/cat.png",
        "http://[::1]:{port}/cat.png",
        "http://169.254.169.254/latest/meta-data",
        "ftp://127.0.0.1:{port}/cat.png",
        "file:///etc/passwd",
        "//127.0.0.1:{port}/cat.png",
        "/cat.png",
        "data:image/png;base64,AAAA",
        "",
        "http://",
        "http://[",
        "http://127.0.0.1:99999/cat.png",
    ],
)
async def test_foreign_urls_are_refused_without_a_connection(
    files: FileHost, downloader: Downloader, url: str
) -> None:
    port = files.address.rpartition(":")[2]
    assert await problem_of(downloader, url.format(port=port)) is SourceProblem.FOREIGN
    assert files.seen == []


@pytest.mark.parametrize(
    ("allowed", "url", "is_foreign"),
    [
        ("cdn.test", "https://cdn.test/a", False),
        ("cdn.test", "https://CDN.test./a", False),
        ("CDN.test", "https://cdn.test:8443/a", False),
        ("cdn.test:443", "https://cdn.test/a", False),
        ("cdn.test:8443", "https://cdn.test/a", True),
        ("cdn.test", "http://cdn.test/a", True),
        ("cdn.test", "https://cdn.test.evil.test/a", True),
        ("cdn.test", "https://evilcdn.test/a", True),
        ("cdn.test", "https://cdn.test@evil.test/a", True),
        ("cdn.test", "https://evil.test\\@cdn.test/a", True),
        (".proxy.test", "https://images-ext-1.proxy.test/a", False),
        (".proxy.test", "https://IMAGES-ext-1.proxy.test./a", False),
        (".proxy.test", "https://images-ext-1.proxy.test:8443/a", True),
        (".proxy.test", "http://images-ext-1.proxy.test/a", True),
        (".proxy.test", "https://proxy.test/a", True),
        (".proxy.test", "https://evilproxy.test/a", True),
        (".proxy.test", "https://images-ext-1.proxy.test.evil.test/a", True),
        (".proxy.test", "https://images-ext-1.proxy.test@evil.test/a", True),
        ("localhost", "http://localhost:1/a", False),
        ("[::1]:1", "http://[::1]:1/a", False),
    ],
)
def test_the_list_of_hosts_is_exact(
    session: aiohttp.ClientSession, allowed: str, url: str, *, is_foreign: bool
) -> None:
    downloader = Downloader(session, [allowed], MOST_BYTES)
    if is_foreign:
        with pytest.raises(FileRefused):
            downloader._checked(url)
    else:
        assert downloader._checked(url).path == "/a"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_what_is_gone_is_gone(files: FileHost, downloader: Downloader, status: int) -> None:
    files.answers["cat.png"] = (status, {}, b"no")
    assert await problem_of(downloader, files.url("cat.png")) is SourceProblem.GONE


@pytest.mark.parametrize("status", [204, 206, 304, 408, 425, 429, 500, 502, 503, 504])
async def test_what_may_come_back_is_unavailable(
    files: FileHost, downloader: Downloader, status: int
) -> None:
    files.answers["cat.png"] = (status, {}, b"")
    with pytest.raises(Unavailable):
        await fetched(downloader.fetch, files.url("cat.png"))


async def test_an_empty_file_is_unavailable(files: FileHost, downloader: Downloader) -> None:
    files.answers["cat.png"] = (200, {}, b"")
    with pytest.raises(Unavailable):
        await fetched(downloader.fetch, files.url("cat.png"))


async def test_a_url_that_cannot_be_sent_as_written_is_mended(
    files: FileHost, downloader: Downloader
) -> None:
    for path in ("ä b.png", "ä b.pngX-Injected: 1"):
        files.answers[path] = (200, {}, b"bytes")
    assert await fetched(downloader.fetch, files.url("ä b.png")) == b"bytes"
    assert await fetched(downloader.fetch, files.url("ä b.png\r\nX-Injected: 1")) == b"bytes"
    assert files.seen[0].raw_path == "/%C3%A4%20b.png"
    assert "X-Injected" not in files.seen[1].headers


async def test_nobody_there_is_unavailable(session: aiohttp.ClientSession) -> None:
    with pytest.raises(Unavailable):
        await fetched(Downloader(session, ["127.0.0.1:9"], MOST_BYTES).fetch, "http://127.0.0.1:9/cat.png")
    with pytest.raises(Unavailable):
        await fetched(Downloader(session, ["no..name"], MOST_BYTES).fetch, "https://no..name/cat.png")


async def test_the_size_is_bounded_to_the_byte(files: FileHost, downloader: Downloader) -> None:
    files.answers["full.png"] = (200, {}, b"x" * MOST_BYTES)
    files.answers["over.png"] = (200, {}, b"x" * (MOST_BYTES + 1))
    assert len(await fetched(downloader.fetch, files.url("full.png"))) == MOST_BYTES
    assert await problem_of(downloader, files.url("over.png")) is SourceProblem.TOO_LARGE


async def test_a_size_that_is_told_is_believed_at_once(files: FileHost, downloader: Downloader) -> None:
    async def promise(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(MOST_BYTES + 1)})
        await response.prepare(request)
        await asyncio.sleep(5)
        return response

    files.answers["promise.png"] = promise
    assert await problem_of(downloader, files.url("promise.png")) is SourceProblem.TOO_LARGE


async def test_a_size_that_is_not_told_is_bounded_while_it_comes(
    files: FileHost, downloader: Downloader
) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(10_000))
            sent += 10_000

    files.answers["endless.png"] = endless
    assert await problem_of(downloader, files.url("endless.png")) is SourceProblem.TOO_LARGE
    assert sent < 50_000_000


async def test_a_compressed_file_is_bounded_as_what_it_becomes(
    files: FileHost, downloader: Downloader
) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    files.answers["bomb.png"] = (200, {"Content-Encoding": "gzip"}, bomb)
    files.answers["small.png"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(MOST_BYTES * 10)))
    for name in ("bomb.png", "small.png"):
        assert await problem_of(downloader, files.url(name)) is SourceProblem.TOO_LARGE
    assert files.seen[0].headers["Accept-Encoding"] == "identity"


async def test_a_length_that_lies_is_unavailable(files: FileHost, downloader: Downloader) -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "500"})
        await response.prepare(request)
        await response.write(b"x")
        assert request.transport is not None
        request.transport.close()
        return response

    files.answers["short.png"] = short
    with pytest.raises(Unavailable):
        await fetched(downloader.fetch, files.url("short.png"))


@pytest.mark.parametrize(
    ("pause_seconds", "total_seconds", "read_seconds"),
    [(0.05, 0.6, 30.0), (60.0, 30.0, 0.3)],
    ids=["drip", "silence"],
)
async def test_a_slow_file_is_given_up(
    files: FileHost,
    session: aiohttp.ClientSession,
    pause_seconds: float,
    total_seconds: float,
    read_seconds: float,
) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(pause_seconds)

    files.answers["drip.png"] = drip
    downloader = Downloader(
        session, [files.address], MOST_BYTES, total_seconds=total_seconds, read_seconds=read_seconds
    )
    started_at = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable):
        await fetched(downloader.fetch, files.url("drip.png"))
    assert asyncio.get_running_loop().time() - started_at < 10


async def test_a_redirect_to_an_allowed_host_is_followed(files: FileHost, downloader: Downloader) -> None:
    files.answers["1"] = (302, {"Location": "/2"}, b"")
    files.answers["2"] = (307, {"Location": files.url("3?x=%2F")}, b"")
    files.answers["3"] = (200, {}, b"bytes")
    assert await fetched(downloader.fetch, files.url("1")) == b"bytes"


@pytest.mark.parametrize(
    "location", ["http://127.0.0.2:{port}/cat.png", "https://evil.test/", "file:///etc/passwd", "http://["]
)
async def test_a_redirect_to_elsewhere_is_refused(
    files: FileHost, downloader: Downloader, location: str
) -> None:
    port = files.address.rpartition(":")[2]
    files.answers["1"] = (302, {"Location": location.format(port=port)}, b"")
    assert await problem_of(downloader, files.url("1")) is SourceProblem.FOREIGN
    assert len(files.seen) == 1


async def test_redirects_come_to_an_end(files: FileHost, downloader: Downloader) -> None:
    files.answers["1"] = (302, {"Location": "/1"}, b"")
    assert await problem_of(downloader, files.url("1")) is SourceProblem.GONE
    assert len(files.seen) == 4


async def test_a_redirect_to_nowhere_is_unavailable(files: FileHost, downloader: Downloader) -> None:
    files.answers["1"] = (302, {}, b"")
    with pytest.raises(Unavailable):
        await fetched(downloader.fetch, files.url("1"))
