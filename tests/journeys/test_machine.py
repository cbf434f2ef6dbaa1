"""A machine that runs out of things: the real process without room, its database, or descriptors."""

import asyncio
import io
import re
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests.journeys.test_no_secret import page
from tests.journeys.town import Town, a_town, text_of

#: Everything that the bot writes to is larger than this already.
NO_ROOM_BYTES = 4096
REFUSED = "I can't save requests right now, so I'm not accepting new ones"
DESCRIPTORS = 256
SILENT = 400
MOST_MEMORY_MB = 256
#: In EXIF.
ORIENTATION = 0x0112


def limit(town: Town, which: int, soft: int) -> tuple[int, int]:
    """Set a limit of the bot's process while it runs; return the one before."""
    assert town.bot.pid is not None
    return resource.prlimit(town.bot.pid, which, (soft, resource.prlimit(town.bot.pid, which)[1]))


@contextmanager
def no_room(town: Town) -> Iterator[None]:
    """The bot's disk is full: no write to any of its files succeeds."""
    before, _ = limit(town, resource.RLIMIT_FSIZE, NO_ROOM_BYTES)
    try:
        yield
    finally:
        limit(town, resource.RLIMIT_FSIZE, before)


@contextmanager
def locked(town: Town) -> Iterator[None]:
    """Somebody else's program has the database to itself."""
    path = town.folder / "data" / "bot.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


async def imagine(town: Town, who: str = "ada", count: int = 1) -> Message:
    return (
        await town.person(who).slash("pictures", "imagine", prompt=f"a fox for {who}", count=count).message()
    )


def public(town: Town) -> list[Message]:
    return [message for message in town.messages_of_the_bot() if not message.is_ephemeral]


async def until_refused(town: Town, who: str) -> None:
    """What `who` is told alone; nothing of the request stays in the channel."""
    ask = town.person(who).slash("pictures", "imagine", prompt="nothing of this is made")
    answer = await ask.answer()

    def is_told() -> bool:
        return any(REFUSED in text_of(one) for one in (answer.message, *ask.followups()) if one)

    await town.until(is_told)


async def paid_before_the_disk_was_full(town: Town) -> Message:
    """A picture that is made while nothing can be written down."""
    bills = len(town.bills)
    running = await imagine(town)
    await town.segmind.until(lambda: len(town.bills) > bills)
    with no_room(town):
        await town.until_logged("the database is unavailable; retrying")
        await until_refused(town, "ben")
    return await town.until_picture(running)


async def test_a_full_disk_refuses_members_and_keeps_what_is_paid(own_town: Town) -> None:
    town = own_town
    town.segmind.latency = 1.0
    pictures = [await paid_before_the_disk_was_full(town), await paid_before_the_disk_was_full(town)]
    assert len(town.bills) == 2
    assert public(town) == pictures


async def test_a_database_that_another_program_locks_delays_and_loses_nothing(own_town: Town) -> None:
    town = own_town
    town.segmind.latency = 1.0
    running = await imagine(town)
    await town.segmind.until(lambda: town.bills)
    with locked(town):
        await until_refused(town, "ben")
        await town.until_logged("the database is unavailable; retrying")
    await town.until_picture(running)
    assert len(town.bills) == 1
    assert public(town) == [running]
    await town.until_picture(await imagine(town, "ben"))


async def test_256_file_descriptors_are_enough_for_a_hundred_pictures_at_once(own_town: Town) -> None:
    town = own_town
    limit(town, resource.RLIMIT_NOFILE, DESCRIPTORS)
    town.segmind.latency = 3.0
    cards = await asyncio.gather(*(imagine(town, who, count=4) for who in ("ada", "ben") * 13))
    await asyncio.gather(*(town.until_picture(card, 4, within_seconds=120) for card in cards))
    assert len(town.bills) == len(town.paid) == 4 * len(cards)
    assert "Too many open files" not in town.log


def descriptors(town: Town) -> int:
    return len(list(Path(f"/proc/{town.bot.pid}/fd").iterdir()))


async def test_silent_connections_to_the_metrics_take_no_descriptor_from_a_picture(own_town: Town) -> None:
    town = own_town
    await town.until_healthy()
    limit(town, resource.RLIMIT_NOFILE, DESCRIPTORS)
    silent = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", town.ops_port) for _ in range(SILENT)), return_exceptions=True
    )
    opened = [one[1] for one in silent if not isinstance(one, BaseException)]
    assert len(opened) > SILENT // 2
    await town.until_picture(await imagine(town, count=4), 4)
    assert "ok" in await asyncio.to_thread(page, town, "/healthz")
    assert descriptors(town) < DESCRIPTORS // 2
    assert "Too many open files" not in town.log
    assert "out of system resource" not in town.log
    for writer in opened:
        writer.close()


def peak_memory_mb(town: Town) -> int:
    """The most that the bot's process and those that it has started have had in memory so far."""
    pids = [town.bot.pid, *Path(f"/proc/{town.bot.pid}/task/{town.bot.pid}/children").read_text().split()]
    for thread in Path(f"/proc/{town.bot.pid}/task").iterdir():
        pids += (thread / "children").read_text().split()
    told = [
        re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        for pid in set(map(str, pids))
    ]
    return sum(int(one[1]) // 1024 for one in told if one is not None)


def photograph(kind: str, width: int, height: int) -> bytes:
    """As telephones make them: as JPEG turned, since they were held upright."""
    out = io.BytesIO()
    grain = Image.effect_noise((width // 8, height // 8), 40).convert("RGB")
    exif = grain.getexif()
    exif[ORIENTATION] = 6 if kind == "JPEG" else 1
    grain.resize((width, height), Image.Resampling.NEAREST).save(out, kind, compress_level=1, exif=exif)
    return out.getvalue()


async def test_256_mb_are_enough_for_pictures_as_large_as_in_life(tmp_path: Path) -> None:
    async with a_town(tmp_path, small=False) as town:
        await town.open()
        town.world.set_premium_tier(town.world.guild("Lantern Studio"), 2)
        ada = town.person("ada")
        card = await imagine(town, count=2)
        edits = []
        for kind, *size in (("JPEG", 5712, 4284), ("PNG", 3000, 2000)):
            photo = Upload(f"photo.{kind.lower()}", await asyncio.to_thread(photograph, kind, *size))
            ask = ada.slash("pictures", "edit", prompt="make it night", image=photo)
            edits.append(await ask.message())
        await town.until_picture(card, 2, within_seconds=120)
        for edit in edits:
            await town.until_picture(edit, within_seconds=120)
        assert peak_memory_mb(town) < MOST_MEMORY_MB


async def test_charts_are_warmed_up_before_anyone_asks_for_one(own_town: Town) -> None:
    await own_town.until_logged("charts warmed up")
