"""The members with the most pictures of a long period are the same by spans as by single days."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.domain.period import DAY, SPAN, Period, span_of
from bot.domain.reports import MADE
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.pictures import accounts, reports
from bot.store.schema.tables import span_totals, totals
from tests.builders import CHANNEL, GUILD

FIRST = date(2026, 2, 27)
MEMBERS = [MemberId(number) for number in range(1, 6)]
#: Server, channel, day and member.
Key = tuple[int, int, date, int]
DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))


@given(DAYS, st.integers(0, 400))
def test_whole_spans_and_the_days_beside_them_are_the_period(first: date, more: int) -> None:
    period = Period(first, first + more * DAY)
    in_spans = [one + n * DAY for one in period.whole_spans for n in range(SPAN // DAY)]
    assert sorted([*in_spans, *period.days_beside_spans]) == period.days
    assert len(period.days_beside_spans) < 2 * (SPAN // DAY)


@given(DAYS)
def test_a_day_is_in_the_span_that_begins_at_most_five_days_earlier(day: date) -> None:
    assert timedelta() <= day - span_of(day) < SPAN
    assert span_of(span_of(day)) == span_of(day)


def fill(connection: Connection) -> None:
    """As the books would be: other numbers on other days, in two channels and two servers."""
    made: Counter[Key] = Counter()
    for number in range(40):
        day = FIRST + number * DAY
        for member_id in MEMBERS:
            count = number * member_id % 7
            for guild_id, channel_id in ((GUILD, CHANNEL), (GUILD, 9), (GUILD + 1, CHANNEL)):
                for place in (channel_id, accounts.ALL):
                    made[guild_id, place, day, member_id] += count
                    made[guild_id, place, day, accounts.ALL] += count
    of_spans: Counter[Key] = Counter()
    for (guild_id, place, day, who), count in made.items():
        key = {"guild_id": guild_id, "channel_id": place, "member_id": who}
        amounts = {"pictures": count, "spent": 3 * count}
        connection.execute(totals.insert(), {**key, "day": day, "outcome": MADE, **amounts})
        connection.execute(totals.insert(), {**key, "day": day, "outcome": "blocked", **amounts})
        if who != accounts.ALL:
            of_spans[guild_id, place, span_of(day), who] += count
    for (guild_id, place, first_day, who), count in of_spans.items():
        key = {"guild_id": guild_id, "channel_id": place, "member_id": who}
        row = {**key, "first_day": first_day, "pictures": count, "spent": 3 * count}
        connection.execute(span_totals.insert(), row)


def most_by_days(
    connection: Connection, guild_id: GuildId, period: Period, channel_id: ChannelId | None
) -> list[tuple[int, int, int]]:
    """Ask for each day by itself, and add up here."""
    pictures: Counter[MemberId] = Counter()
    spent: Counter[MemberId] = Counter()
    for day in period.days:
        one_day = Period(day, day)
        for top in reports.top_members(connection, guild_id, one_day, channel_id=channel_id, limit=99):
            pictures[top.member_id] += top.pictures
            spent[top.member_id] += top.spent_microusd
    most = sorted(pictures, key=lambda member_id: (-pictures[member_id], member_id))
    return [(member_id, pictures[member_id], spent[member_id]) for member_id in most]


@pytest.mark.parametrize("channel_id", [None, CHANNEL])
async def test_the_top_members_are_those_of_the_single_days(
    database: Database, channel_id: ChannelId | None
) -> None:
    await database.write(fill)
    for begin in range(7):
        for length in (1, 5, 6, 11, 13, 30):
            first = FIRST + begin * DAY
            period = Period(first, first + (length - 1) * DAY)
            expected = await database.read(most_by_days, GUILD, period, channel_id)
            found = await database.read(reports.top_members, GUILD, period, channel_id=channel_id, limit=3)
            assert [(top.member_id, top.pictures, top.spent_microusd) for top in found] == expected[:3]


async def test_who_made_nothing_is_not_among_them(database: Database) -> None:
    await database.write(fill)
    nothing_yet = Period(FIRST - 30 * DAY, FIRST)
    assert await database.read(reports.top_members, GUILD, nothing_yet, channel_id=None, limit=3) == []
