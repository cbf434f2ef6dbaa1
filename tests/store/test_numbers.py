"""Numbers of pictures within their servers: from 1, without a gap, whoever asks at the same moment."""

import asyncio

import pytest

from bot.domain.ids import GuildId, MemberId, PictureNumber
from bot.domain.job import Job
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.pictures import jobs
from tests.builders import GUILD, a_request
from tests.databases import admit

OTHER_GUILD = GuildId(GUILD + 1)


def numbers(admitted: list[Job]) -> list[int]:
    return [job.number for job in admitted]


async def test_each_server_counts_for_itself(database: Database) -> None:
    await database.write(admit, guild_id=OTHER_GUILD, request=a_request(count=4))
    first = await database.write(admit, request=a_request(count=3))
    elsewhere = await database.write(admit, guild_id=OTHER_GUILD)
    second = await database.write(admit, request=a_request(count=2))
    assert [numbers(some) for some in (first, second, elsewhere)] == [[1, 2, 3], [4, 5], [5]]


async def test_what_is_undone_leaves_no_gap(database: Database) -> None:
    def refused(connection: Connection) -> None:
        admit(connection, request=a_request(count=4))
        raise ValueError("a limit is reached")

    with pytest.raises(ValueError, match="a limit"):
        await database.write(refused)
    assert numbers(await database.write(admit)) == [1]


async def test_members_who_ask_at_the_same_moment_get_different_ones(database: Database) -> None:
    asking = [
        database.write(
            admit,
            member_id=MemberId(member),
            guild_id=GuildId(GUILD + member % 2),
            request=a_request(count=1 + member % 4),
        )
        for member in range(60)
    ]
    given: dict[GuildId, list[int]] = {}
    for admitted in await asyncio.gather(*asking):
        given.setdefault(admitted[0].guild_id, []).extend(numbers(admitted))
    assert all(sorted(some) == list(range(1, len(some) + 1)) for some in given.values())
    assert len(given) == 2


async def test_a_number_names_a_picture_of_its_own_server_alone(database: Database) -> None:
    await database.write(admit, guild_id=OTHER_GUILD, request=a_request(count=4))
    (own,) = await database.write(admit)
    assert await database.read(jobs.numbered, GUILD, PictureNumber(1)) == own
    assert await database.read(jobs.numbered, GUILD, PictureNumber(own.id)) is None
    assert await database.read(jobs.numbered, OTHER_GUILD, PictureNumber(5)) is None
