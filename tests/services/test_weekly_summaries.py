"""A server that wants it gets a summary of each week, once, with the numbers of the report."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, GuildId
from bot.domain.period import Period
from bot.domain.provider import Failed
from bot.services.admins.attempts import GIVEN_UP_AFTER_SECONDS
from bot.services.admins.weekly_summaries import AFTER_THE_WEEK, LOOK_SECONDS
from bot.store.servers import summaries
from tests.builders import GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House

LOG = ChannelId(901)
ELSEWHERE = GuildId(GUILD + 1)
#: The clock starts on a Saturday, so this is its first Monday.
MONDAY = datetime(2026, 3, 16, tzinfo=UTC) + AFTER_THE_WEEK
WEEK = timedelta(weeks=1)


async def wanted(house: House, guild_id: GuildId = GUILD, *, channel: ChannelId | None = LOG) -> None:
    await house.services.administration.set_log_channel(guild_id, MEMBER, channel)
    await house.services.administration.set_summary(guild_id, MEMBER, is_on=True)


async def made(house: House, **fields: object) -> None:
    await house.until_ended(await house.ask(a_request(), **fields))


async def until(house: House, at: datetime) -> None:
    """Jump to shortly before this time, then let the bot look for what is due."""
    house.clock.pass_by(max(0.0, (at - house.clock.now()).total_seconds() - LOOK_SECONDS))
    await house.advance(2 * LOOK_SECONDS + 1)


def posted(house: House) -> list[tuple[GuildId, Period]]:
    return [(guild_id, report.period) for guild_id, _, report, _ in house.notices.summarized]


@pytest.fixture
def first_week() -> Period:
    return Period.last_week(MONDAY)


async def test_the_summary_of_a_week_has_the_numbers_of_its_report(house: House, first_week: Period) -> None:
    await wanted(house)
    await made(house)
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    await made(house)
    await until(house, MONDAY)
    ((guild_id, channel, report, language),) = house.notices.summarized
    assert (guild_id, channel, language) == (GUILD, LOG, "en")
    assert report == await house.services.reports.usage(GUILD, first_week)
    assert (report.pictures, report.blocked) == (1, 1)


async def test_it_comes_some_hours_after_the_week_and_not_before(house: House) -> None:
    await wanted(house)
    await made(house)
    await until(house, MONDAY - timedelta(seconds=2 * LOOK_SECONDS))
    assert posted(house) == []
    await until(house, MONDAY)
    assert len(posted(house)) == 1


async def test_each_week_has_one(house: House, first_week: Period) -> None:
    await wanted(house)
    await made(house)
    await until(house, MONDAY)
    await made(house)
    await until(house, MONDAY + WEEK)
    assert posted(house) == [(GUILD, first_week), (GUILD, Period.last_week(MONDAY + WEEK))]


async def test_who_does_not_want_it_or_has_no_log_channel_gets_none(house: House) -> None:
    await house.services.administration.set_log_channel(GUILD, MEMBER, LOG)
    await made(house)
    await wanted(house, ELSEWHERE, channel=None)
    await made(house, guild_id=ELSEWHERE)
    await until(house, MONDAY)
    assert posted(house) == []


async def test_a_week_without_a_request_has_none(house: House) -> None:
    await wanted(house)
    await until(house, MONDAY)
    await made(house)
    await until(house, MONDAY + WEEK)
    assert [period for _, period in posted(house)] == [Period.last_week(MONDAY + WEEK)]


async def test_a_server_that_asks_for_it_gets_no_week_that_was_over(house: House) -> None:
    await made(house)
    await until(house, MONDAY + timedelta(days=2))
    await wanted(house)
    await until(house, MONDAY + timedelta(days=3))
    assert posted(house) == []
    await made(house)
    await until(house, MONDAY + WEEK)
    assert len(posted(house)) == 1


async def test_switched_off_and_on_again_it_does_not_come_twice(house: House) -> None:
    await wanted(house)
    await made(house)
    await until(house, MONDAY)
    await house.services.administration.set_summary(GUILD, MEMBER, is_on=False)
    await wanted(house)
    await house.advance(2 * LOOK_SECONDS)
    assert len(posted(house)) == 1


async def test_after_a_restart_it_does_not_come_again(house: House) -> None:
    await wanted(house)
    await made(house)
    await until(house, MONDAY)
    after = await house.restarted()
    await after.advance(2 * LOOK_SECONDS)
    assert (len(posted(house)), posted(after)) == (1, [])


async def test_a_bot_that_was_off_on_monday_posts_it_later(house: House, first_week: Period) -> None:
    await wanted(house)
    await made(house)
    await house.close()
    house.clock.pass_by((MONDAY + timedelta(days=3) - house.clock.now()).total_seconds())
    after = await house.joined()
    await after.advance(LOOK_SECONDS)
    assert posted(after) == [(GUILD, first_week)]


async def test_two_processes_post_it_once(house: House) -> None:
    await wanted(house)
    await made(house)
    other = await house.joined()
    await until(house, MONDAY)
    assert len(posted(house) + posted(other)) == 1
    await other.close()


async def test_a_crash_after_it_was_taken_loses_it_and_does_not_double_it(
    house: House, first_week: Period
) -> None:
    await wanted(house)
    await made(house)
    await house.database.write(summaries.take, GUILD, first_week.first)
    after = await house.restarted()
    await until(after, MONDAY)
    assert posted(after) == []


async def test_while_discord_is_unavailable_it_waits_for_as_long_as_that_lasts(house: House) -> None:
    await wanted(house)
    await made(house)
    house.notices.on_language.extend([CourierUnavailable()] * 4)
    await until(house, MONDAY)
    assert posted(house) == []
    await house.advance(4 * LOOK_SECONDS)
    assert len(posted(house)) == 1


async def test_a_post_of_unknown_fate_is_not_repeated_for_long(house: House) -> None:
    await wanted(house)
    await made(house)
    house.notices.on_notice.extend([CourierUnavailable()] * 20)
    await until(house, MONDAY)
    await house.advance(GIVEN_UP_AFTER_SECONDS + 120)
    left = len(house.notices.on_notice)
    assert left
    await house.advance(2 * LOOK_SECONDS)
    assert (len(house.notices.on_notice), posted(house)) == (left, [])


async def test_a_server_without_the_bot_does_not_hold_up_the_others(house: House) -> None:
    for guild_id in (GUILD, ELSEWHERE):
        await wanted(house, guild_id)
        await made(house, guild_id=guild_id)
    house.notices.on_language.append(CardGone())
    await until(house, MONDAY)
    assert [guild_id for guild_id, _ in posted(house)] == [ELSEWHERE]


async def test_no_summary_tells_about_another_server(house: House) -> None:
    await wanted(house)
    await made(house)
    await made(house, guild_id=ELSEWHERE)
    await until(house, MONDAY)
    assert [(guild_id, report.pictures) for guild_id, _, report, _ in house.notices.summarized] == [
        (GUILD, 1)
    ]


async def test_a_server_that_is_not_served_gets_none(build_house: BuildHouse) -> None:
    house = await build_house(served_guilds=frozenset({GUILD}))
    for guild_id in (GUILD, ELSEWHERE):
        await wanted(house, guild_id)
    await made(house)
    await until(house, MONDAY)
    assert [guild_id for guild_id, _ in posted(house)] == [GUILD]
