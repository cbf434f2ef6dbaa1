"""What is forgotten with time: the words of old requests, and tokens that have expired. Costs are not."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.access import Actor
from bot.domain.ids import GuildId, JobId, MemberId
from bot.domain.job import Job, JobState
from bot.domain.money import Month
from bot.services.upkeep.retention import AT_ONCE, FIRST_AFTER_SECONDS, Retention
from bot.store.driver.connection import Connection
from bot.store.driver.database import open_database
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.pictures import accounts, cards, jobs
from bot.store.privacy import retention
from bot.store.schema.tables import jobs as job_table
from bot.store.schema.tables import member_blocks, posts
from bot.store.upkeep.backup import backup
from bot.store.upkeep.migrate import migrate
from tests.builders import CHANNEL, GUILD, MEMBER, NOON, a_request, a_runtime, stepped_clock
from tests.databases import admit
from tests.services.house import PRICE, House

DAY = 24 * 3600.0
LATER = NOON + timedelta(days=1)


def forgetting(house: House, days: int = 30) -> Retention:
    return Retention(runtime=house.runtime, days=days)


async def delivered(house: House) -> Job:
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    return job


async def after_days(house: House, days: float) -> None:
    house.clock.pass_by(days * DAY)
    house.tasks.start(forgetting(house).run(), "retention")
    await house.advance(FIRST_AFTER_SECONDS + 60)


async def test_the_words_go_and_the_cost_stays(house: House) -> None:
    job = await delivered(house)
    await after_days(house, 31)
    after = await house.job(job.id)
    assert (after.prompt, after.output_url) == ("", None)
    assert (after.state, after.cost_microusd, after.request_id) == (
        JobState.DELIVERED,
        job.cost_microusd,
        job.request_id,
    )
    spending = await house.raw_database.read(accounts.spending, guild_id=GUILD, month=Month.of(NOON))
    assert spending.spent_microusd == job.cost_microusd


async def test_what_is_younger_is_remembered(house: House) -> None:
    job = await delivered(house)
    await after_days(house, 29)
    assert (await house.job(job.id)).prompt == job.prompt
    house.clock.pass_by(2 * DAY)
    await house.advance(60)
    assert (await house.job(job.id)).prompt == ""


async def test_what_is_open_is_remembered_whatever_its_age(house: House) -> None:
    (job,) = await house.raw_database.write(admit, at=NOON - timedelta(days=99), is_answered=False)
    await forgetting(house).forget_the_old()
    assert (await house.job(job.id)).prompt == a_request().prompt


def ended(connection: Connection, held_microusd: int = 0) -> Job:
    """A picture of last year, of which `held_microusd` is not settled."""
    (job,) = admit(connection, at=NOON - timedelta(days=365))
    cancelled = jobs.step(connection, job, JobState.CANCELLED, at=NOON, why="a test")
    assert cancelled is not None
    connection.execute(job_table.update().where(job_table.c.id == job.id).values(held_microusd=held_microusd))
    return cancelled


async def test_what_is_not_settled_is_remembered_until_it_is(house: House) -> None:
    unsettled = await house.raw_database.write(ended, held_microusd=PRICE)
    await forgetting(house).forget_the_old()
    assert (await house.job(unsettled.id)).prompt == unsettled.prompt


async def test_more_than_fit_into_one_handful_are_forgotten_too(database_url: str) -> None:
    database = await open_database(database_url)
    old = [await database.write(ended) for _ in range(AT_ONCE + 1)]
    clock = stepped_clock()
    forgets = asyncio.create_task(Retention(runtime=a_runtime(database, clock), days=1).forget_the_old())
    async with asyncio.timeout(20):
        while not forgets.done():
            clock.wake_next()
            await asyncio.sleep(0.001)
    left = [job for one in old if (job := await database.read(jobs.get, one.id)) and job.prompt]
    await database.close()
    assert left == []


async def test_a_database_that_is_away_delays_it(house: House) -> None:
    job = await delivered(house)
    house.clock.pass_by(31 * DAY)
    house.tasks.start(forgetting(house).run(), "retention")
    await house.advance(FIRST_AFTER_SECONDS - 5)
    house.database.refusals.extend([DatabaseUnavailable("full")] * 3)
    await house.advance(60)
    assert 'bot_loop_errors_total{loop="retention"} 1.0' in house.metrics.as_text().decode()
    house.clock.pass_by(DAY)
    await house.advance(60)
    assert (await house.job(job.id)).prompt == ""


async def test_an_expired_token_is_forgotten_within_minutes(house: House) -> None:
    view = await house.ask()
    await house.advance(14 * 60.0)
    card = await house.raw_database.read(cards.get, view.card.id)
    assert card is not None
    assert card.sealed_token is not None
    await house.advance(2 * 60.0)
    card = await house.raw_database.read(cards.get, view.card.id)
    assert card is not None
    assert card.sealed_token is None


async def test_the_address_of_a_file_goes_with_the_file(house: House) -> None:
    job = await delivered(house)
    await after_days(house, 6)
    assert (await house.job(job.id)).output_url == job.output_url is not None
    house.clock.pass_by(2 * DAY)
    await house.advance(60)
    after = await house.job(job.id)
    assert (after.output_url, after.prompt) == (None, job.prompt)


async def test_the_address_of_a_deleted_picture_goes_at_once(house: House) -> None:
    job = await delivered(house)
    owner = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER, is_moderator=False)
    await house.services.gallery.delete([job.id], owner)
    assert (await house.job(job.id)).output_url is None


async def test_forgotten_words_can_be_read_neither_in_the_file_nor_in_a_backup(
    sqlite_url: str, tmp_path: Path
) -> None:
    migrate(sqlite_url)
    database = await open_database(sqlite_url)
    for number in range(300):
        request = a_request(prompt=f"marker{number:03} " * 20)
        (job,) = await database.write(admit, request=request)
        await database.write(jobs.step, job, JobState.CANCELLED, at=NOON, why="")
    found = await database.read(retention.forgettable, asked_before=LATER, after=JobId(0), limit=300)
    await database.write(retention.forget, found)
    await database.close()
    copy = tmp_path / "copy.sqlite3"
    await asyncio.to_thread(backup, sqlite_url, copy)
    for path in (Path(sqlite_url.removeprefix("sqlite:///")), copy):
        assert b"marker" not in path.read_bytes()


async def test_a_block_that_is_over_is_deleted_with_its_reason_and_others_are_not(house: House) -> None:
    blocking = house.services.block_list
    await blocking.block(GUILD, MEMBER, MemberId(MEMBER + 1), timedelta(days=1), "spam")
    await blocking.block(GUILD, MEMBER, MemberId(MEMBER + 2), timedelta(days=9), "spam")
    await blocking.block(GUILD, MEMBER, MemberId(MEMBER + 3), None, "spam")
    await after_days(house, 2)
    left = await house.raw_database.read(_blocked)
    assert left == [MEMBER + 2, MEMBER + 3]


def _blocked(connection: Connection) -> list[int]:
    return list(connection.scalars(select(member_blocks.c.member_id).order_by(member_blocks.c.member_id)))


@pytest.mark.parametrize(("days", "is_kept"), [(None, True), (7, False), (20, True)])
async def test_a_server_may_choose_fewer_days_than_the_operator(
    database_url: str,
    tmp_path: Path,
    days: int | None,
    is_kept: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    database = await open_database(database_url)
    house = House(database, tmp_path / "sources")
    await house.open()
    here = await delivered(house)
    (elsewhere,) = await house.until_ended(await house.ask(guild_id=GuildId(GUILD + 1)))
    await house.services.administration.set_retention(GUILD, MEMBER, days)
    await after_days(house, 10)
    kept = [await house.raw_database.read(jobs.get, job.id) for job in (here, elsewhere)]
    assert [job is not None and job.prompt != "" for job in kept] == [is_kept, True]
    await house.close()
    await database.close()


async def test_what_a_server_has_chosen_is_never_longer_than_the_operators_days(house: House) -> None:
    job = await delivered(house)
    await house.services.administration.set_retention(GUILD, MEMBER, 60)
    assert await house.services.administration.prompt_days_of(GUILD) == 60
    house.services.administration.prompt_days = 30  # the operator has lowered it
    assert await house.services.administration.prompt_days_of(GUILD) == 30
    await after_days(house, 31)
    assert (await house.job(job.id)).prompt == ""


async def test_times_of_public_posts_go_once_no_limit_counts_them(house: House) -> None:
    actor = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER, is_moderator=False)
    await house.services.gallery.hold_post(actor, None)
    await forgetting(house).forget_the_old()
    assert len(await house.raw_database.read(_posts)) == 1
    house.clock.pass_by(3700)
    await forgetting(house).forget_the_old()
    assert await house.raw_database.read(_posts) == []


def _posts(connection: Connection) -> list[int]:
    return list(connection.scalars(select(posts.c.id)))
