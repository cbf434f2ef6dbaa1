"""A start with 10,000 pictures open, against one with none: how soon it answers, and drives them all.

The rows are made through the store, and the stand-in of the provider has accepted each of these pictures. The
bot is the real process; timed is from its start, seen from the outside: READY at the stand-in of Discord, the
first callback of an interaction, and `bot_driven_jobs` at /metrics.
"""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import aiohttp

from benchmarks.table import print_table, ratio
from bot.domain.ids import ApplicationId, InteractionId, MemberId, MessageId, RequestId
from bot.domain.job import JobState
from bot.domain.request import Door
from bot.store.admission import admissions
from bot.store.driver.connection import Connection
from bot.store.driver.database import open_database
from bot.store.pictures import cards, jobs
from bot.store.upkeep.migrate import migrate
from standins.fake_discord.asks import NoResponseError
from standins.fake_segmind.facade import FakeSegmind
from tests import machine
from tests.builders import a_new_card, a_request
from tests.databases import facts_about
from tests.journeys.town import Town, a_town

OPEN_JOBS = 10_000
MODEL = "luma-uni-1"
AT_ONCE = 100
#: None of them is finished while the start is watched.
PICTURE_SECONDS = 24 * 3600.0
PLENTY_USD = Decimal(1_000_000)
PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process."""

    ready: float
    answered: float
    all_driven: float


# --- the rows -----------------------------------------------------------------------------------------


async def fill(url: str, town: Town, count: int) -> None:
    """So many pictures that the provider has taken; their cards show so."""
    database = await open_database(url)
    try:
        request_ids = await accepted(town.segmind, count)
        for at in range(0, count, AT_ONCE):
            await asyncio.gather(
                *(
                    database.write(insert_running, number, request_ids[number], town)
                    for number in range(at, min(at + AT_ONCE, count))
                )
            )
    finally:
        await database.close()


async def accepted(segmind: FakeSegmind, count: int) -> Sequence[RequestId]:
    async with aiohttp.ClientSession(headers={"x-api-key": segmind.key}) as session:

        async def submit(number: int) -> RequestId:
            body = {"prompt": prompt(number)}
            async with session.post(f"{segmind.api_url}/v2/{MODEL}", json=body) as answer:
                return RequestId((await answer.json())["request_id"])

        ids: list[RequestId] = []
        for at in range(0, count, AT_ONCE):
            numbers = range(at, min(at + AT_ONCE, count))
            ids += await asyncio.gather(*map(submit, numbers))
        return ids


def prompt(number: int) -> str:
    return f"a lighthouse at dawn, number {number}"


def insert_running(connection: Connection, number: int, request_id: RequestId, town: Town) -> None:
    now = datetime.now(UTC)
    channel = town.world.channel("pictures")
    new = a_new_card(
        interaction_id=InteractionId(number + 1),
        application_id=ApplicationId(town.world.app.id),
        guild_id=channel.guild.id,
        channel_id=channel.id,
        member_id=MemberId(1 + number % 500),
        token_expires_at=now + timedelta(minutes=15),
    )
    request = a_request(prompt(number))
    facts = facts_about(connection, new, request, at=now)
    card, (job,) = admissions.insert(connection, facts, new, request, door=Door.IMAGINE, model=MODEL, at=now)
    message_id = MessageId(number + 1)
    cards.answered(connection, card.id, message_id=message_id)
    sent = jobs.step(connection, job, JobState.SUBMITTING, at=now, why="prepared", submitted_at=now)
    assert sent is not None
    assert jobs.step(connection, sent, JobState.RUNNING, at=now, why="prepared", request_id=request_id)
    cards.shown(connection, card, revision=2, message_id=message_id, channel_id=card.channel_id, at=now)


# --- the start ----------------------------------------------------------------------------------------


async def started(town: Town, url: str, open_jobs: int) -> Start:
    began = perf_counter()
    await town.launch(DATABASE_URL=url, SEGMIND_REQUESTS_PER_MINUTE="6000")
    driven = asyncio.create_task(until_driven(town, open_jobs))
    await town.world.until(
        lambda world: town.discord.is_connected and world.commands, within_seconds=PATIENCE_SECONDS
    )
    ready = perf_counter() - began
    while True:
        try:
            await town.person("ada").slash("pictures", "help").message()
        except NoResponseError:
            continue
        answered = perf_counter() - began
        return Start(ready, answered, await driven - began)


async def until_driven(town: Town, open_jobs: int) -> float:
    """The moment at which a task looks after each open job."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            port = town.ops_port
            if port is not None and await driven_jobs(session, port) >= open_jobs:
                return perf_counter()
            await asyncio.sleep(LOOK_SECONDS)


async def driven_jobs(session: aiohttp.ClientSession, ops_port: int) -> float:
    try:
        async with session.get(f"http://127.0.0.1:{ops_port}/metrics") as answer:
            lines = (await answer.text()).splitlines()
    except aiohttp.ClientError:
        return -1  # it does not listen yet
    return next(float(line.split()[1]) for line in lines if line.startswith("bot_driven_jobs "))


async def measured(folder: Path, url: str, open_jobs: int) -> Start:
    await asyncio.to_thread(migrate, url)
    await asyncio.to_thread(folder.mkdir)
    async with a_town(folder) as town:
        town.segmind.latency, town.segmind.credits = PICTURE_SECONDS, PLENTY_USD
        await fill(url, town, open_jobs)
        return await started(town, url, open_jobs)


async def main(open_jobs: int = OPEN_JOBS) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = [("SQLite", sqlite_url)] + (
            [] if machine.why_no_postgres() else [("PostgreSQL", postgres_url)]
        )
        for kind, fresh_url in kinds:
            with fresh_url(folder) as url:
                none = await measured(folder / f"{kind}-none", url, 0)
            with fresh_url(folder) as url:
                many = await measured(folder / f"{kind}-many", url, open_jobs)
            rows += [row(kind, 0, none, none), row(kind, open_jobs, many, none)]
    heads = ("open", "connected", "first answer", "against none open", "all driven")
    title = f"A start with {open_jobs:,} pictures open, in seconds from the start of the process"
    print_table(title, ("database", *heads), rows)


def row(kind: str, open_jobs: int, start: Start, none: Start) -> tuple[str, ...]:
    against = ratio(start.answered, none.answered)
    return (
        kind,
        f"{open_jobs:,}",
        f"{start.ready:.2f}",
        f"{start.answered:.2f}",
        against,
        f"{start.all_driven:.2f}",
    )


@contextmanager
def sqlite_url(folder: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        yield f"sqlite:///{Path(name) / 'bot.sqlite3'}"


@contextmanager
def postgres_url(_folder: Path) -> Iterator[str]:
    with machine.fresh_postgres_database() as url:
        yield url
