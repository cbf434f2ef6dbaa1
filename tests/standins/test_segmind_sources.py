"""How the stand-in fetches the pictures that it is to edit: within the real one's bounds, on this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from standins.fake_segmind.sources import SourceFetch, SourceTrouble


@asynccontextmanager
async def fetching(data: bytes, *, delay_seconds: float = 0.0, status: int = 200) -> AsyncIterator[str]:
    """The URL of a file."""

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(delay_seconds)
        return web.Response(status=status, body=data)

    app = web.Application()
    app.router.add_get("/fox.png", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/fox.png"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def source_fetch(most_seconds: float = 18.0) -> AsyncIterator[SourceFetch]:
    sources = SourceFetch(most_bytes=1000, most_seconds=most_seconds)
    try:
        yield sources
    finally:
        await sources.close()


async def test_a_file_of_just_the_size_is_fetched() -> None:
    async with fetching(b"x" * 1000) as url, source_fetch() as sources:
        assert len(await sources.fetch(url)) == 1000


async def test_a_file_over_the_size_is_too_large() -> None:
    async with fetching(b"x" * 1001) as url, source_fetch() as sources:
        with pytest.raises(SourceTrouble, match="image_too_large"):
            await sources.fetch(url)


async def test_a_file_that_is_late_is_not_waited_for() -> None:
    async with fetching(b"x", delay_seconds=5) as url, source_fetch(most_seconds=0.2) as sources:
        with pytest.raises(SourceTrouble, match=r"within 0\.2 seconds"):
            await sources.fetch(url)


async def test_a_file_that_is_gone_is_told() -> None:
    async with fetching(b"no", status=404) as url, source_fetch() as sources:
        with pytest.raises(SourceTrouble, match="HTTP 404"):
            await sources.fetch(url)


@pytest.mark.parametrize("url", ["http://192.0.2.1/fox.png", "https://example.test/fox.png", "http:///x"])
async def test_nothing_is_fetched_from_another_machine(url: str) -> None:
    async with source_fetch() as sources:
        with pytest.raises(SourceTrouble, match="not reachable"):
            await sources.fetch(url)
