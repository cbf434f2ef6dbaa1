"""Acting out the faults that replace an answer."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from standins.fake_segmind.answers import error, html, too_many
from standins.fake_segmind.context import STATE, STOPPING
from standins.fake_segmind.faults import Effect, Fault

HUGE_BYTES = 1024**3
CHUNK = bytes(64 * 1024)
#: SO_LINGER on, 0 seconds: closing sends a reset instead of a normal end.
LINGER_RESET = struct.pack("ii", 1, 0)

Act = Callable[[Fault, web.Request], Awaitable[web.StreamResponse]]


async def carry_out(fault: Fault, request: web.Request) -> web.StreamResponse:
    name = fault.name.removesuffix("_after") if fault.kind.effect is Effect.LOSE else fault.name
    if name in PLAIN_ANSWERS:
        return PLAIN_ANSWERS[name]()
    return await ACTS[name](fault, request)


async def scripted(fault: Fault, _: web.Request) -> web.StreamResponse:
    script = fault.script
    if script is None:
        raise TypeError("a scripted answer has a script")
    return web.Response(status=script.status, body=script.body, headers=script.headers)


async def cut(_: Fault, request: web.Request) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        transport.abort()
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def hang(_: Fault, request: web.Request) -> web.StreamResponse:
    await request.app[STOPPING].event.wait()
    return error(HTTPStatus.SERVICE_UNAVAILABLE, "shutting down")


async def rate_limited(fault: Fault, request: web.Request) -> web.StreamResponse:
    state = request.app[STATE]
    return too_many(state.rate_limit.header(state.clock.now() + timedelta(seconds=fault.seconds)))


async def retry_after(fault: Fault, _: web.Request) -> web.StreamResponse:
    return too_many({"Retry-After": str(round(fault.seconds))})


async def redirect(_: Fault, request: web.Request) -> web.StreamResponse:
    port = request.url.port
    return web.Response(
        status=HTTPStatus.FOUND, headers={"Location": f"http://127.0.0.2:{port}{request.rel_url}"}
    )


async def huge(_: Fault, request: web.Request) -> web.StreamResponse:
    """No Content-Length: the client learns the size only while it reads."""
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    await response.prepare(request)
    for _chunk in range(HUGE_BYTES // len(CHUNK)):
        await response.write(CHUNK)
    return response


async def drip(fault: Fault, request: web.Request) -> web.StreamResponse:
    """One byte at a time, as long as the client reads."""
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    await response.prepare(request)
    stopping = request.app[STOPPING].event
    while not stopping.is_set():
        await response.write(b" ")
        await asyncio.wait(
            {
                asyncio.ensure_future(request.app[STATE].clock.sleep(fault.seconds)),
                asyncio.ensure_future(stopping.wait()),
            },
            return_when=asyncio.FIRST_COMPLETED,
        )
    return response


PLAIN_ANSWERS: dict[str, Callable[[], web.Response]] = {
    "rate_limited_bare": too_many,
    "error_500": lambda: error(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error"),
    "bad_gateway": lambda: html(HTTPStatus.BAD_GATEWAY),
    "gateway_timeout": lambda: web.Response(status=HTTPStatus.GATEWAY_TIMEOUT),
    "unavailable": lambda: error(HTTPStatus.SERVICE_UNAVAILABLE, "Service temporarily unavailable"),
    "unavailable_html": lambda: html(HTTPStatus.SERVICE_UNAVAILABLE),
    "html_200": lambda: html(HTTPStatus.OK),
    "empty_200": lambda: web.Response(status=HTTPStatus.OK),
    "key_refused": lambda: error(HTTPStatus.UNAUTHORIZED, "Unauthorized: invalid or missing API key"),
    "forbidden": lambda: error(HTTPStatus.FORBIDDEN, "You are not allowed to use this model"),
    "retired": lambda: error(HTTPStatus.GONE, "This model has been retired"),
    "no_credit": lambda: error(HTTPStatus.PAYMENT_REQUIRED, "Insufficient credits"),
    "no_credit_406": lambda: error(HTTPStatus.NOT_ACCEPTABLE, "Insufficient credits"),
    "not_acceptable": lambda: error(HTTPStatus.NOT_ACCEPTABLE, "Invalid content type"),
    "invalid": lambda: error(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request: the inputs were refused"),
}
ACTS: dict[str, Act] = {
    "scripted": scripted,
    "reset_before": cut,
    "reset": cut,
    "hang": hang,
    "rate_limited": rate_limited,
    "retry_after": retry_after,
    "redirect": redirect,
    "huge": huge,
    "drip": drip,
}
