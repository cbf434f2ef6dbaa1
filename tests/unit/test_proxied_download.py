"""Files through a proxy, which finds the addresses: the list of hosts still decides, and the certificate."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.errors import FileRefused, Unavailable
from bot.domain.failure import SourceProblem
from bot.download import Downloader, open_session
from bot.ops.way_out import WayOut, trusting
from tests.authority import Authority
from tests.forward_proxy import ForwardProxy, tls_before

ALLOWED, FOREIGN, IMPOSTOR = "files.example", "elsewhere.example", "pictures.example"


async def give(_: web.Request) -> web.Response:
    return web.Response(body=b"a picture")


async def lead_on(_: web.Request) -> web.Response:
    raise web.HTTPFound(f"https://{FOREIGN}/file")


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[ForwardProxy]:
    """Leads wherever it is asked, to one of the names by a certificate that is another's."""
    authority, app = Authority(tmp_path), web.Application()
    app.router.add_get("/file", give)
    app.router.add_get("/moved", lead_on)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        context = authority.server_context(ALLOWED, FOREIGN)
        front = await stack.enter_async_context(tls_before(runner.addresses[0][:2], context))
        proxy = ForwardProxy(dict.fromkeys((ALLOWED, FOREIGN, IMPOSTOR), front))
        await proxy.open()
        stack.push_async_callback(proxy.close)
        yield proxy


@pytest.fixture
async def downloader(proxy: ForwardProxy, tmp_path: Path) -> AsyncIterator[Downloader]:
    way_out = WayOut(f"http://{proxy.name}", trusted=trusting(tmp_path / "authority.pem"))
    async with open_session(way_out) as session:
        yield Downloader(session, [ALLOWED, IMPOSTOR], 1000)


async def test_an_allowed_file_comes_through_the_proxy(
    downloader: Downloader, proxy: ForwardProxy, tmp_path: Path
) -> None:
    await downloader.fetch(f"https://{ALLOWED}/file", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"a picture"
    assert proxy.led_to == [f"{ALLOWED}:443"]


async def test_a_foreign_host_is_not_even_asked_for(downloader: Downloader, proxy: ForwardProxy) -> None:
    with pytest.raises(FileRefused) as refused:
        await downloader.fetch(f"https://{FOREIGN}/file", Path("never"))
    assert refused.value.problem is SourceProblem.FOREIGN
    assert proxy.led_to == []


async def test_nor_after_a_redirect(downloader: Downloader, proxy: ForwardProxy) -> None:
    with pytest.raises(FileRefused) as refused:
        await downloader.fetch(f"https://{ALLOWED}/moved", Path("never"))
    assert refused.value.problem is SourceProblem.FOREIGN
    assert proxy.hosts == {ALLOWED}


async def test_wherever_the_proxy_leads_the_certificate_has_to_be_the_hosts(
    downloader: Downloader, proxy: ForwardProxy, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match=r"the certificate of pictures\.example is not valid"):
        await downloader.fetch(f"https://{IMPOSTOR}/file", tmp_path / "file")
    assert not (tmp_path / "file").exists()


async def test_no_address_of_this_machine_or_its_network_is_fetched(
    downloader: Downloader, proxy: ForwardProxy
) -> None:
    for host in ("127.0.0.1", "localhost", "10.0.0.1", "[::1]", "169.254.169.254"):
        with pytest.raises(FileRefused):
            await downloader.fetch(f"https://{host}/file", Path("never"))
    assert (proxy.led_to, proxy.refusals) == ([], 0)
