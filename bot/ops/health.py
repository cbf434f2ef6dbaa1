"""The HTTP server of /healthz and /metrics. The caller passes the health check."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.ops.metrics import Metrics

#: Docker and Kubernetes usually wait longer. A check that takes this long counts as unhealthy.
PROBE_TIMEOUT_SECONDS = 3.0
#: Callers have nothing to send.
MOST_REQUEST_BYTES = 4096
KEEPALIVE_SECONDS = 15.0
#: More than any monitoring needs, but few enough for the file descriptors of the process.
MOST_CONNECTIONS = 32
#: The number of connections accepted at once before older ones are closed.
MOST_ACCEPTED_AT_ONCE = 16
#: How long to read the rest of a body that a caller sends anyway.
LINGERING_SECONDS = 1.0


@dataclass(frozen=True)
class Health:
    """The health of the bot. Everybody who can reach the port sees `details`: no secrets."""

    is_ok: bool
    details: Mapping[str, str | int | float | bool] = field(default_factory=dict)


Probe = Callable[[], Awaitable[Health]]


class CannotListen(Exception):
    """The address is in use, or not of this machine. str() is one line that says what to do."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port} ({reason}): set OPS_HOST or OPS_PORT to another value"
        )
        self.host, self.port = host, port


class OpsServer:
    def __init__(self, host: str, port: int, probe: Probe, metrics: Metrics) -> None:
        """Prepare the server. Port 0 means any free port; `port` has it after `start`."""
        self.host, self.port = host, port
        self._probe = probe
        self._metrics = metrics
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None

    async def start(self) -> None:
        """Start to listen. Raises `CannotListen` if the address cannot be used."""
        app = web.Application(client_max_size=MOST_REQUEST_BYTES)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/metrics", self._metrics_page)
        app.on_response_prepare.append(_set_headers)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGERING_SECONDS,
            max_line_size=MOST_REQUEST_BYTES,
            max_field_size=MOST_REQUEST_BYTES,
        )
        await self._runner.setup()
        try:
            self._listening = await asyncio.get_running_loop().create_server(
                _with_few_connections(self._runner), self.host, self.port, backlog=MOST_ACCEPTED_AT_ONCE
            )
        except OSError as error:
            await self.close()
            raise CannotListen(self.host, self.port, error.strerror or str(error)) from error
        self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, _request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
                health = await self._probe()
        except TimeoutError:
            health = Health(is_ok=False, details={"reason": "the bot does not answer in time"})
        status = HTTPStatus.OK if health.is_ok else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"ok": health.is_ok, **health.details}, status=status)

    async def _metrics_page(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.as_text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _with_few_connections(runner: web.AppRunner) -> Callable[[], asyncio.Protocol]:
    """Return a factory that closes the oldest connections at the limit, so that idle ones block no others."""
    server = runner.server
    assert server is not None, "the runner is set up"

    def accept() -> asyncio.Protocol:
        connections = server.connections
        for oldest in connections[: max(0, len(connections) + 1 - MOST_CONNECTIONS)]:
            oldest.force_close()
        return server()

    return accept


async def _set_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Set headers. The default ones would reveal the versions of Python and of the server."""
    response.headers["Server"] = "picture-bot"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
