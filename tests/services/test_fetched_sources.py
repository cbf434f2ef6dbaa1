"""How sources come in: within a share of the disk, marked from the first byte, after a death one by one."""

import asyncio
from pathlib import Path

from bot.domain.card import CardView
from bot.domain.job import JobState
from bot.domain.luma import FILE_MOST_BYTES
from bot.domain.request import Source
from bot.services.making import sources
from tests.builders import a_request
from tests.services.house import House
from tests.services.outsides import FakeFetcher, png


class HeldFetcher(FakeFetcher):
    """Each file comes when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[str] = []
        self.go = asyncio.Event()

    async def fetch(self, url: str, into: Path) -> None:
        self.waiting.append(url)
        await self.go.wait()
        await super().fetch(url, into)


async def asked(house: House, number: int) -> CardView:
    url = f"https://cdn/{number}.png"
    house.fetcher.files[url] = png()
    return await house.ask(a_request(prompt=f"picture {number}", source=Source(url=url)))


def left_in(folder: Path) -> set[str]:
    return {path.suffix for path in folder.glob("*")} - {""}


async def test_sources_take_no_more_than_their_share_of_the_disk(house: House) -> None:
    """Until a file's size is known, as much is set aside as it may have."""
    fetcher = HeldFetcher()
    house = await with_fetcher(house, fetcher)
    most = sources.MOST_BYTES_AT_ONCE // FILE_MOST_BYTES
    views = [await asked(house, number) for number in range(most + 3)]
    await house.settle()
    assert len(fetcher.waiting) == most
    fetcher.go.set()
    for view in views:
        (job,) = await house.until_ended(view)
        assert job.state is JobState.DELIVERED
    assert left_in(house.folder) == set()


async def test_a_source_is_marked_from_its_first_byte(house: House) -> None:
    fetcher = HeldFetcher()
    house = await with_fetcher(house, fetcher)
    view = await asked(house, 1)
    await house.settle()
    assert [path.read_bytes() for path in house.folder.glob("*.begun")] == [b"."]
    fetcher.go.set()
    await house.until_ended(view)
    assert left_in(house.folder) == set()


async def test_after_a_death_they_go_one_at_a_time(house: House) -> None:
    """Three were under way when the process died: which of them it was is found out."""
    fetcher = HeldFetcher()
    house = await with_fetcher(house, fetcher)
    house.folder.mkdir(parents=True, exist_ok=True)
    views = []
    for number in range(3):
        view = await house.admit(
            a_request(prompt=f"{number}", source=Source(url=f"https://cdn/{number}.png"))
        )
        house.fetcher.files[f"https://cdn/{number}.png"] = png()
        (house.folder / f"{view.card.id}.begun").write_bytes(b".")
        await house.answer(view)
        views.append(view)
    await house.settle()
    assert len(fetcher.waiting) == 1
    marks = sorted(path.read_bytes() for path in house.folder.glob("*.begun"))
    assert marks == [b".", b".", b".."]
    fetcher.go.set()
    for view in views:
        (job,) = await house.until_ended(view)
        assert job.state is JobState.DELIVERED
    assert left_in(house.folder) == set()


async def with_fetcher(house: House, fetcher: FakeFetcher) -> House:
    house.fetcher = fetcher
    return await house.restarted()
