"""A server that removes the bot: what waits is cancelled at once, and all else is deleted later."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.administration import RuleSubject
from bot.domain.card import CardView
from bot.domain.errors import LimitReached
from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.domain.job import JobState
from bot.domain.limits import Allowances, LimitField, OperatorLimits
from bot.domain.money import Month
from bot.services.upkeep.departures import AT_ONCE, Departures
from bot.store.driver.connection import Connection
from bot.store.driver.database import open_database
from bot.store.pictures import accounts
from bot.store.privacy import departures
from bot.store.schema.tables import audits, cards, guilds, metadata, rules, totals
from tests.builders import GUILD, MEMBER, PSEUDONYMS, a_request
from tests.services.house import House

MARKER = "zebra-marker-in-the-prompt"
OTHER_GUILD = GuildId(1_100_000_000_000_000_002)
MODERATOR = MemberId(1_310_000_000_000_000_777)
#: As long as real ids, so that no number and no sealed text has it by chance.
LOG_CHANNEL = ChannelId(1_310_000_000_000_000_779)
DAYS = 30
CANCELLED = JobState.CANCELLED


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = await open_database(database_url)
    house = House(
        database, tmp_path / "data" / "sources", limits=OperatorLimits(ceilings=Allowances(per_month=5))
    )
    await house.open()
    yield house
    await house.close()
    await database.close()


def departing(house: House, days: int = DAYS) -> Departures:
    return Departures(runtime=house.runtime, gone=house.services.gone, forget_after=timedelta(days=days))


async def delivered(house: House, **fields: Any) -> CardView:
    view = await house.ask(a_request(prompt=f"a fox, {MARKER}"), **fields)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    return view


async def settings_of(house: House, guild_id: GuildId) -> None:
    services = house.services
    await services.administration.set_log_channel(guild_id, MODERATOR, LOG_CHANNEL)
    await services.administration.set_limits(
        guild_id, MODERATOR, RuleSubject.member(MEMBER), {LimitField.PER_DAY: 9}
    )
    await services.block_list.block(guild_id, MODERATOR, MemberId(5), None, MARKER)


async def later(house: House, leaving: Departures, days: float) -> None:
    """Let so many days pass, and what is due then be deleted."""
    house.clock.pass_by((days) * 24 * 3600.0)
    house.tasks.start(leaving.forget_the_gone(), "forgetting")
    await house.advance(60)


def _rows(connection: Connection) -> list[tuple[str, dict[str, object]]]:
    return [
        (table.name, row._asdict())
        for table in metadata.sorted_tables
        for row in connection.execute(select(table))
    ]


async def tables_with(house: House, *traces: object) -> set[str]:
    """The tables in which a text or id is found in any row."""
    found = await house.raw_database.read(_rows)
    texts = [str(trace) for trace in traces]
    return {name for name, row in found if any(text in str(row.values()) for text in texts)}


async def count(house: House, table: Any, **equal: object) -> int:
    conditions = [table.c[name] == value for name, value in equal.items()]
    asked = select(func.count()).select_from(table).where(*conditions)
    return int(await house.raw_database.read(lambda connection: connection.scalar(asked, {})))


async def test_what_waits_is_cancelled_and_what_runs_is_settled_but_not_posted(house: House) -> None:
    leaving = departing(house)
    running = await house.ask()
    await house.until(lambda: bool(house.provider.accepted))
    house.services.account.pacer.pause(5)
    waiting = await house.ask()
    shown = len(house.courier.pictures)
    await leaving.server_left(GUILD)
    (job,) = await house.jobs(waiting)
    assert (job.state, job.held_microusd) == (CANCELLED, 0)
    (job,) = await house.until_ended(running)
    assert (job.state, job.held_microusd) == (JobState.READY, 0)
    assert job.parked_at is not None
    assert job.cost_microusd is not None
    assert len(house.courier.pictures) == shown


async def test_after_thirty_days_settings_and_words_are_gone_and_sums_stay(house: House) -> None:
    leaving = departing(house)
    await settings_of(house, GUILD)
    for _ in range(2):
        await delivered(house)
    month = Month.of(house.clock.now())
    spent = await house.raw_database.read(accounts.spending, guild_id=GUILD, month=month)
    everyone = await count(house, totals, guild_id=GUILD, member_id=0)
    await leaving.server_left(GUILD)
    await later(house, leaving, DAYS - 1)
    assert {"cards", "guilds"} <= await tables_with(house, MARKER, LOG_CHANNEL)
    await later(house, leaving, 1)
    assert await tables_with(house, MARKER, MEMBER, MODERATOR, LOG_CHANNEL) == set()
    for table in (guilds, rules, audits):
        assert await count(house, table, guild_id=GUILD) == 0
    assert await count(house, totals, guild_id=GUILD, member_id=0) == everyone > 0
    assert await house.raw_database.read(accounts.spending, guild_id=GUILD, month=month) == spent


async def test_other_servers_keep_everything(house: House) -> None:
    leaving = departing(house)
    await settings_of(house, GUILD)
    await settings_of(house, OTHER_GUILD)
    await delivered(house, guild_id=OTHER_GUILD, sealed_token=None, token_expires_at=None)
    rows = [row for row in await house.raw_database.read(_rows) if row[1].get("guild_id") == OTHER_GUILD]
    await leaving.server_left(GUILD)
    await later(house, leaving, DAYS + 1)
    after = [row for row in await house.raw_database.read(_rows) if row[1].get("guild_id") == OTHER_GUILD]
    assert after == rows
    assert len({table for table, _ in rows}) > 5


async def test_a_bot_that_comes_back_in_time_finds_all_as_it_was(house: House) -> None:
    leaving = departing(house)
    await settings_of(house, GUILD)
    await delivered(house)
    await leaving.server_left(GUILD)
    house.clock.pass_by((DAYS - 1) * 24 * 3600.0)
    await leaving.is_in(GUILD)
    await later(house, leaving, 30)
    assert {"cards", "guilds", "member_blocks"} <= await tables_with(house, MARKER, LOG_CHANNEL)
    assert await house.raw_database.read(departures.waiting) == set()


async def test_leaving_again_begins_the_days_again(house: House) -> None:
    leaving = departing(house)
    await settings_of(house, GUILD)
    await leaving.server_left(GUILD)
    house.clock.pass_by((DAYS - 1) * 24 * 3600.0)
    await leaving.is_in(GUILD)
    await leaving.server_left(GUILD)
    await later(house, leaving, DAYS - 1)
    assert await count(house, guilds, guild_id=GUILD) == 1
    await later(house, leaving, 2)
    assert await count(house, guilds, guild_id=GUILD) == 0


async def test_a_departure_while_the_bot_was_off_is_noticed_and_survives_a_restart(house: House) -> None:
    await settings_of(house, GUILD)
    await settings_of(house, OTHER_GUILD)
    house.services.account.pacer.pause(600)
    waiting = await house.ask()
    await house.close()
    after = House(
        house.raw_database, house.folder, clock=house.clock, provider=house.provider, courier=house.courier
    )
    after.services.account.pacer.pause(600)
    await after.open()
    leaving = departing(after)
    await leaving.are_all([OTHER_GUILD])
    (job,) = await after.jobs(waiting)
    assert job.state is CANCELLED
    assert await after.raw_database.read(departures.waiting) == {GUILD}
    again = await after.restarted()
    leaving = departing(again)
    again.clock.pass_by((DAYS - 1) * 24 * 3600.0)
    await leaving.are_all([OTHER_GUILD])  # begins no new time
    await later(again, leaving, 1)
    assert await count(again, guilds, guild_id=GUILD) == 0
    assert await count(again, guilds, guild_id=OTHER_GUILD) == 1
    await leaving.are_all([OTHER_GUILD])
    assert await again.raw_database.read(departures.waiting) == set(), "it is forgotten once"


async def test_a_list_covers_only_the_servers_of_its_connection(house: House) -> None:
    leaving = departing(house)
    await settings_of(house, GUILD)
    await leaving.are_all([], is_covered=lambda guild_id: guild_id != GUILD)
    assert await house.raw_database.read(departures.waiting) == set()


async def test_limits_over_all_servers_hold_although_the_days_are_few(house: House) -> None:
    leaving = departing(house, days=1)
    for _ in range(4):
        await delivered(house)
    await leaving.server_left(GUILD)
    await later(house, leaving, 2)
    assert await tables_with(house, MARKER) == set()
    assert "jobs" in await tables_with(house, PSEUDONYMS.of(MEMBER))
    await house.admit(guild_id=OTHER_GUILD)
    with pytest.raises(LimitReached):
        await house.admit(guild_id=OTHER_GUILD)


async def test_what_is_not_settled_yet_is_deleted_when_it_is(house: House) -> None:
    leaving = departing(house, days=1)
    house.provider.seconds = 1.6 * 24 * 3600.0
    await house.ask(a_request(prompt=MARKER))
    await house.until(lambda: bool(house.provider.accepted))
    await leaving.server_left(GUILD)
    await later(house, leaving, 1.5)
    assert await tables_with(house, MARKER) == {"cards"}
    assert await house.raw_database.read(departures.waiting) == {GUILD}
    for days in (0.2, 8, 1):  # its picture is made and kept, then given up
        house.clock.pass_by(days * 24 * 3600.0)
        await house.advance(600)
    await later(house, leaving, 0)
    assert await tables_with(house, MARKER) == set()


async def test_more_requests_than_fit_into_one_transaction(house: House) -> None:
    leaving = departing(house)
    house.services.account.pacer.pause(5)
    for number in range(AT_ONCE + 3):
        await house.ask(a_request(prompt=MARKER), member=MemberId(MEMBER + number))
    await leaving.server_left(GUILD)
    await later(house, leaving, DAYS + 1)
    assert await tables_with(house, MARKER, MEMBER) == set()
    assert await count(house, cards, guild_id=GUILD) == AT_ONCE + 3
