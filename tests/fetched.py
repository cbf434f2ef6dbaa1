"""What a call writes to a file, as bytes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory


async def fetched(fetch: Callable[[str, Path], Awaitable[None]], url: str) -> bytes:
    with TemporaryDirectory() as folder:
        into = Path(folder, "file")
        await fetch(url, into)
        return await asyncio.to_thread(into.read_bytes)
