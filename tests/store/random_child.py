"""Writes at random for some seconds, many calls at a time, beside another process that does the same.

Prints the ids of the jobs that it was told are saved. An error ends it.
"""

import asyncio
import random
import sys
import time

from bot.domain.ids import CardId, GuildId, InteractionId, MemberId
from bot.domain.job import Job, JobState
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.moderation import gone
from bot.store.pictures import cards, jobs
from tests.builders import GUILD, MEMBER, NOON, a_request
from tests.databases import admit

WRITERS = 20


class Refused(Exception):
    """A call changes its mind after it has written."""


async def write(database: Database, rng: random.Random, ends_at: float) -> list[int]:
    saved: list[int] = []
    while time.monotonic() < ends_at:
        try:
            saved += [job.id for job in await database.write(at_random, rng.getrandbits(60))]
        except Refused:
            await database.read(cards.due)
    return saved


def at_random(connection: Connection, seed: int) -> list[Job]:
    """Run the same each time, as a call that is run again has to."""
    rng = random.Random(seed)
    card_ids = [CardId(rng.randint(1, 50)) for _ in range(3)]
    action = rng.choice((enter, touch_some, cancel_some, take_over))
    return action(connection, rng, card_ids)


def enter(connection: Connection, rng: random.Random, _card_ids: list[CardId]) -> list[Job]:
    admitted = admit(
        connection,
        interaction_id=InteractionId(rng.getrandbits(60)),
        member_id=MemberId(MEMBER + rng.randint(0, 5)),
        guild_id=GuildId(GUILD + rng.randint(0, 2)),
        request=a_request(count=rng.randint(1, 4)),
    )
    if rng.random() < 0.05:
        raise Refused
    return admitted


def touch_some(connection: Connection, _rng: random.Random, card_ids: list[CardId]) -> list[Job]:
    for card_id in card_ids:
        cards.touch(connection, card_id)
    return []


def cancel_some(connection: Connection, _rng: random.Random, card_ids: list[CardId]) -> list[Job]:
    gone.give_up(connection, card_ids, at=NOON, why="a test")
    return []


def take_over(connection: Connection, _rng: random.Random, card_ids: list[CardId]) -> list[Job]:
    for card_id in card_ids:
        for job in jobs.of_card(connection, card_id):
            claimed = jobs.claim(connection, job.id)
            if claimed is not None and claimed.state is JobState.QUEUED:
                jobs.step(connection, claimed, JobState.SUBMITTING, at=NOON, why="a test")
    return []


async def main(url: str, seconds: float, seed: int) -> None:
    database = await open_database(url)
    ends_at = time.monotonic() + seconds
    writing = [write(database, random.Random(seed + n), ends_at) for n in range(WRITERS)]
    for saved in await asyncio.gather(*writing):
        sys.stdout.write(" ".join(map(str, saved)) + "\n")
    await database.close()


asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
