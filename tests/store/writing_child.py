"""Writes without end, several at a time, and says each job once it is acknowledged; to be killed."""

import asyncio
import itertools
import os
import sys

from bot.domain.ids import InteractionId
from bot.store.driver.database import Database, open_database
from tests.databases import admit

WRITERS = 20


async def write(database: Database, first: int) -> None:
    for number in itertools.count(first, WRITERS):
        for job in await database.write(admit, interaction_id=InteractionId(number)):
            os.write(1, f"{job.id}\n".encode())


async def main(url: str) -> None:
    database = await open_database(url)
    await asyncio.gather(*(write(database, first) for first in range(1, WRITERS + 1)))


asyncio.run(main(sys.argv[1]))
