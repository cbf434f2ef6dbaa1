"""The HTTP side: one request from its arrival to its answer, with faults, limits, tokens and the record.

Knows what all routes have in common; what each does is in `routes_*.py` and `cdn.py`.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import BodyPartReader, web

from standins.fake_discord.errors import ApiError, invalid_json, not_found, too_large, unauthorized
from standins.fake_discord.faults import TOO_MANY_REQUESTS, Fault, Faults
from standins.fake_discord.files import MOST_REQUEST_BYTES, IncomingFile
from standins.fake_discord.forms import Form
from standins.fake_discord.invalid_requests import PAGE, InvalidRequests
from standins.fake_discord.model import Json
from standins.fake_discord.ratelimits import OTHER, Limit, RateLimits
from standins.fake_discord.record import Exchange, RequestLog, SentFile
from standins.fake_discord.world import World

API = "/api/v10"
TRUE = frozenset({"1", "true", "True"})
"""What in a query means yes."""
_FILE_FIELD = re.compile(r"^files\[(\d+)\]$")
_PIECE = bytes(64 * 1024)
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Call:
    """A request as a route sees it."""

    world: World
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = field(default_factory=dict)
    files: tuple[IncomingFile, ...] = ()

    @property
    def fields(self) -> Json:
        """The body as an object. Raises ApiError 50035 for anything else."""
        form = Form(self.body)
        form.raise_complaints()
        return form.value

    def id(self, name: str) -> int:
        """An id in the path. Raises ApiError 50035 for anything else."""
        text = self.params[name]
        if not text.isdecimal():
            form = Form({})
            form.complain("NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.', name)
            form.raise_complaints()
        return int(text)


@dataclass(frozen=True)
class Reply:
    status: int | None = 204
    """None: hang up."""
    body: Any = None
    """Sent as JSON; bytes and text as they are."""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    """Below /api/v10, or of the CDN."""
    handler: Handler
    needs_token: bool = True
    limit: Limit | None = OTHER
    """None: this route sends no rate-limit headers."""
    is_api: bool = True

    @property
    def bucket(self) -> str:
        return f"{self.method} {self.path}"

    def major(self, params: Mapping[str, str]) -> str:
        names = ("channel_id", "guild_id", "webhook_token")
        return "+".join(params[name] for name in names if name in params)


class Api:
    """Turns routes into aiohttp handlers that share one record, one set of faults and one set of limits."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        requests: RequestLog,
        limits: RateLimits,
        invalid_requests: InvalidRequests,
    ) -> None:
        self._world = world
        self._faults = faults
        self._requests = requests
        self._limits = limits
        self._invalid_requests = invalid_requests

    def add_to(self, app: web.Application, route: Route) -> None:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(route, request)

        app.router.add_route(route.method, (API if route.is_api else "") + route.path, handle)

    def add_rest_to(self, app: web.Application) -> None:
        """Answer unknown routes as Discord does, and record them; add it last."""
        self.add_to(app, Route("*", "/{rest:.*}", _refuse, needs_token=False, limit=None))
        self.add_to(app, Route("*", "/{rest:.*}", _refuse, needs_token=False, limit=None, is_api=False))

    async def _handle(self, route: Route, request: web.Request) -> web.StreamResponse:
        started = time.monotonic()
        path = request.path.removeprefix(API)
        exchange = Exchange(request.method, path, dict(request.query), self._world.clock.now(), route.is_api)
        exchange.is_authorized = request.headers.get("Authorization") == f"Bot {self._world.app.token}"
        if route.is_api and self._invalid_requests.blocked_seconds:
            return await self._turn_away(request, exchange)
        taken = self._faults.take(exchange.route)
        try:
            call = await self._read(request, exchange)
            await asyncio.sleep(sum(fault.delay_seconds for fault in taken))
            spoiler = next((fault for fault in taken if fault.spoils), None)
            reply = self._reply(route, call, exchange, spoiler)
        except ApiError as error:
            reply = Reply(error.status, error.payload())
        exchange.status, exchange.response = reply.status, reply.body
        exchange.seconds = time.monotonic() - started
        if route.is_api:
            is_shared = reply.headers.get("X-RateLimit-Scope") == "shared"
            self._invalid_requests.count(reply.status, is_shared=is_shared)
        self._requests.add(exchange)
        self._world.reconsider()
        endless = next((fault.endless_seconds for fault in taken if fault.endless_seconds is not None), None)
        return _response(request, reply) if endless is None else await _endless(request, endless)

    async def _turn_away(self, request: web.Request, exchange: Exchange) -> web.StreamResponse:
        """Answer as Cloudflare does, before Discord hears of the request: neither JSON nor `Via`."""
        with suppress(ApiError):
            await self._read(request, exchange)  # for the record
        headers = {"Retry-After": str(int(self._invalid_requests.blocked_seconds) + 1)}
        reply = Reply(TOO_MANY_REQUESTS, PAGE, "text/html; charset=UTF-8", headers)
        exchange.status, exchange.response, exchange.was_spoilt = reply.status, reply.body, True
        self._requests.add(exchange)
        self._world.reconsider()
        return _response(request, reply)

    async def _read(self, request: web.Request, exchange: Exchange) -> Call:
        exchange.json, files = await _read_body(request)
        exchange.files = [SentFile(f"files[{one.number}]", one.filename, len(one.data)) for one in files]
        body = {} if exchange.json is None else exchange.json
        return Call(self._world, exchange.path, request.match_info, exchange.query, body, tuple(files))

    def _reply(self, route: Route, call: Call, exchange: Exchange, spoiler: Fault | None) -> Reply:
        exchange.was_spoilt = spoiler is not None
        if spoiler is not None and not spoiler.after_doing:
            return _spoilt(spoiler)
        reply = self._do(route, call, is_authorized=exchange.is_authorized)
        return reply if spoiler is None else _spoilt(spoiler)

    def _do(self, route: Route, call: Call, *, is_authorized: bool) -> Reply:
        if route.needs_token and not is_authorized:
            raise unauthorized()
        if route.limit is None:
            return _run(route, call)
        major = route.major(call.params)
        verdict = self._limits.admit(route.bucket, major, route.limit, is_global=route.needs_token)
        if verdict.refusal is not None:
            return Reply(TOO_MANY_REQUESTS, verdict.refusal, headers=verdict.headers)
        return replace(_run(route, call), headers=verdict.headers)


