"""/healthz says what the probe says, /metrics what was measured; both over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from yarl import URL

from bot.ops import health
from bot.ops.health import CannotListen, Health, OpsServer, Probe
from bot.ops.metrics import Metrics


@asynccontextmanager
async def served(probe: Probe, metrics: Metrics | None = None) -> AsyncIterator[str]:
    server = OpsServer("127.0.0.1", 0, probe, metrics or Metrics())
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.close()


async def healthy() -> Health:
    return Health(is_ok=True, details={"queued": 2})


async def ill() -> Health:
    return Health(is_ok=False, details={"reason": "the disk is full"})


async def stuck() -> Health:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize(
    ("probe", "status", "answer"),
    [
        (healthy, 200, {"ok": True, "queued": 2}),
        (ill, 503, {"ok": False, "reason": "the disk is full"}),
    ],
)
async def test_health_is_what_the_probe_says(probe: Probe, status: int, answer: object) -> None:
    async with served(probe) as url, aiohttp.ClientSession() as session:
        response = await session.get(f"{url}/healthz")
        assert (response.status, await response.json()) == (status, answer)


async def test_a_probe_that_does_not_answer_is_ill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_TIMEOUT_SECONDS", 0.01)
    async with served(stuck) as url, aiohttp.ClientSession() as session:
        response = await session.get(f"{url}/healthz")
        assert response.status == 503
        assert "in time" in (await response.json())["reason"]


async def test_metrics_are_in_the_format_of_prometheus() -> None:
    metrics = Metrics()
    metrics.queue_length.set(7)
    async with served(healthy, metrics) as url, aiohttp.ClientSession() as session:
        response = await session.get(f"{url}/metrics")
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        assert "bot_queue_length 7.0" in await response.text()


async def test_a_taken_port_is_one_line_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port} .*OPS_PORT") as refused:
            await OpsServer("127.0.0.1", port, healthy, Metrics()).start()
    assert "\n" not in str(refused.value)


async def test_after_closing_the_port_is_free_again() -> None:
    server = OpsServer("127.0.0.1", 0, healthy, Metrics())
    await server.start()
    await server.close()
    again = OpsServer("127.0.0.1", server.port, healthy, Metrics())
    await again.start()
    await again.close()


async def broken() -> Health:
    raise ValueError("the password is hunter2")


async def test_a_broken_probe_shows_nothing_of_its_error() -> None:
    async with served(broken) as url, aiohttp.ClientSession() as session:
        response = await session.get(f"{url}/healthz")
        assert response.status == 500
        assert "hunter2" not in await response.text()
        assert "Traceback" not in await response.text()


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_there_is_nothing_to_do_but_to_look(method: str, path: str) -> None:
    async with served(healthy) as url, aiohttp.ClientSession() as session:
        response = await session.request(method, f"{url}{path}")
        assert response.status == 405


@pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz/..%2f..%2fetc/passwd", "/debug", "/%00"])
async def test_there_is_nothing_else_to_look_at(path: str) -> None:
    async with served(healthy) as url, aiohttp.ClientSession() as session:
        response = await session.get(URL(f"{url}{path}", encoded=True))
        assert response.status in (400, 404)
        assert response.headers["Server"] == "picture-bot"


async def test_no_version_is_told() -> None:
    async with served(healthy) as url, aiohttp.ClientSession() as session:
        response = await session.get(f"{url}/healthz")
        assert "aiohttp" not in str(response.headers).lower()


async def test_long_requests_are_refused() -> None:
    async with served(healthy) as url, aiohttp.ClientSession() as session:
        long = "x" * (health.MOST_REQUEST_BYTES + 1)
        assert (await session.get(f"{url}/healthz?{long}")).status == 400
        assert (await session.get(f"{url}/healthz", headers={"X-Long": long})).status == 400


async def test_clients_that_say_nothing_keep_nobody_waiting_and_are_few() -> None:
    """With each that comes in, the one that has been there for longest has to go."""
    async with served(healthy) as url, aiohttp.ClientSession() as session:
        host, port = url.removeprefix("http://").split(":")
        silent = [await asyncio.open_connection(host, int(port)) for _ in range(150)]
        async with asyncio.timeout(5):
            assert (await session.get(f"{url}/healthz")).status == 200
        gone = [reader for reader, _ in silent if reader.at_eof()]
        still = len(silent) - len(gone)
        assert still <= health.MOST_CONNECTIONS + health.MOST_ACCEPTED_AT_ONCE + 1
        assert not silent[-1][0].at_eof()
        for _, writer in silent:
            writer.close()
