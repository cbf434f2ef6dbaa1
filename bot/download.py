"""The download of files from URLs that others wrote: from allowed hosts, without credentials, up to a size.

The hosts of pictures to edit are below, those of results are a setting. The caller checks the content.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp
from yarl import URL

from bot.domain.errors import EmptyFile, FileRefused, Unavailable
from bot.domain.failure import SourceProblem
from bot.ops.proxies import is_loopback
from bot.ops.way_out import DIRECT, WayOut, trouble

#: Discord's host for attachments.
DISCORDS_CDN = "cdn.discordapp.com"
#: Pictures in embeds come through Discord's own proxies, such as images-ext-1.discordapp.net.
DISCORDS_HOSTS = (DISCORDS_CDN, ".discordapp.net")
MOST_REDIRECTS = 3
CHUNK_BYTES = 64 * 1024
#: The bytes that are written at once.
PIECE_BYTES = 512 * 1024
#: Visible ASCII.
SENDABLE = re.compile(r"[!-~]*")
#: Connections of one session; further calls wait. A process may be limited to 256 open files.
MOST_CONNECTIONS = 50
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Temporary errors; every other 4xx is final.
PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def open_session(way_out: WayOut = DIRECT) -> aiohttp.ClientSession:
    """Open a session that keeps no cookies, so that none can be sent to a host of another's choice."""
    connector = way_out.connector(MOST_CONNECTIONS)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def source_hosts(cdn_url: str) -> tuple[str, ...]:
    """Return the hosts of pictures to edit: Discord's, or the configured one in its place."""
    configured = URL(cdn_url)
    if configured.host == DISCORDS_CDN:
        return DISCORDS_HOSTS
    return (f"{configured.host}:{configured.port}",)


class Downloader:
    """Downloads from `allowed_hosts`: `host` (at any port), `host:port`, or `.domain` (all hosts in it)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        allowed_hosts: Iterable[str],
        most_bytes: int,
        *,
        total_seconds: float = 120.0,
        read_seconds: float = 20.0,
        user_agent: str = "picture-bot (+self-hosted Discord bot)",
    ) -> None:
        self._session = session
        allowed = [host.lower().rstrip(".") for host in allowed_hosts]
        self._allowed = frozenset(host for host in allowed if not host.startswith("."))
        self._domains = tuple(host for host in allowed if host.startswith("."))
        self._most_bytes = most_bytes
        self._timeout = aiohttp.ClientTimeout(
            total=total_seconds, sock_connect=min(10.0, total_seconds), sock_read=read_seconds
        )
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}

    async def fetch(self, url: str, into: Path) -> None:
        """Write the file to `into`, piece by piece, so that only one piece is in memory.

        Raises `FileRefused` if another attempt would not help (gone, foreign, too large), else `Unavailable`;
        and `OSError` if the file cannot be written.
        """
        try:
            await self._fetch(url, into)
        except _NotWritten as error:
            raise error.why from None
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
            raise Unavailable(trouble(error)) from error

    async def _fetch(self, url: str, into: Path) -> None:
        target = self._checked(url)
        for _hop in range(MOST_REDIRECTS + 1):
            async with self._session.get(
                target, headers=self._headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                if response.status not in REDIRECTS:
                    return await self._read(response, into)
                target = self._checked(str(next_hop(response)))
        raise FileRefused(SourceProblem.GONE)

    def _checked(self, url: str) -> URL:
        """Return the parsed URL if its host is allowed. The parsed URL is also the one that is requested."""
        try:
            target = as_written(url)
            is_allowed = self._is_allowed(target)
        except ValueError:
            is_allowed = False
        if not is_allowed:
            raise FileRefused(SourceProblem.FOREIGN)
        return target

    def _is_allowed(self, target: URL) -> bool:
        host = (target.host or "").lower().rstrip(".")
        is_private_enough = target.scheme == "https" or (target.scheme == "http" and is_loopback(host))
        if not host or not is_private_enough or target.user or target.password:
            return False
        name = f"[{host}]" if ":" in host else host
        if name in self._allowed or f"{name}:{target.port}" in self._allowed:
            return True
        return target.is_default_port() and name.endswith(self._domains)

    async def _read(self, response: aiohttp.ClientResponse, into: Path) -> None:
        refuse_by_status(response.status)
        if (response.content_length or 0) > self._most_bytes:
            raise FileRefused(SourceProblem.TOO_LARGE)
        length = 0
        async for piece in _pieces(response):
            is_first = not length
            length += len(piece)
            if length > self._most_bytes:
                raise FileRefused(SourceProblem.TOO_LARGE)
            with _written():
                await asyncio.to_thread(_add, into, piece, is_first=is_first)
        if not length:
            raise EmptyFile("an empty file")


class _NotWritten(Exception):
    """An `OSError` of the disk, to distinguish it from those of the network."""

    def __init__(self, why: OSError) -> None:
        self.why = why


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _NotWritten(error) from error


def _add(into: Path, piece: bytes, *, is_first: bool) -> None:
    """Open and close the file for each piece: most files have one, and a call costs a change of threads."""
    with into.open("wb" if is_first else "ab") as file:
        file.write(piece)


async def _pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    piece = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        piece += chunk
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def refuse_by_status(status: int) -> None:
    if status == HTTPStatus.OK:
        return
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in PASSING:
        raise FileRefused(SourceProblem.GONE)
    raise Unavailable(f"HTTP {status}")


def next_hop(response: aiohttp.ClientResponse) -> URL:
    location = response.headers.get("Location")
    if not location:
        raise Unavailable("a redirect to nowhere")
    try:
        return response.url.join(as_written(location))
    except ValueError as error:
        raise FileRefused(SourceProblem.FOREIGN) from error


def as_written(url: str) -> URL:
    """Parse the URL without changing its spelling if possible, since signatures cover the spelling."""
    return URL(url, encoded=SENDABLE.fullmatch(url) is not None)
