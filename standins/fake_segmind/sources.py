"""Fetches the pictures to edit as the provider does: itself, over HTTP, with limits."""

import ipaddress
from urllib.parse import urlsplit

import aiohttp

MOST_BYTES = 50 * 1024 * 1024
MOST_SECONDS = 18.0
CHUNK_BYTES = 64 * 1024


class SourceTrouble(Exception):
    """str() is the provider's text for it."""


def is_on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class SourceFetch:
    def __init__(self, *, most_bytes: int = MOST_BYTES, most_seconds: float = MOST_SECONDS) -> None:
        self._most_bytes, self._most_seconds = most_bytes, most_seconds
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str) -> bytes:
        """Loopback only: a stand-in reaches nothing outside of its machine."""
        if not is_on_this_machine(url):
            raise SourceTrouble("image could not be downloaded: the host is not reachable")
        try:
            return await self._read(url)
        except (aiohttp.ClientError, TimeoutError) as error:
            text = f"image could not be downloaded within {self._most_seconds:g} seconds"
            raise SourceTrouble(text) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _read(self, url: str) -> bytes:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._most_seconds)
            self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        async with self._session.get(url) as response:
            if response.status != 200:  # noqa: PLR2004  the code says it best
                raise SourceTrouble(f"image could not be downloaded: HTTP {response.status}")
            data = bytearray()
            async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                data += chunk
                if len(data) > self._most_bytes:
                    raise SourceTrouble("image_too_large: the input image is over 50 MB")
            return bytes(data)
