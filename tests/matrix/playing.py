"""Plays a row: the story, the fault, the next process, and the verdict."""

import asyncio
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from bot.domain.history_delay import ENOUGH
from bot.domain.ids import ChannelId, GuildId
from bot.store.driver.database import open_database
from bot.store.driver.locks import PROCESS
from bot.store.pictures import landings
from bot.store.servers import server_settings
from bot.store.upkeep.migrate import migrate
from standins.changes import ConditionNotMetError
from tests import machine
from tests.journeys.town import NotOnline, last_words
from tests.matrix import gone_servers
from tests.matrix.moderators import Chosen
from tests.matrix.rows import Database, Play, Row
from tests.matrix.scene import STARTS_WITHIN, NotAsWanted, Scene, a_scene
from tests.matrix.wishes import pictures_in

#: More than two seconds by the fast clock, on any machine.
SLEEPS_SECONDS = 0.5
#: Once it is online, a process lives so long before it is killed.
LIVES_SECONDS = (0.0, 2.0)
#: By the fast clock: so slow that several processes come and go meanwhile.
SLOW_PICTURE_SECONDS = 60.0
MIGRATING = threading.Lock()


@dataclass(slots=True, kw_only=True)
class Played:
    row: Row
    database: Database
    #: The states of the jobs after each crash.
    left: str = ""
    jobs: int = 0
    bills: int = 0
    delivered: int = 0
    held_microusd: int = 0
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return not self.complaints


async def play(row: Row, database: Database, folder: Path, *, build: str = "") -> Played:
    """In a folder of its own; `build` names a broken one."""
    played = Played(row=row, database=database)
    began = time.monotonic()
    settings = {**row.settings, "BROKEN_BUILD": build}
    with database_for(database, folder) as url:
        async with a_scene(folder, url, settings) as scene:
            scene.settles_within += row.takes_seconds
            scene.falls_within += row.takes_seconds
            scene.rng.seed(row.seed)
            scene.extra_bills = int(row.is_billed_twice)
            scene.town.segmind.history_delay_seconds += row.lands_after
            if row.is_measured:
                await measure(url)
            if row.chosen is not None:
                await choose(url, scene, row.chosen)
            if row.has_gone_servers:
                await part_with_servers(url, scene)
            for call, name, times, seconds in row.troubles:
                scene.town.segmind.faults.add(call, name, times=times, seconds=seconds)
            for route, status, code, times in row.refused:
                scene.town.discord.faults.add(route, status=status, code=code, times=times)
            try:
                played.left = await PLAYS[row.play](scene, row)
                played.complaints += await scene.settled()
                if row.is_billed_twice and not played.complaints:
                    played.complaints += await scene.late_picture()
            except (NotAsWanted, NotOnline, ConditionNotMetError, TimeoutError) as error:
                played.complaints.append(f"{type(error).__name__}: {error}")
            await scene.end()
            await _look(scene, played)
    played.seconds = time.monotonic() - began
    return played


def migrate_alone(url: str) -> None:
    """Alembic knows one migration at a time."""
    with MIGRATING:
        migrate(url)


async def measure(url: str) -> None:
    """As after some pictures: so far the history has shown everything at once."""
    await asyncio.to_thread(migrate_alone, url)
    database = await open_database(url)
    for _ in range(ENOUGH):
        await database.write(landings.keep, timedelta(seconds=5), at=datetime.now(UTC), most=ENOUGH)
    await database.close()


async def choose(url: str, scene: Scene, chosen: Chosen) -> None:
    """As after its admins have made their settings."""
    await asyncio.to_thread(migrate_alone, url)
    channel = scene.moderators.channel
    database = await open_database(url)
    await database.write(server_settings.put, GuildId(channel.guild.id), chosen(ChannelId(channel.id)))
    await database.close()


async def part_with_servers(url: str, scene: Scene) -> None:
    """As if these servers had removed the bot long before."""
    await asyncio.to_thread(migrate_alone, url)
    database = await open_database(url)
    await database.write(gone_servers.leave, now=scene.clock.now())
    await database.close()
    scene.kept_rows = await asyncio.to_thread(gone_servers.kept_rows, url)


async def _look(scene: Scene, played: Played) -> None:
    books = await scene.books()
    played.complaints += scene.signs_of_a_bug()
    played.jobs, played.held_microusd = books.jobs, books.held_microusd
    played.bills = len(scene.bills)
    played.delivered = sum(1 for _ in pictures_in(scene.world))
    wanted = played.row.exactly
    if wanted is not None and played.delivered != wanted:
        played.complaints.append(f"{played.delivered} pictures where the limit is {wanted}")
    if not scene.wishes:
        played.complaints.append("nothing was asked for")


@contextmanager
def database_for(database: Database, folder: Path) -> Iterator[str]:
    if database is Database.SQLITE:
        yield f"sqlite:///{folder / 'bot.sqlite3'}"
        return
    with machine.fresh_postgres_database() as url:
        yield url


