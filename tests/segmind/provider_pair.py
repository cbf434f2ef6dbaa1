"""The client and its stand-in, connected by real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.domain.luma import AspectRatio, Style
from bot.domain.provider import Inputs
from bot.download import Downloader, open_session
from bot.segmind.client import SegmindClient, Timeouts
from standins.fake_segmind import FakeSegmind

MOST_BYTES = 20 * 1024 * 1024
#: For calls to which no answer comes: only what is waited for in vain is short, or a busy machine would fail.
IMPATIENT_SUBMIT = Timeouts(submit=0.6)
IMPATIENT_READ = Timeouts(read=0.6)


def an_input(prompt: str = "a fox", **fields: Any) -> Inputs:
    return Inputs(
        **{"model": "luma-uni-1", "prompt": prompt, "aspect_ratio": AspectRatio.SQUARE, "style": Style.AUTO}
        | fields
    )


@dataclass
class Pair:
    provider: FakeSegmind
    client: SegmindClient
    #: What the metrics hook heard.
    calls: list[tuple[str, str]] = field(default_factory=list)

    async def submitted(self, **fields: Any) -> Any:
        """The id of a request that has ended at the provider."""
        request_id = await self.client.submit(an_input(**fields))
        await self.provider.until(lambda: not self.provider.open)
        return request_id


@asynccontextmanager
async def provider_pair(
    *, client: dict[str, Any] | None = None, download_seconds: float = 5.0, **stand_in: Any
) -> AsyncIterator[Pair]:
    """`client` replaces arguments of the client; the rest goes to the stand-in."""
    usual: dict[str, Any] = {"latency": 0.0, "small": True, "history_delay_seconds": 0.0}
    async with FakeSegmind(**(usual | stand_in)) as provider, open_session() as session:
        calls: list[tuple[str, str]] = []
        downloader = Downloader(
            session,
            [provider.output_host],
            MOST_BYTES,
            total_seconds=download_seconds,
            read_seconds=download_seconds,
        )
        arguments: dict[str, Any] = {
            "session": session,
            "key": provider.key,
            "api_url": provider.api_url,
            "assets_url": provider.assets_url,
            "history_url": provider.history_url,
            "downloader": downloader,
            "on_call": lambda call, outcome: calls.append((call, outcome)),
        }
        yield Pair(provider, SegmindClient(**(arguments | (client or {}))), calls)
