"""The HTTP server: where it listens, and what happens around every call."""

import contextlib
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from standins.fake_segmind import api, files, history
from standins.fake_segmind.answers import error, html, too_many
from standins.fake_segmind.context import MISBEHAVIOUR, STATE, STOPPING, Stopping
from standins.fake_segmind.faults import Effect, Route
from standins.fake_segmind.misbehaviour import carry_out
from standins.fake_segmind.records import KeySeen, SeenRequest
from standins.fake_segmind.state import State
from standins.fake_segmind.urls import FOREIGN_HOST

#: What follows a dot distinguishes two addresses of the same call.
ROUTES = (
    web.post("/upload-asset", files.upload, name=Route.UPLOAD),
    web.get("/inference-request/request-history", history.listing, name=Route.HISTORY),
    web.get("/inference-request/request-history/{request_id}", history.one, name=Route.HISTORY_ROW),
    web.get("/generations/{name}", files.generation_file, name=Route.OUTPUT),
    web.get("/assets/{owner}/{name}", files.asset_file, name=Route.ASSET),
    web.get("/v1/get-user-credits", api.credits_left, name=Route.CREDITS),
    web.get("/v1/requests/{request_id}", api.result, name="result.v1"),
    web.get("/v2/requests/{request_id}/status", api.status, name=Route.STATUS),
    web.get("/v2/requests/{request_id}", api.result, name=Route.RESULT),
    web.post("/v2/{model}", api.submit, name=Route.SUBMIT),
    web.post("/v1/{model}", api.run, name=Route.RUN),
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_BODY_BYTES = 100 * 1024 * 1024
#: Bodies above this are not kept in the record.
KEPT_BODY_BYTES = 256 * 1024
#: Calls that take no key: sending one there leaks it.
KEYLESS_ROUTES = frozenset({Route.OUTPUT, Route.ASSET})


class Server:
    def __init__(self, state: State, host: str, port: int) -> None:
        self._state, self._host, self._port = state, host, port
        self._runner: web.AppRunner | None = None
        self._stopping = Stopping()

    @property
    def address(self) -> str:
        """Host and port, known once started."""
        return f"{self._host}:{self._port}"

    async def start(self) -> None:
        self._runner = web.AppRunner(self._app(), shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = int(self._runner.addresses[0][1])
        # Notices clients that follow a foreign URL. Not every system has a second loopback address.
        with contextlib.suppress(OSError):
            await web.TCPSite(self._runner, FOREIGN_HOST, self._port).start()

    async def stop(self) -> None:
        self._stopping.event.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[watch, guard], client_max_size=MOST_BODY_BYTES)
        app[STATE] = self._state
        app[STOPPING] = self._stopping
        app.add_routes(ROUTES)
        return app


@web.middleware
async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Record the request, and let the faults that are switched on act on it."""
    state = request.app[STATE]
    seen = await seen_request(request)
    state.record(seen)
    misbehaviour = state.faults.take(seen.route)
    request[MISBEHAVIOUR] = misbehaviour
    if misbehaviour.has("slow"):
        await state.clock.sleep(misbehaviour.seconds("slow"))
    refusal = misbehaviour.first(Effect.REFUSE)
    if refusal is not None:
        response = await carry_out(refusal, request)
    else:
        response = await handler(request)
        loss = misbehaviour.first(Effect.LOSE)
        response = response if loss is None else await carry_out(loss, request)
    seen.status = response.status
    state.changes.notify()
    return response


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The checks that come before every API call: verb, rate, key, content type."""
    route = route_of(request)
    try:
        if route in KEYLESS_ROUTES or route == "unknown":
            return await handler(request)
        return refusal_of(request, route) or await handler(request)
    except web.HTTPMethodNotAllowed:
        return html(HTTPStatus.METHOD_NOT_ALLOWED)
    except web.HTTPNotFound:
        return error(HTTPStatus.NOT_FOUND, "Not found")
    except web.HTTPRequestEntityTooLarge:
        return error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body too large")


def refusal_of(request: web.Request, route: str) -> web.Response | None:
    state = request.app[STATE]
    if key_seen(request) is not KeySeen.RIGHT:
        return error(HTTPStatus.UNAUTHORIZED, "Unauthorized: invalid or missing API key")
    reset_at = state.rate_limit.refuses(route)
    if reset_at is not None:
        return too_many(state.rate_limit.header(reset_at))
    if request.method == "POST" and request.content_type != "application/json":
        return error(HTTPStatus.NOT_ACCEPTABLE, "Invalid content type")
    return None


def key_seen(request: web.Request) -> KeySeen:
    key = request.headers.get("x-api-key")
    if key is None:
        return KeySeen.WRONG if "Authorization" in request.headers else KeySeen.MISSING
    return KeySeen.RIGHT if key == request.app[STATE].key else KeySeen.WRONG


def route_of(request: web.Request) -> str:
    return (request.match_info.route.name or "unknown").partition(".")[0]


async def seen_request(request: web.Request) -> SeenRequest:
    hidden = {"x-api-key", "authorization"}
    return SeenRequest(
        at=request.app[STATE].clock.now(),
        route=route_of(request),
        method=request.method,
        host=request.host,
        path=request.path,
        query=dict(request.query),
        headers={
            name.lower(): value for name, value in request.headers.items() if name.lower() not in hidden
        },
        key=key_seen(request),
        body=await json_body(request),
    )


async def json_body(request: web.Request) -> object:
    length = request.content_length
    if not request.can_read_body or (length is not None and length > KEPT_BODY_BYTES):
        return None
    try:
        return json.loads(await request.read())
    except (ValueError, web.HTTPRequestEntityTooLarge):
        return None
