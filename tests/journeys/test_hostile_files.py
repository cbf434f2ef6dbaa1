"""Files without end or measure, under false names, at foreign hosts: told or mended, and others go on."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from bot.domain.history_delay import UNMEASURED
from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from standins.fake_segmind.urls import FOREIGN_HOST
from tests.journeys.fast_town import PICTURE_TAKES_SECONDS, a_fast_town
from tests.journeys.town import PATIENCE_SECONDS, Town
from tests.services.outsides import png

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: Two minutes, the bot's longest patience with a file, take six seconds.
SPEED = 20.0
#: In real seconds: so long a submit without an answer is looked for, as long as the history was not measured.
SURELY_ABSENT_SECONDS = UNMEASURED.total_seconds() / SPEED
#: What one bot may take more, whatever it is sent: far less than is sent.
MOST_MEMORY_MB = 40
SOURCES = "GET /*attachments/*"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared_town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with a_fast_town(tmp_path_factory.mktemp("town"), SPEED) as town:
        yield town


@pytest.fixture
def town(shared_town: Town) -> Iterator[Town]:
    """Where other journeys went before; none has taken much memory."""
    shared_town.begin()
    shared_town.segmind.latency = PICTURE_TAKES_SECONDS
    before = memory_mb(shared_town)
    yield shared_town
    assert memory_mb(shared_town) - before < MOST_MEMORY_MB


def memory_mb(town: Town) -> int:
    """The most that the bot's process has had in memory so far."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{town.bot.pid}/status").read_text())
    assert told is not None
    return int(told[1]) // 1024


async def imagine(town: Town, who: str) -> Message:
    return await town.person(who).slash("pictures", "imagine", prompt=f"a fox for {who}").message()


async def edit(town: Town, who: str, data: bytes) -> Message:
    photo = Upload("photo.png", data)
    return await town.person(who).slash("pictures", "edit", prompt=f"snow for {who}", image=photo).message()


def hundred_megapixels() -> bytes:
    """A hundred kilobytes that anybody can send."""
    out = io.BytesIO()
    Image.new("L", (10_000, 10_000)).save(out, "PNG")
    return out.getvalue()


async def test_what_drips_holds_up_nobody_else(town: Town) -> None:
    """A finished file, the answer to a submit, and a source, one byte after the other, all at once."""
    town.segmind.faults.add("output", "drip", times=1)
    slow = [await imagine(town, "ada")]
    await town.until_asked("output")
    town.segmind.faults.add("submit", "drip", times=1)
    slow.append(await imagine(town, "mia"))
    await town.segmind.until(lambda: len(town.requests_to("submit")) == 2)
    town.discord.faults.never_end(SOURCES, seconds=0.05)
    slow.append(await edit(town, "ada", png()))
    await town.until(lambda: town.discord.requests.matching(SOURCES))
    for other in (await imagine(town, "ben"), await edit(town, "ben", png())):
        await town.until_picture(other)
    assert [one for one in slow if one.attachments] == []
    for one in slow:
        await town.until_picture(one, within_seconds=SURELY_ABSENT_SECONDS + PATIENCE_SECONDS)
    assert len(town.bills) == 5


async def test_a_source_without_end_is_refused_at_50_mb(town: Town) -> None:
    town.discord.faults.never_end(SOURCES)
    endless = await edit(town, "ada", png())
    await town.until_text(endless, "larger than 50 MB", "This didn't count toward your limit")
    await town.until_picture(await edit(town, "ben", png()))
    assert len(town.bills) == 1


async def test_a_source_of_a_hundred_megapixels_is_refused_before_it_is_unpacked(town: Town) -> None:
    huge = await edit(town, "ada", await asyncio.to_thread(hundred_megapixels))
    await town.until_text(huge, "more memory or work than I can spend", "This didn't count toward your limit")
    assert town.bills == []


async def test_a_finished_file_of_a_hundred_megapixels_is_posted_as_it_is(town: Town) -> None:
    """It is too heavy to be opened here, and paid."""
    body = await asyncio.to_thread(hundred_megapixels)
    town.segmind.faults.answer("output", 200, body, headers={"Content-Type": "image/png"}, times=1)
    card = await imagine(town, "ada")
    await town.until_picture(card)
    assert card.attachments[0].data == body
    assert len(town.bills) == 1
    assert len(town.requests_to("output")) == 1


async def test_false_content_types_change_nothing(town: Town) -> None:
    for route in ("upload", "submit", "status", "result", "credits", "history"):
        town.segmind.faults.add(route, "text_plain")
    picture = {"Content-Type": "text/html; charset=utf-16"}
    town.segmind.faults.answer("output", 200, png(), headers=picture, times=1)
    card = await edit(town, "ada", png())
    await town.until_picture(card)
    assert card.attachments[0].data == png()
    assert len(town.bills) == 1


async def test_an_output_at_a_foreign_host_is_fetched_once_the_operator_names_it(town: Town) -> None:
    """The last one here: the bot is started anew with another setting."""
    town.segmind.faults.add("result", "output_foreign", times=1)
    card = await imagine(town, "ada")
    await town.until_logged("error=foreign")
    assert town.requests_to("output") == []
    await town.until_picture(await imagine(town, "ben"))
    await town.kill()
    port = town.segmind.output_host.rpartition(":")[2]
    hosts = f"{town.segmind.output_host},{FOREIGN_HOST}:{port}"
    await town.restart(SEGMIND_OUTPUT_HOSTS=hosts)
    await town.until_picture(card)
    assert len(town.bills) == 2
    (fetched,) = [one for one in town.requests_to("output") if one.host != town.segmind.output_host]
    assert fetched.host == f"{FOREIGN_HOST}:{port}"
