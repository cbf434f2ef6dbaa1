"""How late the provider's history shows what it accepted: measured, waited for, and no bill goes unseen.

The kind: an answer that got lost, or none was given, or it came; and rows that land at once, or hours later.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Doubtful, JobUnknown
from bot.domain.failure import FailureKind
from bot.domain.history_delay import (
    DOUBT_ENDS,
    ENOUGH,
    FLOOR,
    MARGIN,
    REMEMBERED,
    SHOWN_WITHIN,
    UNMEASURED,
    patience,
)
from bot.domain.job import Job, JobState
from bot.domain.luma import FILE_LIVES
from bot.domain.money import MICROUSD, Month, Spending
from bot.services.making.submitting import inputs_of
from bot.services.provider.landings import EVERY_SECONDS
from bot.services.upkeep.reconciliation import EVERY_SECONDS as COMPARED_EVERY_SECONDS
from bot.services.upkeep.reconciliation import FAR_BACK_EVERY
from bot.services.upkeep.retention import FIRST_AFTER_SECONDS, Retention
from bot.store.driver.database import Database
from bot.store.pictures import accounts, dismissed, landings
from tests.builders import GUILD, a_job, a_request
from tests.databases import database  # noqa: F401  a fixture, on both databases
from tests.services.books import all_extras, all_jobs, books, expected_books
from tests.services.house import House

#: Seconds, from at once to hours.
DELAYS = [0, 60, 180, 600, 1000, 4000, 4 * 3600, 30 * 3600]
COST = 54_300


@pytest.fixture
async def at_home(database: Database, tmp_path: Path) -> AsyncIterator[House]:  # noqa: F811  the fixture
    house = House(database, tmp_path)
    await house.open()
    yield house
    await house.close()


async def seen_to_land_after(house: House, seconds: float) -> None:
    """As many measurements as are enough."""
    for _ in range(ENOUGH):
        await house.services.account.landings.landed(timedelta(seconds=seconds))


async def everything_has_landed(house: House) -> None:
    """And was compared since."""
    house.clock.pass_by(house.provider.landing)
    await house.advance(1.1 * COMPARED_EVERY_SECONDS)
    house.clock.pass_by(FAR_BACK_EVERY.total_seconds())
    await house.advance(1.1 * COMPARED_EVERY_SECONDS)


async def add_up(house: House) -> None:
    """Money and totals are those of all jobs and bills, however they are reckoned."""
    read, kept = house.raw_database.read, await house.raw_database.read(books)
    assert kept == expected_books(await read(all_jobs), await read(all_extras))
    await house.raw_database.write(accounts.rebuild)
    assert await read(books) == kept


def lose_the_answer(house: House) -> None:
    house.provider.lost_answers.append(Doubtful("reset"))


def refuse_silently(house: House) -> None:
    house.provider.on_submit.append(Doubtful("reset"))


def answer(_house: House) -> None:
    """As it should be."""


#: What happens, how late the history is, and whether it was always seen to be fast before.
KINDS = [
    *((lose_the_answer, delay, is_measured) for delay in DELAYS for is_measured in (False, True)),
    *(
        (happens, delay, False)
        for happens in (refuse_silently, answer)
        for delay in (0, 600, 4000, 30 * 3600)
    ),
]


@pytest.mark.parametrize(("what_happens", "delay", "is_measured"), KINDS)
async def test_no_bill_is_ever_unseen(
    at_home: House, what_happens: Callable[[House], None], delay: float, *, is_measured: bool
) -> None:
    house = at_home
    if is_measured:
        await seen_to_land_after(house, 5)
    waited = house.services.account.landings.patience.total_seconds()
    house.provider.landing = delay
    what_happens(house)
    (job,) = await house.until_ended(await house.ask())
    await everything_has_landed(house)

    (job,) = await house.raw_database.read(all_jobs)
    bills, is_lost = len(house.provider.accepted), what_happens is lose_the_answer
    assert job.state is JobState.DELIVERED
    assert bills == 1 or (is_lost and delay > waited), "billed twice without a need"
    await all_is_booked_and_to_be_had(house, job, bills)


async def all_is_booked_and_to_be_had(house: House, job: Job, bills: int) -> None:
    spent = Spending(month=Month.of(job.created_at), spent_microusd=bills * COST)
    assert await house.raw_database.read(accounts.spending, guild_id=GUILD, month=spent.month) == spent
    late = await house.services.gallery.late_pictures([job])
    assert [len(urls) for urls in late.values()] == [1] * (bills - 1)
    assert f"bot_extra_bills_total {bills - 1}.0".encode() in house.metrics.as_text()
    assert f"bot_cost_difference_usd {(bills - 1) * COST / MICROUSD}".encode() in house.metrics.as_text()
    await add_up(house)


async def twice_billed(house: House) -> Job:
    """The history is later than it ever was."""
    await seen_to_land_after(house, 5)
    house.provider.landing = 400
    lose_the_answer(house)
    (job,) = await house.until_ended(await house.ask())
    assert len(house.provider.accepted) == 2
    return job


async def test_the_second_picture_is_to_be_had_while_the_provider_keeps_it(house: House) -> None:
    job = await twice_billed(house)
    await everything_has_landed(house)
    async with house.services.gallery.late_picture(job, 0, 10**7) as picture:
        assert picture.data == house.provider.picture
    with pytest.raises(JobUnknown):
        async with house.services.gallery.late_picture(job, 1, 10**7):
            pass


async def test_the_second_picture_is_offered_no_longer_than_the_provider_keeps_it(house: House) -> None:
    job = await twice_billed(house)
    await everything_has_landed(house)
    assert await house.services.gallery.late_pictures([job])
    house.clock.pass_by(FILE_LIVES.total_seconds())
    retention = Retention(runtime=house.runtime, days=90)
    house.tasks.start(retention.run(), "retention")
    await house.advance(FIRST_AFTER_SECONDS + 60)
    assert await house.services.gallery.late_pictures([job]) == {}


async def taken_for_unpaid(house: House) -> Job:
    """The history cannot be read for an hour, and then it is late as well."""
    lose_the_answer(house)
    house.provider.is_history_down = True
    (job,) = await house.until_ended(await house.ask())
    house.provider.is_history_down, house.provider.landing = False, 3 * 3600
    await house.advance(2 * COMPARED_EVERY_SECONDS)
    assert (await house.job(job.id)).held_microusd == 0
    return job


async def unknown_and_made(house: House) -> Job:
    lose_the_answer(house)
    house.provider.is_history_down = True
    (job,) = await house.until_ended(await house.ask())
    house.provider.is_history_down = False
    return job


@pytest.mark.parametrize("fails", [unknown_and_made, taken_for_unpaid])
async def test_the_address_of_a_failed_jobs_picture_is_forgotten_with_its_file(
    house: House, fails: Callable[[House], Awaitable[Job]]
) -> None:
    job = await fails(house)
    await everything_has_landed(house)
    assert len(await addresses(house, job)) == 1
    house.clock.pass_by(FILE_LIVES.total_seconds())
    retention = Retention(runtime=house.runtime, days=90)
    house.tasks.start(retention.run(), "retention")
    await house.advance(FIRST_AFTER_SECONDS + 60)
    assert await addresses(house, job) == []


async def addresses(house: House, job: Job) -> list[str]:
    """Of all pictures of the job, as they are kept."""
    beside = await house.raw_database.read(dismissed.pictures_of, [job.id])
    own = (await house.job(job.id)).output_url
    return [url for _, url in beside] + ([own] if own else [])


async def test_a_restart_loses_no_second_bill(house: House) -> None:
    job = await twice_billed(house)
    after = await house.restarted()
    await everything_has_landed(after)
    await all_is_booked_and_to_be_had(after, job, 2)
    await after.close()


async def test_what_could_not_be_found_out_and_was_made_is_to_be_had(house: House) -> None:
    job = await unknown_and_made(house)
    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNKNOWN
    await everything_has_landed(house)
    late = await house.services.gallery.late_pictures([await house.job(job.id)])
    assert len(late[job.id]) == 1


async def test_what_was_taken_for_unpaid_at_its_end_is_found_all_the_same(house: House) -> None:
    job = await taken_for_unpaid(house)
    await everything_has_landed(house)
    await all_is_booked_and_to_be_had_once(house, job)


async def all_is_booked_and_to_be_had_once(house: House, job: Job) -> None:
    month = Month.of(job.created_at)
    spending = await house.raw_database.read(accounts.spending, guild_id=GUILD, month=month)
    assert spending == Spending(month=month, spent_microusd=COST)
    assert len((await house.services.gallery.late_pictures([job]))[job.id]) == 1
    await add_up(house)


# --- whose it is ---


async def a_submit_of(house: House, prompt: str) -> None:
    """By somebody else, who has the same account at the provider."""

    async def may_leave() -> bool:
        return True

    inputs = inputs_of(a_job(prompt=prompt), None)
    await house.provider.submit(inputs, may_leave)


async def test_others_on_the_account_are_left_alone(house: House) -> None:
    house.provider.on_submit.append(Doubtful("not taken"))
    await house.until_ended(await house.ask(a_request("a harbour")))
    await a_submit_of(house, "a bridge")  # which no job of ours ever asked for
    await house.advance(2 * 3600)
    await a_submit_of(house, "a harbour")  # which one did, and was long done with
    await everything_has_landed(house)
    assert b"bot_extra_bills_total 0.0" in house.metrics.as_text()
    await add_up(house)


async def test_the_same_on_purpose_is_not_taken_for_a_second_bill(house: House) -> None:
    house.provider.on_submit.append(Doubtful("not taken"))
    await house.until_ended(await house.ask(a_request("a harbour", count=4)))
    await house.until_ended(await house.ask(a_request("a harbour")))
    await everything_has_landed(house)
    assert len(house.provider.accepted) == 5
    assert b"bot_extra_bills_total 0.0" in house.metrics.as_text()
    await add_up(house)


async def test_a_request_in_doubt_comes_before_one_that_was_dismissed(house: House) -> None:
    """Else the one that is being looked up would be sent again because of the other's bill."""
    await seen_to_land_after(house, 5)
    house.provider.on_submit.append(Doubtful("not taken"))
    (first,) = await house.until_ended(await house.ask())
    house.provider.landing = 100
    lose_the_answer(house)
    view = await house.ask()
    await house.until(lambda: len(house.provider.accepted) == 2)
    await house.advance(100)
    await house.services.reconciliation.reconcile()
    (second,) = await house.until_ended(view)
    assert (first.state, second.state) == (JobState.DELIVERED, JobState.DELIVERED)
    assert len(house.provider.accepted) == 2