def _refuse(_call: Call) -> Reply:
    raise not_found()


def _run(route: Route, call: Call) -> Reply:
    try:
        return route.handler(call)
    except ApiError as error:
        return Reply(error.status, error.payload())


async def _read_body(request: web.Request) -> tuple[Any, list[IncomingFile]]:
    """The JSON (None if there is no body) and the files of a request."""
    if not request.body_exists:
        return None, []
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    if (request.content_length or 0) > MOST_REQUEST_BYTES:
        raise too_large()
    if request.content_type == "application/x-www-form-urlencoded":
        return _parsed(str((await request.post()).get("payload_json", "")).encode()), []
    data = await request.read()
    if not data:
        return None, []
    if request.headers.get("Content-Type") != "application/json":
        raise invalid_json()
    return _parsed(data), []


async def _read_multipart(request: web.Request) -> tuple[Any, list[IncomingFile]]:
    body: Any = {}
    files: list[IncomingFile] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise invalid_json()
        name, data = part.name or "", bytes(await part.read(decode=True))
        if name == "payload_json":
            body = _parsed(data)
        elif match := _FILE_FIELD.match(name):
            files.append(IncomingFile(int(match[1]), part.filename or "unknown", data))
        else:
            form = Form({})
            form.complain("UNKNOWN_FIELD", "A file field is named files[n]", name)
            form.raise_complaints()
    return body, files


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise invalid_json() from error


def _spoilt(fault: Fault) -> Reply:
    if fault.endless_seconds is not None:
        return Reply(200, b"")
    if fault.drops_connection or fault.status is None:
        return Reply(None)
    if fault.status == TOO_MANY_REQUESTS:
        return _rate_limited(fault)
    if fault.status >= _SERVER_ERROR:
        return Reply(fault.status, f"{fault.status}: the server had an error", "text/plain")
    return Reply(fault.status, {"message": f"{fault.status}: refused", "code": fault.code})


async def _endless(request: web.Request, seconds: float) -> web.StreamResponse:
    """Send the body until the client disconnects."""
    response = web.StreamResponse(headers={"Content-Type": "image/png"})
    await response.prepare(request)
    while True:
        await response.write(b" " if seconds else _PIECE)
        await asyncio.sleep(seconds)


def _rate_limited(fault: Fault) -> Reply:
    if not fault.has_via:
        return Reply(TOO_MANY_REQUESTS, "error code: 1015", "text/plain")
    wait = fault.retry_after_seconds
    headers = {"Via": "1.1 google", "Retry-After": str(int(wait) + 1)}
    headers["X-RateLimit-Scope"] = "global" if fault.is_global else "shared" if fault.is_shared else "user"
    body = {"message": "You are being rate limited.", "retry_after": wait, "global": fault.is_global}
    return Reply(TOO_MANY_REQUESTS, body, headers=headers)


def _response(request: web.Request, reply: Reply) -> web.StreamResponse:
    if reply.status is None:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)
    if reply.body is None:
        return web.Response(status=reply.status, headers=reply.headers)
    if isinstance(reply.body, bytes | str):
        data = reply.body.encode() if isinstance(reply.body, str) else reply.body
    else:
        data = json.dumps(reply.body).encode()
    headers = {
        **reply.headers,
        "Content-Type": reply.content_type,
    }  # no charset: clients compare it as a whole
    return web.Response(status=reply.status, body=data, headers=headers)
