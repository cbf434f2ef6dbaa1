"""Backups by the clock: when they are due, and that a failed one is told, tried again, and kills nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ops.metrics import Metrics
from bot.services.upkeep.scheduled_backups import FIRST_AFTER_SECONDS, RETRY_SECONDS, ScheduledBackups
from bot.store.driver.database import open_database
from bot.store.upkeep import backup_folder
from bot.store.upkeep.migrate import migrate
from tests.builders import NOON, stepped_clock
from tests.databases import admit

HOUR = 3600.0
DAY = 24 * HOUR


class Keeper:
    """A schedule of one copy a day, whose clock is stepped."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.clock, self.metrics = stepped_clock(), Metrics()
        self.scheduled_backups = ScheduledBackups(
            url=url, folder=folder, every_seconds=DAY, keep=3, clock=self.clock, metrics=self.metrics
        )
        self._running: asyncio.Task[None] | None = None

    @property
    def copies(self) -> int:
        return len(backup_folder.newest_first(self.folder))

    def start(self) -> None:
        self._running = asyncio.create_task(self.scheduled_backups.run())

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    async def sleeps(self) -> float:
        """Wait until it sleeps, and wake it; return how long that was."""
        before = self.clock.monotonic()
        async with asyncio.timeout(20):
            while not self.clock.wake_next():  # noqa: ASYNC110  a thread works until it sleeps
                await asyncio.sleep(0.001)
        return self.clock.monotonic() - before

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not is_so():  # noqa: ASYNC110  a thread brings it about
                await asyncio.sleep(0.001)


@pytest.fixture
async def keeper(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Keeper]:
    migrate(sqlite_url)
    keeper = Keeper(sqlite_url, tmp_path / "backups")
    yield keeper
    await keeper.stop()


def copied_before(keeper: Keeper, by: timedelta) -> None:
    backup_folder.backup_into(keeper.folder, keeper.url, at=NOON - by, keep=9)


async def test_the_first_copy_comes_soon_after_the_first_start_and_then_one_a_day(keeper: Keeper) -> None:
    keeper.start()
    assert await keeper.sleeps() == FIRST_AFTER_SECONDS
    await keeper.until(lambda: keeper.copies == 1)
    assert await keeper.sleeps() == DAY
    await keeper.until(lambda: keeper.scheduled_backups.health()["backup_age_hours"] == 0)
    assert keeper.copies == 2


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(hours=20), 4 * HOUR),
        (timedelta(days=9), FIRST_AFTER_SECONDS),
        (-timedelta(days=1), DAY),  # from before somebody set the clock back
    ],
    ids=["yesterday's", "an old one", "from the future"],
)
async def test_a_start_goes_by_the_newest_copy(keeper: Keeper, age: timedelta, expected: float) -> None:
    copied_before(keeper, age)
    keeper.start()
    assert await keeper.sleeps() == expected


async def test_a_copy_that_fails_is_told_and_tried_again(keeper: Keeper) -> None:
    keeper.folder.touch()
    keeper.start()
    await keeper.sleeps()
    await keeper.until(lambda: bool(keeper.scheduled_backups.health()["backup_failed"]))
    assert 'bot_loop_errors_total{loop="backup"} 1.0' in keeper.metrics.as_text().decode()
    keeper.folder.unlink()
    assert await keeper.sleeps() == RETRY_SECONDS
    await keeper.until(lambda: not keeper.scheduled_backups.health()["backup_failed"])
    assert keeper.copies == 1
    told = keeper.metrics.registry.get_sample_value("bot_last_backup_timestamp_seconds")
    assert told == keeper.clock.now().timestamp()


async def test_what_nobody_foresaw_does_not_end_the_copies(keeper: Keeper) -> None:
    keeper.folder.mkdir()
    (keeper.folder / ".bot-x.sqlite3.partial").mkdir()  # which cannot be swept up as a file
    assert not await keeper.scheduled_backups.back_up()
    (keeper.folder / ".bot-x.sqlite3.partial").rmdir()
    assert await keeper.scheduled_backups.back_up()


async def test_a_copy_is_made_while_the_bot_writes(keeper: Keeper) -> None:
    database = await open_database(keeper.url)
    writing = asyncio.gather(*(database.write(admit) for _ in range(50)))
    assert await keeper.scheduled_backups.back_up()
    await writing
    await database.close()
    assert backup_folder.newest_good(keeper.folder) is not None
