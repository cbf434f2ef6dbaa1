"""The whole stand-in: REST API and CDN on one port, each address of the gateway on its own.

What tests and the sandbox start and stop.
"""

from __future__ import annotations

import socket

from aiohttp import web

from standins.fake_discord.cdn import cdn_routes
from standins.fake_discord.dial_faults import Door
from standins.fake_discord.faults import Faults
from standins.fake_discord.gateway import Gateway
from standins.fake_discord.invalid_requests import InvalidRequests
from standins.fake_discord.ratelimits import RateLimits
from standins.fake_discord.record import RequestLog
from standins.fake_discord.rest import API, Api
from standins.fake_discord.routes_app import app_routes
from standins.fake_discord.routes_channels import channel_routes
from standins.fake_discord.routes_commands import command_routes
from standins.fake_discord.routes_webhooks import webhook_routes
from standins.fake_discord.world import World

_MOST_READ_BYTES = 1 << 30
"""More than any answer in Discord's JSON."""


class FakeDiscord:
    """Serves a world on `host`. With `port` 0 the first start chooses a free port, and later ones keep it."""

    def __init__(
        self,
        world: World,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        shards: int = 1,
        has_strict_limits: bool = True,
    ) -> None:
        self.world = world
        self.requests = RequestLog()
        self.invalid_requests = InvalidRequests(world.clock)
        self.gateway = Gateway(world)
        self.main_door = Door(host, self.gateway.handle)
        self.resume_door = Door(host, self.gateway.handle)
        self.faults = Faults(world, self.gateway)
        self._host = host
        self._port = port
        self._shards = shards
        self._limits = RateLimits(is_strict=has_strict_limits)
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """The value for `discord.http.Route.BASE`."""
        return f"http://{self._host}:{self._port}{API}"

    @property
    def gateway_url(self) -> str:
        """The value for `discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY`, as a `yarl.URL`."""
        return self.main_door.url

    @property
    def cdn_url(self) -> str:
        """The value for `discord.asset.Asset.BASE`; files are served below it."""
        return f"http://{self._host}:{self._port}"

    @property
    def is_connected(self) -> bool:
        """Say whether the application is READY on the gateway."""
        return self.gateway.is_online

    async def connected(self, *, within_seconds: float = 10.0) -> None:
        """Wait until the application is READY. Raises ConditionNotMetError."""
        await self.world.until(lambda _: self.is_connected, within_seconds=within_seconds)

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        listener = socket.create_server((self._host, self._port))
        self._port = listener.getsockname()[1]
        await self.main_door.open()
        await self.resume_door.open()
        self.world.cdn_url, self.gateway.public_url = self.cdn_url, self.gateway_url
        self.gateway.resume_url = self.resume_door.url
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def stop(self) -> None:
        """Close all connections and stop listening; the world stays as it is."""
        self.gateway.cut()
        await self.main_door.close()
        await self.resume_door.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_MOST_READ_BYTES)
        api = Api(self.world, self.faults, self.requests, self._limits, self.invalid_requests)
        routes = app_routes(self.gateway, self._shards) + command_routes() + channel_routes()
        for route in routes + webhook_routes() + cdn_routes():
            api.add_to(app, route)
        api.add_rest_to(app)
        return app
