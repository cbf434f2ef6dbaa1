"""Lets in requests that name the right host, come from the page itself, and carry its token.

The host names that a browser sends show where a request comes from. A website open in the same browser can
point its own name at this machine (DNS rebinding), or send requests here; but it cannot fake the names.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})


class Guard:
    def __init__(self, host: str, token: str) -> None:
        """`host` is what the page is bound to; off loopback, every request needs the token."""
        self._host = host.lower()
        self._token = "" if is_loopback(self._host) else token

    def url(self, port: int) -> str:
        """The URL for the operator: everyone who has it may use the page."""
        name = machine_name() if self._host in EVERYWHERE else self._host
        shown = f"[{name}]" if ":" in name else name
        return f"http://{shown}:{port}/" + (f"?token={self._token}" if self._token else "")

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        where = _listening(request)
        if not self._is_called_so(request, where):
            raise web.HTTPForbidden(text=f"Open this page as {_without_token(self.url(where[1]))}\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            raise web.HTTPForbidden(text="This page answers only itself.\n")
        if not self._knows_token(request, where):
            raise web.HTTPForbidden(text="Open this page with the token, as the sandbox has printed it.\n")
        response = await handler(request)
        if self._token and request.path == "/" and not response.prepared:
            response.set_cookie(_cookie(where), self._token, httponly=True, samesite="Strict")
        return response

    def _is_called_so(self, request: web.Request, where: tuple[str, int]) -> bool:
        called = HOST.fullmatch(request.headers.get("Host", "").lower())
        if called is None or int(called["port"] or 80) != where[1]:
            return False
        return called["name"].strip("[]") in self._names(where[0])

    def _names(self, address: str) -> frozenset[str]:
        """`address` is the one at which the request came in."""
        own = {machine_name(), f"{machine_name()}.local"} if self._host in EVERYWHERE else {self._host}
        return LOOPBACK_NAMES | own | {address}

    def _knows_token(self, request: web.Request, where: tuple[str, int]) -> bool:
        told = request.query.get("token", ""), request.cookies.get(_cookie(where), "")
        return not self._token or any(hmac.compare_digest(sent(one), sent(self._token)) for one in told)


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def sent(text: str) -> bytes:
    """The header as it came over the wire, in any bytes."""
    return text.encode(errors="surrogateescape")


def machine_name() -> str:
    return socket.gethostname().lower()


def _listening(request: web.Request) -> tuple[str, int]:
    """The address and the port at which the request came in."""
    host, port, *_ = request.get_extra_info("sockname")
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address), port


def _cookie(where: tuple[str, int]) -> str:
    """Browsers share cookies between the ports of a host."""
    return f"sandbox-{where[1]}"


def _without_token(url: str) -> str:
    return url.partition("?")[0]
