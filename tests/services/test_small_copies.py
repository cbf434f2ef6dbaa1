"""Small copies of pictures that no public message shows: made once, from the file that the provider keeps."""

import asyncio
import io

import pytest
from PIL import Image

from bot.domain.errors import FileRefused, Unavailable
from bot.domain.failure import SourceProblem
from bot.domain.job import Job
from bot.services.making import small_copies
from tests.builders import a_request
from tests.services.house import House
from tests.services.outsides import png

PATIENCE_SECONDS = 20.0


async def made(house: House, count: int = 1) -> list[Job]:
    return await house.until_ended(await house.ask(a_request(count=count), is_private=True))


async def test_a_copy_is_small_and_made_once(house: House) -> None:
    house.provider.picture = png(1600, 900)
    jobs = await made(house, 2)
    before = house.provider.downloads
    for _ in range(3):
        copies = await house.services.small_copies.of(jobs, PATIENCE_SECONDS)
        assert copies.keys() == {job.id for job in jobs}
    assert house.provider.downloads == before + 2
    for picture in copies.values():
        assert picture.content_type == "image/jpeg"
        with Image.open(io.BytesIO(picture.data)) as image:
            assert image.size == (160, 90)


async def test_many_who_want_it_at_once_share_one_download(house: House) -> None:
    jobs = await made(house)
    before = house.provider.downloads
    of = house.services.small_copies.of
    for copies in await asyncio.gather(*(of(jobs, PATIENCE_SECONDS) for _ in range(5))):
        assert len(copies) == 1
    assert house.provider.downloads == before + 1


@pytest.mark.parametrize("error", [FileRefused(SourceProblem.GONE), Unavailable("HTTP 500")])
async def test_a_file_that_cannot_be_had_is_left_out_and_tried_again_next_time(
    house: House, error: Exception
) -> None:
    jobs = await made(house)
    house.provider.on_download.append(error)
    assert await house.services.small_copies.of(jobs, PATIENCE_SECONDS) == {}
    assert len(await house.services.small_copies.of(jobs, PATIENCE_SECONDS)) == 1


async def test_a_list_waits_no_longer_than_it_may_and_the_copy_is_there_next_time(house: House) -> None:
    jobs = await made(house)
    assert await house.services.small_copies.of(jobs, 0) == {}
    before = house.provider.downloads
    assert len(await house.services.small_copies.of(jobs, PATIENCE_SECONDS)) == 1
    assert house.provider.downloads <= before + 1


async def test_no_more_are_begun_than_a_tampered_client_may_cause(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_copies, "MOST_BEGUN", 2)
    jobs = await made(house, 4)
    before = house.provider.downloads
    assert len(await house.services.small_copies.of(jobs, PATIENCE_SECONDS)) == 2
    assert house.provider.downloads == before + 2


async def test_only_so_many_are_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_copies, "MOST_KEPT", 1)
    first, second = await made(house, 2)
    for job in (first, second):
        assert len(await house.services.small_copies.of([job], PATIENCE_SECONDS)) == 1
    before = house.provider.downloads
    await house.services.small_copies.of([first], PATIENCE_SECONDS)
    assert house.provider.downloads == before + 1
