"""Who made what, and what it cost: in one server, and of no other."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import PeriodEndsBeforeItBegins, PeriodTooLong
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, GuildId, MemberId, MessageId
from bot.domain.money import Month, Spending
from bot.domain.period import Period
from bot.domain.provider import Failed
from bot.domain.reports import MemberTotal, UsageReport
from bot.services.admins.reports import EXPORTED_AT_ONCE, JOBS_A_PAGE
from bot.store.driver.database import Database
from bot.store.pictures import jobs
from tests.builders import CHANNEL, GUILD, MEMBER, NOON, a_request
from tests.databases import admit
from tests.services.house import House

COST = 54_300
ELSEWHERE = GuildId(GUILD + 1)
OTHER = MemberId(MEMBER + 1)
SIDE = ChannelId(CHANNEL + 1)
TODAY = Period.today(NOON)


@pytest.fixture
async def busy(house: House) -> House:
    """Two members and two channels here, one of them elsewhere too."""
    await house.until_ended(await house.ask(a_request(count=2)))
    await house.until_ended(await house.ask(channel_id=SIDE))
    await house.until_ended(await house.ask(member=OTHER))
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    await house.until_ended(await house.ask(member=OTHER))
    await house.until_ended(await house.ask(a_request(count=4), guild_id=ELSEWHERE))
    withdrawn = await house.admit()
    await house.services.admission.withdraw(withdrawn.card.id, "never answered")
    await house.admit()  # still in the making
    return house


async def usage(house: House, period: Period = TODAY, **about: int) -> UsageReport:
    return await house.services.reports.usage(GUILD, period, **about)  # type: ignore[arg-type]  # by name


async def test_a_report_adds_up_what_was_made_here(busy: House) -> None:
    report = await usage(busy)
    assert (report.pictures, report.spent_microusd) == (4, 4 * COST)
    assert (report.failed, report.blocked, report.cancelled) == ({FailureKind.BLOCKED: 1}, 1, 1)
    assert report.median_seconds == pytest.approx(60, rel=0.05)
    assert report.top_members == [
        MemberTotal(member_id=MEMBER, pictures=3, spent_microusd=3 * COST),
        MemberTotal(member_id=OTHER, pictures=1, spent_microusd=COST),
    ]
    (day,) = report.days
    assert (day.day, day.pictures, day.failed, day.spent_microusd) == (date(2026, 3, 14), 4, 1, 4 * COST)


async def test_a_report_on_a_member_or_a_channel(busy: House) -> None:
    of_other = await usage(busy, member_id=OTHER)
    assert (of_other.pictures, of_other.blocked, of_other.top_members) == (1, 1, [])
    of_side = await usage(busy, channel_id=SIDE)
    assert (of_side.pictures, [top.member_id for top in of_side.top_members]) == (1, [MEMBER])
    assert (await usage(busy, member_id=OTHER, channel_id=SIDE)).is_empty


async def test_a_server_sees_nothing_of_another(busy: House) -> None:
    nobody = GuildId(99)
    for about in ({}, {"member_id": MEMBER}, {"channel_id": CHANNEL}):
        report = await busy.services.reports.usage(nobody, TODAY, **about)
        assert report.is_empty
        assert (report.spent_microusd, report.median_seconds, report.top_members) == (0, None, [])
    assert (await busy.services.reports.member_jobs(nobody, MEMBER)).jobs == []
    assert [batch async for batch in busy.services.reports.export(nobody, TODAY)] == []


async def test_days_without_pictures_are_there_too(busy: House) -> None:
    report = await usage(busy, Period.last_days(NOON, 7))
    assert [day.pictures for day in report.days] == [0, 0, 0, 0, 0, 0, 4]
    assert (await usage(busy, Period.between(date(2025, 1, 1), date(2025, 1, 3)))).is_empty


async def test_a_members_jobs_come_in_pages(house: House) -> None:
    for _ in range(3):
        await house.ask(a_request(count=4))
    first = await house.services.reports.member_jobs(GUILD, MEMBER)
    pages = -(-12 // JOBS_A_PAGE)
    assert (first.total, first.pages, len(first.jobs)) == (12, pages, JOBS_A_PAGE)
    all_pages = [await house.services.reports.member_jobs(GUILD, MEMBER, page) for page in range(pages)]
    ids = [found.job.id for page in all_pages for found in page.jobs]
    assert len(ids) == 12
    assert ids == sorted(ids, reverse=True)
    assert await house.services.reports.member_jobs(GUILD, MEMBER, 99) == all_pages[-1]
    newest = first.jobs[0]
    assert (newest.channel_id, newest.message_id) == (CHANNEL, MessageId(newest.job.card_id + 500))


async def test_an_export_has_every_job_once_in_batches(busy: House, tmp_path: Path) -> None:
    database: Database = busy.raw_database
    for _ in range(EXPORTED_AT_ONCE // 4 + 1):
        await database.write(admit, request=a_request(count=4))
    batches = [batch async for batch in busy.services.reports.export(GUILD, TODAY)]
    assert [len(batch) for batch in batches] == [EXPORTED_AT_ONCE, 11]
    found = [reported.job for batch in batches for reported in batch]
    assert {job.guild_id for job in found} == {GUILD}
    assert len({job.id for job in found}) == len(found)
    of_side = [batch async for batch in busy.services.reports.export(GUILD, TODAY, channel_id=SIDE)]
    assert [[reported.job.channel_id for reported in batch] for batch in of_side] == [[SIDE]]


async def test_what_was_asked_for_before_midnight_belongs_to_that_day(house: House) -> None:
    house.clock.jump(timedelta(hours=11, minutes=59, seconds=30))
    await house.until_ended(await house.ask())
    assert (await usage(house, TODAY)).pictures == 1
    assert (await usage(house, Period.today(house.clock.now()))).is_empty


async def test_a_member_sees_this_months_pictures_and_money(busy: House) -> None:
    mine = await busy.services.gallery.usages(GUILD, MEMBER)
    assert mine.pictures_this_month == 3
    spent = Spending(month=Month(2026, 3), held_microusd=60_000, spent_microusd=3 * COST)
    assert mine.spending_this_month == spent


async def test_a_picture_taken_down_was_made_all_the_same(house: House) -> None:
    (job,) = await house.until_ended(await house.ask())
    await house.raw_database.write(jobs.note, job, deleted_at=NOON)
    assert (await usage(house)).pictures == 1


def test_periods() -> None:
    assert Period.this_month(NOON) == Period(date(2026, 3, 1), date(2026, 3, 14))
    assert Period.last_days(NOON, 30).days[0] == date(2026, 2, 13)
    with pytest.raises(PeriodEndsBeforeItBegins):
        Period.between(date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(PeriodTooLong):
        Period.between(date(2020, 1, 1), date(2026, 3, 1))
