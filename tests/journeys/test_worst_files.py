"""Eight requests with the worst files of the table at once, to a bot in 512 MB, and a ninth with a photo."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.bot_process import BOT_COMMAND
from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests.imaging.files import HOSTILE, encoded, scene
from tests.journeys.cgroup import Group, limited_to, why_no_limits
from tests.journeys.town import Town, a_town

#: As in compose.yaml.
MOST_MEMORY_MB = 512
#: From the ask to the POST for its picture, with eight of the worst before it.
NINTH_WITHIN_SECONDS = 10.0
#: Or within so many times what it takes alone, on a machine that is busy.
NINTH_WITHIN_TIMES = 5.0
#: Of the table: what takes most of the time and memory that a file can get.
WORST = (
    "as many scans as may be",
    "16 bits of grey",
    "16 bits of four colours",
    "108 megapixels",
    "nothing on 60 frames",
    "100 megapixels of one grey",
    "9,000 scans",
    "tiles of one pixel",
)


@pytest_asyncio.fixture
async def small_town(tmp_path: Path) -> AsyncIterator[tuple[Town, Group]]:
    if (reason := why_no_limits()) is not None:
        pytest.skip(reason)
    with limited_to(MOST_MEMORY_MB) as group:
        async with a_town(tmp_path) as town:
            town.command = group.around(BOT_COMMAND)
            town.world.set_premium_tier(town.world.guild("Lantern Studio"), 2)
            await town.open()
            yield town, group


async def edit(town: Town, who: str, data: bytes, prompt: str = "snow") -> Message:
    photo = Upload("photo.png", data)
    return await town.person(who).slash("pictures", "edit", prompt=prompt, image=photo).message()


async def seconds_until_asked(town: Town, prompt: str, photo: bytes) -> float:
    """Edit the photo, and return how long the POST for its picture takes to come."""
    begun = time.monotonic()
    card = await edit(town, "ben", photo, prompt)
    await town.segmind.until(lambda: any(bill.prompt == prompt for bill in town.bills), 60)
    took = time.monotonic() - begun
    await town.until_picture(card)
    return took


async def test_eight_who_send_the_worst_hold_up_no_ninth(small_town: tuple[Town, Group]) -> None:
    town, group = small_town
    files = {one.name: await asyncio.to_thread(one.make) for one in HOSTILE if one.name in WORST}
    problems = {one.name: one.problem for one in HOSTILE}
    photo = await asyncio.to_thread(lambda: encoded(scene(4032, 3024), "JPEG"))
    pid = town.bot.pid
    alone = await seconds_until_asked(town, "snow alone", photo)
    cards = {
        name: await edit(town, ("ada", "mia")[n % 2], data) for n, (name, data) in enumerate(files.items())
    }
    took = await seconds_until_asked(town, "snow in a crowd", photo)
    for name, card in cards.items():
        if problems[name] is None:
            await town.until_picture(card, within_seconds=120)
        else:
            await town.until_text(card, "This didn't count toward your limit")
    assert took < max(NINTH_WITHIN_SECONDS, NINTH_WITHIN_TIMES * alone)
    assert town.bot.pid == pid, "it was killed"
    assert len(town.bills) == 2 + sum(problems[name] is None for name in cards)
    peak = group.peak_mb
    assert peak is None or peak <= MOST_MEMORY_MB