# --- how late it is ---


def test_patience_is_twice_the_slowest_and_never_below_the_floor() -> None:
    seconds = [timedelta(seconds=each) for each in (5, 90, 30)]
    assert patience([]) == UNMEASURED
    assert patience(seconds[: ENOUGH - 1]) == UNMEASURED
    assert patience(seconds) == MARGIN * timedelta(seconds=90)
    assert patience(seconds[:1] * ENOUGH) == FLOOR
    assert patience(seconds[:1] * ENOUGH, still_missing=timedelta(hours=1)) == MARGIN * timedelta(hours=1)


async def test_it_is_measured_from_the_first_pictures_on_and_remembered(house: House) -> None:
    assert house.services.account.landings.patience == UNMEASURED
    for _ in range(ENOUGH):
        await house.until_ended(await house.ask())
        await house.advance(60)
    assert house.services.account.landings.patience == FLOOR
    after = await house.restarted()
    assert after.services.account.landings.patience == FLOOR
    assert f"bot_landing_patience_seconds {FLOOR.total_seconds()}".encode() in after.metrics.as_text()
    await after.close()


async def test_a_slow_history_is_waited_for_once_it_was_seen_to_be_slow(house: House) -> None:
    house.provider.landing = 1000
    await house.until_ended(await house.ask())
    await house.advance(2000)
    lose_the_answer(house)
    await house.until_ended(await house.ask())
    assert len(house.provider.accepted) == 2