# --- the ways to treat a process ----------------------------------------------------------------------


@asynccontextmanager
async def told(scene: Scene, row: Row) -> AsyncIterator[asyncio.Task[None]]:
    """The story, told beside whatever happens; at the end it has to be at its own."""
    story = asyncio.create_task(_tell(scene, row), name=row.name)
    try:
        yield story
        async with asyncio.timeout(STARTS_WITHIN * 3):
            await story
    finally:
        story.cancel()


async def _tell(scene: Scene, row: Row) -> None:
    await row.story(scene)


def fault_of(row: Row) -> dict[str, str]:
    return {"FAULT_POINT": f"{row.point}:{row.passing}"}


async def killed(scene: Scene, row: Row) -> str:
    await scene.start(**fault_of(row))
    async with told(scene, row):
        await scene.fallen()
        left = str(await scene.books())
        await scene.start()
    return left


async def stopped(scene: Scene, row: Row) -> str:
    await scene.start(**fault_of(row), FAULT_SIGNAL="SIGSTOP")
    async with told(scene, row):
        await scene.frozen()
        left = str(await scene.books())
        await asyncio.sleep(SLEEPS_SECONDS)
        scene.signal(signal.SIGCONT)
    return left


async def taken_over(scene: Scene, row: Row) -> str:
    await scene.start(**fault_of(row), FAULT_SIGNAL="SIGSTOP")
    async with told(scene, row):
        await scene.frozen()
        left = str(await scene.books())
        await asyncio.to_thread(free, scene.url)
        await scene.start_another()
        if found := await scene.settled():
            raise NotAsWanted(f"the second process did not finish: {found[0]}")
        scene.signal(signal.SIGCONT)
        await asyncio.sleep(SLEEPS_SECONDS * 4)
    return left


def free(url: str) -> None:
    """Free the database, as the server does when it takes the machine of a process for lost."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND (classid, objid) = (%s, %s)"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            PROCESS,
        )


async def at_random(scene: Scene, row: Row) -> str:
    rng = random.Random(row.seed)
    scene.town.segmind.latency = SLOW_PICTURE_SECONDS
    left = []
    await scene.start()
    async with told(scene, row):
        for _ in range(3):
            await scene.online()
            await asyncio.sleep(rng.uniform(*LIVES_SECONDS))
            await scene.end()
            left.append(str(await scene.books()))
            await scene.start()
    return "; ".join(left)


async def beside(scene: Scene, row: Row) -> str:
    await scene.start()
    await scene.online()
    second = await scene.start_another()
    async with asyncio.timeout(STARTS_WITHIN), told(scene, row):
        await second.wait()
    if second.ending != "exit code 1":
        raise NotAsWanted(f"the second process was not refused: {last_words(second)}")
    return ""


async def left_alone(scene: Scene, row: Row) -> str:
    await scene.start()
    async with told(scene, row):
        pass
    return ""


async def backed_up(scene: Scene, row: Row) -> str:
    await left_alone(scene, row)
    if found := await scene.settled():
        raise NotAsWanted(found[0])
    folder = scene.town.folder / "copies"
    folder.mkdir()
    copy = folder / "copy"
    if (code := await scene.command("backup", str(copy), **fault_of(row))) != -signal.SIGKILL:
        raise NotAsWanted(f"the backup was not killed, but ended with {code}")
    if copy.exists() and not is_whole_backup(copy):
        raise NotAsWanted("there is half a backup under the name of a whole one")
    code = await scene.command("backup", str(copy))
    if code != 0 or not is_whole_backup(copy):
        raise NotAsWanted(f"the next backup failed with {code}")
    if leftovers := sorted(path.name for path in folder.iterdir() if path != copy):
        raise NotAsWanted(f"backups left {leftovers} behind")
    return str(await scene.books())


def is_whole_backup(copy: Path) -> bool:
    """An SQLite file that is sound and has the job, or an archive that pg_restore can read."""
    if copy.read_bytes()[:6] != b"SQLite":
        read = subprocess.run(["pg_restore", "--file=/dev/null", copy], capture_output=True, check=False)
        return read.returncode == 0
    with closing(sqlite3.connect(copy)) as opened:
        (sound,) = opened.execute("PRAGMA integrity_check").fetchone()
        (jobs,) = opened.execute("SELECT count(*) FROM jobs").fetchone()
    return bool(sound == "ok" and jobs)


PLAYS: dict[Play, Callable[[Scene, Row], Awaitable[str]]] = {
    Play.KILLED: killed,
    Play.STOPPED: stopped,
    Play.TAKEN_OVER: taken_over,
    Play.AT_RANDOM: at_random,
    Play.BESIDE: beside,
    Play.LEFT_ALONE: left_alone,
    Play.BACKED_UP: backed_up,
}
