"""The page's web server: static files, pictures, uploads, and one WebSocket for each viewer.

It binds to loopback by default. The guard decides which requests it answers.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from sandbox.page import portraits
from sandbox.page.acts import Seat
from sandbox.page.guard import Guard
from sandbox.page.stage import Stage
from sandbox.page.times import Times
from sandbox.page.uploads import MIB, MOST_BYTES, Uploads
from sandbox.page.view import View
from sandbox.page.viewer import StageAct, Viewer
from standins.fake_discord.model import Attachment, Json, User
from standins.fake_discord.names import NameNotFoundError
from standins.fake_discord.person import Upload
from standins.fake_discord.world import World

STATIC = Path(__file__).with_name("static")
LOOK_EVERY_SECONDS = 0.4
SHOWN_IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class AddressTaken(Exception):
    """Something else listens there, or the address is not this machine's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(host, port, reason)
        self.host, self.port, self.reason = host, port, reason


class Page:
    def __init__(
        self, world: World, stage: Stage, *, token: str, host: str = "127.0.0.1", port: int = 8000
    ) -> None:
        """Port 0 takes any free one; after `start`, `url` has it. Off loopback, requests need the `token`."""
        self._world, self._stage = world, stage
        self._host, self._port = host, port
        self._guard = Guard(host, token)
        self._times = Times(world)
        self._uploads = Uploads()
        self._viewers: set[Viewer] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None
        self._looking: asyncio.Task[None] | None = None
        self._told: Json = {}
        self._told_lines = 0

    @property
    def url(self) -> str:
        return self._guard.url(self._port)

    async def start(self) -> None:
        """Raises AddressTaken."""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except (OSError, UnicodeError) as error:  # the latter of a name that cannot be one
            await self._runner.cleanup()
            reason = getattr(error, "strerror", None) or str(error)
            raise AddressTaken(self._host, self._port, reason) from error
        self._port = self._runner.addresses[0][1]
        self._looking = asyncio.create_task(self._look_backstage(), name="backstage")

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        for socket in list(self._sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard.middleware], client_max_size=MOST_BYTES)
        app.router.add_get("/", self._index)
        app.router.add_static("/static", STATIC)
        app.router.add_get("/live", self._live)
        app.router.add_post("/files", self._take_file)
        app.router.add_get("/attachments/{id:\\d+}/{name}", self._attachment)
        app.router.add_get("/avatars/{id}.svg", self._portrait)
        app.router.add_get("/crests/{id:\\d+}.svg", self._crest)
        app.on_response_prepare.append(_add_headers)
        return app

    def _viewer_of(self, request: web.Request) -> User:
        try:
            user = self._world.user(request.query.get("as", ""))
        except NameNotFoundError as error:
            raise web.HTTPNotFound(text="There is no such person.\n") from error
        if user.is_bot:
            raise web.HTTPForbidden(text="The bot types for itself.\n")
        return user

    # -- what is asked for

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _live(self, request: web.Request) -> web.StreamResponse:
        user = self._viewer_of(request)
        socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=MIB)
        await socket.prepare(request)
        self._tell_backstage()
        stage_acts = {name: self._then_tell(act) for name, act in self._stage.acts.items()}
        viewer = Viewer(Seat(View(self._world, self._times, user), self._uploads), stage_acts)
        self._viewers.add(viewer)
        self._sockets.add(socket)
        backstage = {"backstage": self._stage.as_json(), "log": list(self._stage.bot.lines)}
        try:
            await viewer.serve(socket, is_online=self._stage.is_bot_online, backstage=backstage)
        finally:
            self._viewers.discard(viewer)
            self._sockets.discard(socket)
        return socket

    async def _take_file(self, request: web.Request) -> web.StreamResponse:
        user = self._viewer_of(request)
        try:
            data = await request.read()
        except web.HTTPRequestEntityTooLarge:
            words = f"Files of more than {MOST_BYTES // MIB} MB are not taken here."
            return web.json_response({"message": words}, status=413)
        upload = Upload(request.query.get("name") or "unknown", data, request.query.get("type") or None)
        return web.json_response({"key": self._uploads.keep(user.username, upload)})

    async def _attachment(self, request: web.Request) -> web.StreamResponse:
        view = View(self._world, self._times, self._viewer_of(request))
        found = self._world.attachments.get(int(request.match_info["id"]))
        if found is None or not view.may_fetch(found):
            raise web.HTTPNotFound
        return _file_response(found)

    async def _portrait(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["id"]
        users = self._world.users
        user = users.get(int(name)) if name.isdecimal() else self._world.app.user
        if user is None:
            raise web.HTTPNotFound
        return _picture(portraits.portrait(user))

    async def _crest(self, request: web.Request) -> web.StreamResponse:
        guild = self._world.guilds.get(int(request.match_info["id"]))
        if guild is None:
            raise web.HTTPNotFound
        return _picture(portraits.crest(guild))

    # -- what is sent without a request

    def _then_tell(self, act: StageAct) -> StageAct:
        async def told(sent: Json) -> Json:
            result = await act(sent)
            self._tell_backstage()
            return result

        return told

    async def _look_backstage(self) -> None:
        """The stand-ins have no events for bills and faults, so they are looked at."""
        while True:
            self._tell_backstage()
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _tell_backstage(self) -> None:
        """Send all viewers what has changed since the last time."""
        bot = self._stage.bot
        now, lines = self._stage.as_json(), bot.lines_since(self._told_lines)
        for viewer in self._viewers:
            if now != self._told:
                viewer.send({"type": "backstage", "backstage": now})
            if lines:
                viewer.send({"type": "log", "lines": lines})
        self._told, self._told_lines = now, bot.line_count


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _picture(svg: str) -> web.Response:
    return web.Response(text=svg, content_type="image/svg+xml")


def _file_response(attachment: Attachment) -> web.Response:
    """Pictures are shown; anything else can only be saved, since it could be a web page."""
    is_shown = attachment.content_type in SHOWN_IN_PLACE
    headers = {
        "Content-Type": attachment.content_type
        if is_shown and attachment.content_type
        else "application/octet-stream",
        "Cache-Control": "private, max-age=86400",
    }
    if not is_shown:
        headers["Content-Disposition"] = "attachment"
    return web.Response(body=attachment.data, headers=headers)
