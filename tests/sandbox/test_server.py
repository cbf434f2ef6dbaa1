"""The page's web server: what it serves, to whom, and what it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from sandbox.page.server import STATIC, AddressTaken, Page
from standins.fake_discord.person import Person, Upload
from tests.sandbox.client import OpenPage, open_page, upload
from tests.standins.little_bot import png

MOST_LINES_OF_A_FILE = 400


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[OpenPage]:
    async with open_page(tmp_path) as opened:
        yield opened


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_every_file_that_the_page_names_is_served(page: OpenPage, http: aiohttp.ClientSession) -> None:
    async with http.get(page.url) as response:
        html = await response.text()
    named = [part.split('"')[0] for part in html.split('="')[1:] if part.startswith("/")]
    assert len(named) > 10
    for path in named:
        async with http.get(page.url.rstrip("/") + path) as response:
            assert response.status == 200, path


async def test_nothing_from_elsewhere_can_be_loaded(page: OpenPage, http: aiohttp.ClientSession) -> None:
    async with http.get(page.url) as response:
        policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "http:" not in policy
    assert "unsafe" not in policy


def test_no_script_or_style_names_another_host() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in STATIC.rglob("*") if path.is_file()}
    assert len(sources) > 30
    for path, text in sources.items():
        allowed = text.replace("http://www.w3.org/2000/svg", "").replace("https://discord.com/channels/", "")
        assert "//cdn" not in allowed, path
        assert "@import" not in allowed, path
        assert "innerHTML" not in allowed, path


def test_no_file_of_the_page_is_too_long() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in STATIC.rglob("*.*")}
    assert max(lengths.values()) <= MOST_LINES_OF_A_FILE, lengths


async def test_a_foreign_page_is_refused(page: OpenPage, http: aiohttp.ClientSession) -> None:
    foreign = {"Origin": "http://evil.example"}
    async with http.post(f"{page.url}files?as=ada", data=b"x", headers=foreign) as response:
        assert response.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(f"{page.url}live?as=ada", headers=foreign)
    assert refused.value.status == 403


async def test_the_page_itself_is_not_foreign(page: OpenPage, http: aiohttp.ClientSession) -> None:
    own = {"Origin": page.url.rstrip("/")}
    async with http.post(f"{page.url}files?as=ada", data=b"x", headers=own) as response:
        assert response.status == 200


async def test_a_name_that_somebody_pointed_here_is_refused(
    page: OpenPage, http: aiohttp.ClientSession
) -> None:
    async with http.get(page.url, headers={"Host": "rebound.example"}) as response:
        assert response.status == 403
        assert page.url in await response.text()


@pytest.mark.parametrize(("who", "status"), [("nobody", 404), ("lantern", 403)])
async def test_only_people_can_be_impersonated(
    page: OpenPage, http: aiohttp.ClientSession, who: str, status: int
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(f"{page.url}live?as={who}")
    assert refused.value.status == status


async def test_portraits_differ_and_stay_the_same(page: OpenPage, http: aiohttp.ClientSession) -> None:
    async def drawn(name: str) -> str:
        async with http.get(f"{page.url}avatars/{page.world.user(name).id}.svg") as response:
            assert response.content_type == "image/svg+xml"
            return await response.text()

    assert await drawn("ada") != await drawn("ben")
    assert await drawn("ada") == await drawn("ada")


async def test_an_attachment_is_served_to_those_who_see_it(
    page: OpenPage, http: aiohttp.ClientSession
) -> None:
    message = Person(page.world, "ada").say("pictures", "look", files=[Upload("cat.png", png())])
    path = f"{page.url}attachments/{message.attachments[0].id}/cat.png"
    async with http.get(f"{path}?as=ben") as response:
        assert response.status == 200
        assert response.content_type == "image/png"
        assert await response.read() == png()
    async with http.get(f"{path}?as=zoe") as response:
        assert response.status == 404


async def test_an_attachment_that_could_be_a_page_is_only_saved(
    page: OpenPage, http: aiohttp.ClientSession
) -> None:
    file = Upload("trap.html", b"<script>alert(1)</script>", "text/html")
    message = Person(page.world, "ada").say("pictures", "", files=[file])
    async with http.get(f"{page.url}attachments/{message.attachments[0].id}/trap.html?as=ada") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_enormous_file_is_refused_in_words(page: OpenPage, http: aiohttp.ClientSession) -> None:
    data = BytesIO(bytes(101 * 1024 * 1024))
    async with http.post(f"{page.url}files?as=ada&name=big.bin", data=data) as response:
        assert response.status == 413
        assert "100 MB" in (await response.json())["message"]


async def test_files_have_unguessable_keys(page: OpenPage) -> None:
    keys = {await upload(page, "ada", "a.png", b"x") for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 16 for key in keys)


async def test_a_taken_port_is_named(page: OpenPage) -> None:
    port = int(page.url.rstrip("/").rpartition(":")[2])
    other = Page(page.world, None, token="", port=port)  # type: ignore[arg-type]  # it does not come to need its stage
    with pytest.raises(AddressTaken) as taken:
        await other.start()
    assert (taken.value.host, taken.value.port) == ("127.0.0.1", port)


async def test_a_host_that_cannot_be_one_is_named(page: OpenPage) -> None:
    other = Page(page.world, None, token="", host="a..b", port=0)  # type: ignore[arg-type]  # as above
    with pytest.raises(AddressTaken):
        await other.start()
