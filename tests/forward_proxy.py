"""A forward proxy on loopback that leads names of the world to servers of this machine, by CONNECT alone."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Any

Address = tuple[str, int]

PATIENCE_SECONDS = 30.0
CHUNK_BYTES = 64 * 1024


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """On loopback, at a port that it keeps; nothing of it is left once it is closed."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._open: dict[asyncio.StreamWriter, asyncio.Task[Any]] = {}
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._open.values())

    def cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[writer] = task
        try:
            with suppress(OSError):
                await self._serve(reader, writer)
        finally:
            del self._open[writer]
            writer.close()


class ForwardProxy:
    """`routes` leads host names to addresses. Whatever is set holds from the next request on."""

    def __init__(self, routes: dict[str, Address], login: str = "") -> None:
        """`login` is `user:password`, asked of everybody if there is any."""
        self.routes = routes
        self.login = login
        #: Every CONNECT is answered so, if set.
        self.refuses_with: HTTPStatus | None = None
        #: It hangs up on every CONNECT.
        self.hangs_up = False
        #: It takes connections and says nothing.
        self.is_silent = False
        #: Host and port of every CONNECT that was let through.
        self.led_to: list[str] = []
        #: How often somebody was not let through.
        self.refusals = 0
        self._refused = asyncio.Condition()
        self._listener = Listener(self._serve)

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self._listener.port}"

    @property
    def hosts(self) -> set[str]:
        """The names that somebody was led to."""
        return {target.partition(":")[0] for target in self.led_to}

    async def open(self, context: ssl.SSLContext | None = None) -> None:
        """The first time at a port of its choice, which is kept."""
        await self._listener.open(context)

    async def close(self) -> None:
        await self._listener.close()

    async def until_refused(self, times: int) -> None:
        """Until so many were not let through, in all."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._refused:
            await self._refused.wait_for(lambda: self.refusals >= times)

    def cut(self) -> None:
        """Break every connection off."""
        self._listener.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            await self._answer(reader, writer)
        if self.hangs_up:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if self.is_silent or self.hangs_up:
            await self._note_refusal()
            await (reader.read() if self.is_silent else asyncio.sleep(0))
            return
        method, target, _ = head.split(" ", 2)
        status = self._refusal(method, target, head)
        if status is not None:
            await self._note_refusal()
            writer.write(f"HTTP/1.1 {status} {status.phrase}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        self.led_to.append(target)
        await self._tunnel(target, reader, writer)

    async def _note_refusal(self) -> None:
        async with self._refused:
            self.refusals += 1
            self._refused.notify_all()

    def _refusal(self, method: str, target: str, head: str) -> HTTPStatus | None:
        expected = f"Proxy-Authorization: Basic {base64.b64encode(self.login.encode()).decode()}"
        if self.refuses_with is not None:
            return self.refuses_with
        if self.login and expected not in head.splitlines():
            return HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
        if method != "CONNECT":
            return HTTPStatus.METHOD_NOT_ALLOWED
        return None if target.partition(":")[0] in self.routes else HTTPStatus.BAD_GATEWAY

    async def _tunnel(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await joined((reader, writer), self.routes[target.partition(":")[0]])


async def joined(near: tuple[asyncio.StreamReader, asyncio.StreamWriter], target: Address) -> None:
    """With a connection of its own to the target, until either end is closed."""
    reader, writer = near
    far_reader, far_writer = await asyncio.open_connection(*target)
    both = {asyncio.create_task(pour(reader, far_writer)), asyncio.create_task(pour(far_reader, writer))}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        far_writer.close()
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK_BYTES):
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def tls_before(target: Address, context: ssl.SSLContext) -> AsyncIterator[Address]:
    """Where TLS is spoken, and passed on to a server that speaks none."""
    listener = Listener(lambda reader, writer: joined((reader, writer), target))
    await listener.open(context)
    try:
        yield "127.0.0.1", listener.port
    finally:
        await listener.close()
