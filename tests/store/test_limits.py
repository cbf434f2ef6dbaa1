"""What counts towards limits, compared with a plain list of all that happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.domain.job import Job, JobState
from bot.store.admission import counts
from bot.store.admission.counts import Counted, Use
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.pictures import jobs
from tests.builders import GUILD, MEMBER, NOON, a_request
from tests.databases import admit, in_memory

HOUR = timedelta(hours=1)
IN_AN_HOUR, IN_WORK = Counted(HOUR), Counted(None)


def used(
    connection: Connection,
    *by: Counted,
    member_id: MemberId = MEMBER,
    guild_id: GuildId = GUILD,
    since: datetime = NOON - HOUR,
) -> list[Use]:
    at = since + HOUR
    return counts.used(connection, member_ids=[member_id], guild_id=guild_id, by=by, at=at)


def nth_at(
    connection: Connection,
    by: Counted,
    *,
    n: int,
    member_id: MemberId = MEMBER,
    guild_id: GuildId = GUILD,
    since: datetime = NOON - HOUR,
) -> datetime | None:
    at = since + HOUR
    return counts.nth_counted_at(connection, member_ids=[member_id], guild_id=guild_id, by=by, at=at, n=n)


async def test_the_nth_newest_tells_when_the_next_becomes_free(database: Database) -> None:
    for minute in (0, 10, 20):
        await database.write(admit, at=NOON + timedelta(minutes=minute))

    async def nth(n: int, since: datetime) -> datetime | None:
        return await database.read(nth_at, IN_AN_HOUR, n=n, since=since)

    before = NOON - timedelta(seconds=1)
    assert await nth(1, before) == NOON + timedelta(minutes=20)
    assert await nth(3, before) == NOON
    assert await nth(4, before) is None
    # What was asked for exactly one window ago is free again.
    assert await nth(3, NOON) is None


async def test_pictures_of_one_card_count_each(database: Database) -> None:
    await database.write(admit, request=a_request(count=4))
    assert await database.read(used, IN_AN_HOUR) == [(4, NOON)]


async def test_what_came_to_nothing_is_not_counted(database: Database) -> None:
    def end(connection: Connection) -> None:
        failed, cancelled, _ = admit(connection, request=a_request(count=3))
        failure = Failure(FailureKind.BLOCKED)
        jobs.step(connection, failed, JobState.FAILED, at=NOON, why="", failure=failure)
        jobs.step(connection, cancelled, JobState.CANCELLED, at=NOON, why="")

    await database.write(end)
    assert await database.read(used, IN_AN_HOUR, IN_WORK) == [
        (1, NOON),
        (1, None),
    ]


async def test_a_picture_that_counts_as_several_is_free_again_as_a_whole(database: Database) -> None:
    await database.write(admit, at=NOON, weight=3)
    await database.write(admit, at=NOON + timedelta(minutes=1))

    async def nth(n: int) -> datetime | None:
        return await database.read(nth_at, IN_AN_HOUR, n=n)

    newest = NOON + timedelta(minutes=1)
    assert await database.read(used, IN_AN_HOUR, IN_WORK) == [(4, newest), (4, None)]
    assert await nth(1) == NOON + timedelta(minutes=1)
    assert await nth(2) == await nth(4) == NOON
    assert await nth(5) is None


@dataclass(frozen=True)
class Asked:
    minute: int
    member_id: MemberId
    guild_id: GuildId
    channel_id: ChannelId
    is_cancelled: bool
    weight: int

    @property
    def at(self) -> datetime:
        return NOON + timedelta(minutes=self.minute)

    def is_by(self, member_id: MemberId, guild_id: GuildId | None, channel_id: ChannelId | None) -> bool:
        is_there = guild_id in (None, self.guild_id) and channel_id in (None, self.channel_id)
        return member_id == self.member_id and is_there


MEMBERS, GUILDS, CHANNELS = [MemberId(1), MemberId(2)], [GuildId(1), GuildId(2)], [ChannelId(1), ChannelId(2)]
ASKED = st.builds(
    Asked,
    minute=st.integers(0, 120),
    member_id=st.sampled_from(MEMBERS),
    guild_id=st.sampled_from(GUILDS),
    channel_id=st.sampled_from(CHANNELS),
    is_cancelled=st.booleans(),
    weight=st.integers(1, 3),
)


def put(connection: Connection, asked: Asked) -> Job:
    (job,) = admit(
        connection,
        at=asked.at,
        weight=asked.weight,
        member_id=asked.member_id,
        guild_id=asked.guild_id,
        channel_id=asked.channel_id,
    )
    if asked.is_cancelled:
        jobs.step(connection, job, JobState.CANCELLED, at=asked.at, why="")
    return job


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ASKED, max_size=12),
    st.sampled_from(MEMBERS),
    st.sampled_from([*GUILDS, None]),
    st.sampled_from([*CHANNELS, None]),
    st.integers(-1, 120),
    st.integers(1, 5),
)
def test_counting_agrees_with_a_plain_list(
    history: list[Asked],
    member_id: MemberId,
    guild_id: GuildId | None,
    channel_id: ChannelId | None,
    minute: int,
    n: int,
) -> None:
    since = NOON + timedelta(minutes=minute)
    theirs = [asked for asked in history if asked.is_by(member_id, guild_id, channel_id)]
    counted = [asked for asked in theirs if not asked.is_cancelled]

    def newest(found: list[Asked]) -> list[datetime]:
        """Each picture as often as it counts."""
        return sorted((one.at for one in found if one.at > since for _ in range(one.weight)), reverse=True)

    def nth(newest_first: list[datetime]) -> datetime | None:
        return newest_first[n - 1] if n <= len(newest_first) else None

    tried, moments, in_work = newest(theirs), newest(counted), sum(one.weight for one in counted)
    with in_memory() as connection:
        for asked in history:
            put(connection, asked)
        here: dict[str, Any] = {"member_id": member_id, "guild_id": guild_id or GUILDS[0], "since": since}
        recent, running = (Counted(one, guild_id is None, channel_id=channel_id) for one in (HOUR, None))
        attempts = recent._replace(are_attempts=True)
        newest_at, newest_try = max(moments, default=None), max(tried, default=None)
        assert used(connection, recent, running, **here) == [(len(moments), newest_at), (in_work, None)]
        assert nth_at(connection, recent, n=n, **here) == nth(moments)
        assert used(connection, attempts, **here) == [(len(tried), newest_try)]
        assert nth_at(connection, attempts, n=n, **here) == nth(tried)
