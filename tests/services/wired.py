"""The services with the real client of the provider, over real HTTP to the stand-in, in stepped time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

from bot.domain.ids import RequestId
from bot.domain.luma import FILE_MOST_BYTES
from bot.domain.provider import HistoryRow, Inputs, Picture, Result, Status
from bot.download import Downloader, open_session
from bot.segmind.client import SegmindClient
from bot.store.driver.database import Database
from standins.clock import VirtualClock
from standins.fake_segmind import FakeSegmind
from tests.builders import stepped_clock
from tests.services.house import ServicesRig


class CountedProvider:
    """The client, with the number of its calls under way, during which time does not move on."""

    def __init__(self, client: SegmindClient) -> None:
        self._client = client
        self.under_way = 0

    @contextmanager
    def _call(self) -> Iterator[SegmindClient]:
        self.under_way += 1
        try:
            yield self._client
        finally:
            self.under_way -= 1

    async def submit(self, inputs: Inputs, may_leave: Callable[[], Awaitable[bool]]) -> RequestId:
        with self._call() as client:
            return await client.submit(inputs, may_leave)

    async def status(self, request_id: RequestId) -> Status:
        with self._call() as client:
            return await client.status(request_id)

    async def result(self, request_id: RequestId) -> Result | Status:
        with self._call() as client:
            return await client.result(request_id)

    async def credits(self) -> float:
        with self._call() as client:
            return await client.credits()

    async def history(self, since: datetime, until: datetime, model: str) -> AsyncIterator[HistoryRow]:
        with self._call() as client:
            async for row in client.history(since, until, model):
                yield row

    async def history_row(self, request_id: RequestId) -> HistoryRow | None:
        with self._call() as client:
            return await client.history_row(request_id)

    def is_same(self, inputs: Inputs, row: HistoryRow) -> bool:
        return self._client.is_same(inputs, row)

    async def upload(self, picture: Picture) -> str:
        with self._call() as client:
            return await client.upload(picture)

    async def download(self, output_url: str, into: Path) -> None:
        with self._call() as client:
            await client.download(output_url, into)


class WiredHouse(ServicesRig):
    """With the real client. Tests tell the stand-in what to do."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        clock: VirtualClock,
        segmind: FakeSegmind,
        client: SegmindClient,
    ) -> None:
        self.segmind = segmind
        self._wire = CountedProvider(client)
        super().__init__(database, folder, clock=clock, provider=self._wire)

    async def settle(self) -> None:
        await super().settle()
        while self._wire.under_way:
            await asyncio.sleep(0.0005)
            if not self._wire.under_way:
                await super().settle()


@asynccontextmanager
async def a_wired_house(database: Database, folder: Path) -> AsyncIterator[WiredHouse]:
    clock = stepped_clock()
    segmind = FakeSegmind(clock=clock, latency=60.0, small=True)
    async with segmind, open_session() as session:
        client = SegmindClient(
            session=session,
            key=segmind.key,
            api_url=segmind.api_url,
            assets_url=segmind.assets_url,
            history_url=segmind.history_url,
            downloader=Downloader(session, [segmind.output_host], FILE_MOST_BYTES),
            clock=clock,
        )
        house = WiredHouse(database, folder, clock=clock, segmind=segmind, client=client)
        await house.open()
        try:
            yield house
        finally:
            await house.close()
