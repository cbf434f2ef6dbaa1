"""Whom the page answers: by its own names, from itself, and off loopback with its token."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, expect
from yarl import URL

from sandbox.page.guard import machine_name
from tests.sandbox.browser import room, seated
from tests.sandbox.client import TOKEN, OpenPage, open_page

EVERYWHERE = "0.0.0.0"
BINDS = ("127.0.0.1", "localhost", "127.0.0.2", EVERYWHERE)
#: How to ask for all that the page has; {port} and the like are filled in below.
GETS = ("", "static/js/main.js", "avatars/app.svg", "attachments/1/a.png?as=ada", "live?as=ada", "nothing")


class Visitor:
    """Asks as any program can: with whatever names it likes."""

    def __init__(self, page: OpenPage, host: str) -> None:
        self.page = page
        self.port = URL(page.url).port
        self._address = "127.0.0.1" if host in {EVERYWHERE, "localhost"} else host

    @property
    def own(self) -> str:
        """A Host that is right for this bind."""
        return f"{self._address}:{self.port}"

    def url(self, path: str, address: str = "") -> str:
        return f"http://{address or self._address}:{self.port}/{path}"

    async def ask(
        self, path: str = "", method: str = "GET", address: str = "", **headers: str
    ) -> tuple[int, str]:
        """Status and text; headers with a hyphen are spelled with an underscore."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, self.url(path, address), headers=named, allow_redirects=False) as answer,
        ):
            return answer.status, await answer.text(errors="replace")

    async def dial(self, **headers: str) -> int:
        """The status of an attempt at a WebSocket; 101 if it is open."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            try:
                async with session.ws_connect(self.url("live?as=ada"), headers=headers):
                    return 101
            except aiohttp.WSServerHandshakeError as refused:
                return refused.status


@asynccontextmanager
async def a_visitor(folder: Path, host: str) -> AsyncIterator[Visitor]:
    async with open_page(folder, host=host) as page:
        yield Visitor(page, host)


@pytest.fixture(params=BINDS)
async def visitor(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Visitor]:
    """To a page at each kind of address; off loopback, with the cookie."""
    async with a_visitor(tmp_path, request.param) as one:
        yield one


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Visitor]:
    """To a page that is bound everywhere; knows nothing."""
    async with a_visitor(tmp_path, EVERYWHERE) as one:
        yield one


def cookie(visitor: Visitor) -> str:
    return f"sandbox-{visitor.port}={TOKEN}"


FOREIGN_HOSTS = (
    "rebound.example:{port}",
    "rebound.example",
    "127.0.0.1.rebound.example:{port}",
    "localhost.rebound.example:{port}",
    f"{machine_name()}.rebound.example:{{port}}",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.0.0.1:{port}@rebound.example",
    "rebound.example@127.0.0.1:{port}",
    "127.0.0.1:{port}/",
    "192.0.2.1:{port}",
    "[::1:{port}",
    "",
)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
async def test_foreign_names_are_refused_at_every_bind(visitor: Visitor, host: str) -> None:
    for path in GETS:
        status, text = await visitor.ask(path, Host=host.format(port=visitor.port), Cookie=cookie(visitor))
        assert status in {400, 403}
        assert TOKEN not in text
    status, _ = await visitor.ask(
        "files?as=ada", "POST", Host=host.format(port=visitor.port), Cookie=cookie(visitor)
    )
    assert status in {400, 403}


async def test_the_pages_own_names_are_answered(visitor: Visitor) -> None:
    for host in (visitor.own, f"localhost:{visitor.port}", f"[::1]:{visitor.port}"):
        assert (await visitor.ask(Host=host, Cookie=cookie(visitor)))[0] == 200
        assert await visitor.dial(Host=host, Cookie=cookie(visitor), Origin=f"http://{host}") == 101


async def test_bound_everywhere_it_is_called_as_the_machine_or_by_where_it_was_reached(
    outside: Visitor,
) -> None:
    port, known = outside.port, cookie(outside)
    for name in (machine_name(), machine_name().upper(), f"{machine_name()}.local"):
        assert (await outside.ask(Host=f"{name}:{port}", Cookie=known))[0] == 200
    assert (await outside.ask(address="127.0.0.2", Host=f"127.0.0.2:{port}", Cookie=known))[0] == 200
    assert (await outside.ask(Host=f"127.0.0.2:{port}", Cookie=known))[0] == 403


FOREIGN_ORIGINS = (
    "http://evil.example",
    "http://127.0.0.1:1",
    "http://localhost",
    "https://{own}",
    "http://{own}.evil.example",
    "http://evil.example/{own}",
    "ws://{own}",
    "null",
    "",
)


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
async def test_what_another_site_makes_a_browser_ask_is_refused_at_every_bind(
    visitor: Visitor, origin: str
) -> None:
    """The cookie comes along: on another port of the same host, SameSite does not keep it back."""
    foreign = {"Origin": origin.format(own=visitor.own), "Cookie": cookie(visitor)}
    assert await visitor.dial(**foreign) == 403
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await visitor.ask("files?as=ada", method, **foreign))[0] == 403
    assert await visitor.dial(Origin=f"http://{visitor.own}", Cookie=cookie(visitor)) == 101


@pytest.mark.parametrize("path", GETS)
async def test_off_loopback_nothing_is_told_without_the_token(outside: Visitor, path: str) -> None:
    for wrong in ({}, {"Cookie": f"sandbox-{outside.port}=x"}, {"Cookie": f"sandbox={TOKEN}"}):
        status, text = await outside.ask(path, **wrong)
        assert (status, TOKEN in text) == (403, False)
    for token in ("", "x", TOKEN[:-1], "%FF%C3", f"{TOKEN}%00"):
        joiner = "&" if "?" in path else "?"
        assert (await outside.ask(f"{path}{joiner}token={token}"))[0] == 403


async def test_off_loopback_nothing_is_done_without_the_token(outside: Visitor) -> None:
    assert (await outside.ask("files?as=ada", "POST"))[0] == 403
    assert await outside.dial() == 403
    assert (await outside.ask("files?as=ada", "POST", Cookie=cookie(outside)))[0] == 200
    assert await outside.dial(Cookie=cookie(outside)) == 101


async def test_the_printed_url_lets_in_and_leaves_a_cookie_that_scripts_cannot_read(
    outside: Visitor,
) -> None:
    printed = URL(outside.page.url)
    assert (printed.host, printed.query["token"]) == (machine_name(), TOKEN)
    async with aiohttp.ClientSession() as session:
        async with session.get(outside.url(f"?token={printed.query['token']}")) as answer:
            assert answer.status == 200
            (kept,) = answer.headers.getall("Set-Cookie")
        assert kept == f"sandbox-{outside.port}={TOKEN}; HttpOnly; Path=/; SameSite=Strict"


async def test_on_loopback_no_token_is_needed_or_shown(tmp_path: Path) -> None:
    async with a_visitor(tmp_path, "127.0.0.1") as visitor:
        assert visitor.page.url == f"http://127.0.0.1:{visitor.port}/"
        assert (await visitor.ask())[0] == 200


async def test_only_the_page_leaves_loopback(outside: Visitor) -> None:
    """Bots connect to the stand-ins, which ask for no more than made-up keys."""
    page = outside.page
    for url in (page.discord.api_url, page.discord.cdn_url, page.discord.gateway_url, page.segmind.api_url):
        listening = URL(url).port
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.3", listening)
    _, writer = await asyncio.open_connection("127.0.0.3", outside.port)
    writer.close()


# --- in a browser


@asynccontextmanager
async def another_site() -> AsyncIterator[str]:
    """At another port of the same host: for a browser the same site, of which cookies are sent along."""

    async def empty(_: web.Request) -> web.Response:
        return web.Response(text="<title>another site</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", empty)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


DIAL = """url => new Promise(done => {
    const socket = new WebSocket(url);
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
})"""
POST = """url => fetch(url, {method: 'POST', body: 'x', credentials: 'include'})
    .then(() => "read", () => "refused")"""


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_in_a_browser_the_token_is_needed_once_and_no_other_site_gets_in(
    browser: Browser, tmp_path: Path
) -> None:
    async with open_page(tmp_path, host=EVERYWHERE) as page, another_site() as foreign:
        own = f"http://127.0.0.1:{URL(page.url).port}/"
        async with room(browser) as context:
            stranger = await context.new_page()
            refused = await stranger.goto(own)
            assert refused is not None
            assert refused.status == 403
            async with seated(context, f"{own}?token={TOKEN}") as screen:
                await expect(screen.page).to_have_url(re.compile(rf"^{own}#ada/\d+/\d+$"))
                await screen.say("a word")
                await expect(screen.message("a word")).to_be_visible()
            (kept,) = await context.cookies()
            assert (kept.get("httpOnly"), kept.get("sameSite")) == (True, "Strict")
            await stranger.goto(foreign)
            assert await stranger.evaluate(DIAL, f"{own.replace('http', 'ws')}live?as=ada") == "refused"
            assert await stranger.evaluate(POST, f"{own}files?as=ada") == "refused"
            async with seated(context, own) as screen:
                await expect(screen.message("a word")).to_be_visible()