async def test_measuring_takes_one_request_in_ten_minutes(house: House) -> None:
    await seen_to_land_after(house, 5)
    looked_up = house.provider.history_rows
    for _ in range(20):
        await house.until_ended(await house.ask())
    await house.advance(EVERY_SECONDS)
    assert house.provider.history_rows - looked_up <= 1 + 20 * 60 / EVERY_SECONDS + 1


async def test_a_history_that_lags_all_at_once_proves_nothing(house: House) -> None:
    """It was always fast; now it shows neither the request in doubt nor one that was accepted after it."""
    await seen_to_land_after(house, 5)
    house.provider.landing = 900
    lose_the_answer(house)
    await house.ask(a_request("a windmill"))
    await house.until(lambda: len(house.provider.accepted) == 1)
    await house.ask(a_request("a lighthouse"))
    await house.advance(2 * 3600)
    assert len(house.provider.accepted) == 2
    assert [job.state for job in await house.raw_database.read(all_jobs)] == [JobState.DELIVERED] * 2


async def test_an_accepted_request_is_not_lost_because_the_history_is_late(house: House) -> None:
    house.provider.seconds, house.provider.landing = 4000, 4100
    view = await house.ask()
    await house.until(lambda: len(house.provider.accepted) == 1)
    await house.advance(3600)
    house.provider.forgotten.update(house.provider.accepted)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED


async def test_a_history_that_cannot_be_asked_teaches_nothing(house: House) -> None:
    house.provider.is_history_down = True
    await house.until_ended(await house.ask())
    await house.advance(2 * DOUBT_ENDS.total_seconds())
    assert await house.raw_database.read(landings.newest, limit=REMEMBERED) == []
    assert house.services.account.landings.patience == UNMEASURED


async def test_only_the_newest_measurements_are_remembered(house: House) -> None:
    for number in range(REMEMBERED + 5):
        await house.services.account.landings.landed(timedelta(seconds=number))
    kept = await house.raw_database.read(landings.newest, limit=2 * REMEMBERED)
    assert kept == [timedelta(seconds=number) for number in range(5, REMEMBERED + 5)]


async def test_a_dismissed_submit_is_forgotten_when_its_bill_can_come_no_more(house: House) -> None:
    house.provider.on_submit.append(Doubtful("not taken"))
    await house.until_ended(await house.ask())
    assert len(await house.raw_database.read(dismissed.open_ones)) == 1
    house.clock.pass_by(SHOWN_WITHIN.total_seconds())
    await house.advance(2 * COMPARED_EVERY_SECONDS)
    assert await house.raw_database.read(dismissed.open_ones) == []
